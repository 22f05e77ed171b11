/// One entry of a plan: what runs, on what, and what it is called in tables and messages.
struct Kernel {
  /// The graph's node it computes, or whose gradient.
  let node: String
  /// "forward", "backward data" and so on.
  let pass: String
  /// The library's or our own kernel's name.
  let implementation: String
  /// Layouts and post-operations, where there is something to say.
  let details: String
  let buffers: [Buffer]
  /// Checked when a number that is not finite is looked for.
  let results: [View]
  let run: (RunArguments) -> Void
}

/// A kernel as tables show it.
public struct KernelDescription: Sendable {
  public let node: String
  public let pass: String
  public let implementation: String
  public let details: String
}
