/// One entry of a plan: what runs, on what, and what it is called in tables and messages.
struct Kernel {
  /// The graph's node it computes, or whose gradient.
  let node: String
  /// "forward", "backward data" and so on.
  let pass: String
  /// The library's or our own kernel's name.
  let implementation: String
  let buffers: [Buffer]
  /// Checked when a number that is not finite is looked for.
  let results: [View]
  let run: (RunArguments) -> Void
}
