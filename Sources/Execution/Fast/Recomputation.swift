import CBridge

/// Values that the backward pass needs, yet a cheap kernel computes from others, need not outlive the
/// forward pass: the first backward kernel that wants one has it computed again, by the same kernel
/// from the same numbers, and it then stays until its last use.
///
/// Chen, Xu, Zhang, Guestrin: *Training Deep Nets with Sublinear Memory Cost*, 2016, §4.1 (dropping
/// the results of cheap operations).
extension FastCompiler {
  /// Emits a pass's kernels that write a node's value into a view, and a second time into another.
  typealias Recipe = (_ pass: String, _ result: View, _ second: View?) -> Void

  /// Emits the kernel that computes a node's value from other nodes', and keeps how, so that the
  /// backward pass can have it again.
  ///
  /// - Parameters:
  ///   - vectors: what else the kernel reads.
  ///   - run: gets the values in the order of `inputs`.
  func compute(
    _ node: Int, _ implementation: String, from inputs: [Int], _ vectors: [Buffer] = [],
    _ run: @escaping (_ inputs: [View], _ result: View, _ second: View?) -> Void
  ) {
    compute(node, implementation, from: inputs, vectors) { inputs, result, second, _ in
      run(inputs, result, second)
    }
  }

  /// The same for a kernel that the run's arguments change.
  func compute(
    _ node: Int, _ implementation: String, from inputs: [Int], _ vectors: [Buffer] = [],
    _ run: @escaping (_ inputs: [View], _ result: View, _ second: View?, RunArguments) -> Void
  ) {
    let recipe = recipe(node, implementation, from: inputs, vectors, run)
    recipe("forward", destination(node), secondViews[node])
    recipes[node] = recipe
  }

  /// Emits the kernel in whichever pass wants it.
  func recipe(
    _ node: Int, _ implementation: String, from inputs: [Int], _ vectors: [Buffer] = [],
    _ run: @escaping (_ inputs: [View], _ result: View, _ second: View?, RunArguments) -> Void
  ) -> Recipe {
    { [self] pass, result, second in
      recomputationDepth += 1
      defer { recomputationDepth -= 1 }
      let passing = inputs.filter { views[$0] == nil && isPassing($0) }
      let sources = inputs.map(value)
      emit(
        node, pass, implementation, uses: sources.map(\.buffer) + vectors,
        results: [result, second].compactMap { $0 }
      ) { arguments in run(sources, result, second, arguments) }
      for input in passing { views[input] = nil }
    }
  }

  /// Whether keeping a value between two uses in the backward pass does not pay: a norm's that is no
  /// convolution's source, so cheap and so seldom read is it; and a convolution's that is wanted for
  /// another value's sake, far ahead of its own turn, as along a chain of residual blocks.
  private func isPassing(_ node: Int) -> Bool {
    switch producer(node)?.kind {
    case .norm: !consumers(node).contains(where: readsDense)
    case .convolution: recomputationDepth > 1
    case .other, nil: false
    }
  }

  /// Whether a convolution's result is larger than what it reads and little work to compute.
  ///
  /// The smaller value stays stored, or comes from one that is, so that no chain of convolutions
  /// runs again.
  func isCheaplyWidened(_ step: LoweredStep) -> Bool {
    let (input, output) = (shapes[step.inputs[0]], shapes[step.node])
    let weights = graph.nodes[step.source].parameters[0]
    return output.count > input.count
      && graph.parameters[weights].count <= 64 * output.channels
  }

  /// At the end of the forward pass.
  func forgetRecomputable() {
    for node in recipes.keys { views[node] = nil }
  }

  /// Has a value computed again into a place of its own.
  func recomputed(_ node: Int) -> View? {
    guard let recipe = recipes[node] else { return nil }
    let view = freshView(shapes[node])
    recipe("recomputation", view, nil)
    views[node] = view
    return view
  }
}
