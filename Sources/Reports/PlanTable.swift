import Execution

/// The kernels of a compiled plan, in order, for a terminal.
package struct PlanTable {
  package let text: String

  package init(_ kernels: [KernelDescription]) {
    var table = TextTable([
      ("node", .left), ("pass", .left), ("implementation", .left), ("details", .left),
    ])
    for kernel in kernels {
      table.add([kernel.node, kernel.pass, kernel.implementation, kernel.details])
    }
    text = table.text
  }
}
