import CBridge
import Foundation
import Networks

/// Turns a graph into kernels for one batch and input size. One instance compiles one plan.
final class FastCompiler {
  let graph: Graph
  let shapes: [Shape]
  let batch: Int
  let mode: Mode
  let precision: Precision
  /// Whether the backward pass computes cheap values again rather than have them stored.
  let recomputes: Bool
  let variables: Variables<Float>
  let arena: Arena
  let flagged: Set<Int>

  let steps: [LoweredStep]
  let needsGradient: [Bool]

  /// Where each node's value lies, as far as what has been emitted.
  var views: [View?]
  /// Values that a norm writes a second time, into the joint buffer of a concatenation.
  var secondViews: [View?]
  /// How to compute a node's value again.
  var recipes: [Int: Recipe] = [:]
  /// How many values, each for the next one's sake, are being computed.
  var recomputationDepth = 0
  /// Where each node's output gradient lies, in pieces whose sum it is.
  var gradientPieces: [[View]]
  let inputSlots: [Int: InputSlot]
  var inputGradients: [Int: PlainTensor] = [:]
  /// Results and their gradients, by output node.
  var outputs: [Int: (value: PlainTensor, gradient: PlainTensor)] = [:]
  /// Inputs that convolutions read in their layout as given, `[N, C, H, W]`.
  var plainInputs: [Int: ConvolutionSource] = [:]

  private(set) var buffers: [Buffer] = []
  private var plainTensors: [PlainTensor] = []
  /// As ``PlanMemory`` has them.
  var ownBytes = 0
  var libraryBytes = 0
  private(set) var kernels: [Kernel] = []
  /// Emit a step's backward kernels; run in reverse.
  var backward: [() -> Void] = []
  /// Refresh what an inference plan keeps of the variables.
  var reloads: [() -> Void] = []
  /// Parameters whose gradient an earlier kernel of the backward pass has written.
  private var writtenGradients: Set<Int> = []

  init(
    _ graph: Graph, inputs: [Shape], batch: Int, mode: Mode, precision: Precision,
    recomputes: Bool, folds: Bool = true, variables: Variables<Float>, gradientInputs: Set<Int>,
    arena: Arena
  ) {
    let graph = mode == .inference ? graph.withoutDropouts : graph
    self.graph = graph
    shapes = graph.shapes(inputs: inputs)
    self.batch = batch
    self.mode = mode
    self.precision = precision
    self.recomputes = recomputes
    self.variables = variables
    self.arena = arena
    flagged = Set(gradientInputs.map { graph.inputs[$0] })
    var lowering = Lowering(graph, mode: mode, folds: folds)
    steps = lowering.steps()
    inputSlots = Dictionary(
      uniqueKeysWithValues: graph.inputs.map { ($0, InputSlot(name: graph.nodes[$0].name)) })
    var needs = [Bool](repeating: false, count: graph.nodes.count)
    for (index, node) in graph.nodes.enumerated() {
      needs[index] =
        flagged.contains(index) || !node.parameters.isEmpty || node.inputs.contains { needs[$0] }
    }
    needsGradient = needs
    views = Array(repeating: nil, count: graph.nodes.count)
    secondViews = views
    gradientPieces = Array(repeating: [], count: graph.nodes.count)
  }

  // MARK: Memory

  func buffer(bytes: Int) -> Buffer {
    let buffer = Buffer(bytes: bytes, in: arena)
    buffers.append(buffer)
    return buffer
  }

  func buffer(floats: Int) -> Buffer { buffer(bytes: floats * MemoryLayout<Float>.stride) }

  func plainTensor(floats: Int) -> PlainTensor {
    let tensor = PlainTensor(floats: floats)
    plainTensors.append(tensor)
    ownBytes += tensor.floats * MemoryLayout<Float>.stride
    return tensor
  }

  func freshView(_ shape: Shape) -> View {
    View(
      shape, batch: batch, precision: precision,
      buffer: buffer(bytes: batch * View.elements(shape) * precision.bytes))
  }

  /// A vector with one number a channel.
  func channelVector(_ channels: Int) -> Buffer { buffer(floats: View.padded(channels)) }

  /// The place a node's value goes to: chosen by a concatenation, or its own.
  func destination(_ node: Int) -> View {
    if let view = views[node] { return view }
    let view = freshView(shapes[node])
    views[node] = view
    return view
  }

  func value(_ node: Int) -> View {
    guard let view = views[node] ?? recomputed(node) else {
      preconditionFailure("\(graph.nodes[node].name) is used before it is computed")
    }
    return view
  }

  /// A value that oneDNN reads.
  func denseValue(_ node: Int) -> View {
    let view = value(node)
    if view.isDense { return view }
    guard let dense = recomputed(node) else {
      preconditionFailure("\(graph.nodes[node].name) must be dense for a convolution")
    }
    return dense
  }

  // MARK: Kernels

  func emit(
    _ node: Int, _ pass: String, _ implementation: String, details: String = "",
    uses: [Buffer], results: [View] = [], _ run: @escaping (RunArguments) -> Void
  ) {
    for buffer in uses + results.map(\.buffer) { buffer.use(at: kernels.count) }
    kernels.append(
      Kernel(
        node: graph.nodes[node].name, pass: pass, implementation: implementation,
        details: details, buffers: uses, results: results, run: run))
  }

  // MARK: Gradients

  /// The pieces whose sum is the gradient of a node's output, summed until there are at most
  /// `most`; with `dense`, oneDNN can read it.
  func takeGradient(_ node: Int, most: Int = 1, dense: Bool = false) -> [View] {
    var pieces = gradientPieces[node]
    if pieces.isEmpty { pieces = [zeros(node)] }
    while pieces.count > most {
      let (a, b) = (pieces.removeFirst(), pieces.removeFirst())
      let sum = freshView(shapes[node])
      emit(node, "sum of gradients", "add", uses: [a.buffer, b.buffer], results: [sum]) { _ in
        cb_add(sum.extent, a.bridged, b.bridged, sum.bridged)
      }
      pieces.insert(sum, at: 0)
    }
    if dense, pieces.count == 1, !pieces[0].isDense {
      pieces[0] = densified(pieces[0], node: node, pass: "copy of gradient")
    }
    gradientPieces[node] = pieces
    return pieces
  }

  /// The gradient of a value of which only the size is used.
  private func zeros(_ node: Int) -> View {
    let view = freshView(shapes[node])
    emit(node, "backward", "zero", uses: [], results: [view]) { _ in
      memset(view.pointer, 0, view.buffer.bytes)
    }
    return view
  }

  func densified(_ view: View, node: Int, pass: String) -> View {
    let copy = freshView(view.shape)
    emit(node, pass, "copy", uses: [view.buffer], results: [copy]) { _ in
      cb_copy(view.extent, view.bridged, copy.bridged)
    }
    return copy
  }

  /// A new place for one consumer's part of a node's gradient; nil where none is wanted.
  func gradientPart(_ node: Int) -> View? {
    guard needsGradient[node] else { return nil }
    let view = freshView(shapes[node])
    gradientPieces[node].append(view)
    return view
  }

  /// Whether this backward kernel is the first of a pass to write the parameter's gradient, and so
  /// replaces it.
  func isFirstGradient(_ parameter: Int) -> Bool {
    writtenGradients.insert(parameter).inserted
  }

  // MARK: Passes

  func compile() throws -> FastPlan {
    let (forwardCount, arenaBytes) = try layOut()
    arena.reserve(arenaBytes)
    for tensor in plainTensors { tensor.allocate() }
    return FastPlan(self, forwardCount: forwardCount, arenaBytes: arenaBytes)
  }

  /// What the plan would take, without taking it.
  func memory() throws -> PlanMemory {
    defer { cb_forget_convolutions() }
    let (_, arenaBytes) = try layOut()
    return PlanMemory(arenaBytes: arenaBytes, ownBytes: ownBytes, libraryBytes: libraryBytes)
  }

  /// Emits all kernels and places what they work on.
  private func layOut() throws -> (forwardCount: Int, arenaBytes: Int) {
    placeConcatenations()
    for step in steps { try emitForward(step) }
    let forwardCount = kernels.count
    if recomputes { forgetRecomputable() }
    if mode == .training {
      for emitBackward in backward.reversed() { emitBackward() }
    }
    // They hold the compiler, which holds them.
    (backward, recipes) = ([], [:])
    return (forwardCount, place(buffers))
  }

  private func emitForward(_ step: LoweredStep) throws {
    switch step.kind {
    case .convolution(let fusion):
      try emitConvolution(step, fusion)
    case .norm(let fusion):
      emitNorm(step, fusion)
    case .other:
      try emitOther(step)
    }
  }

  private func emitOther(_ step: LoweredStep) throws {
    let node = step.node
    switch graph.nodes[node].operation {
    case .input: emitInput(node)
    case .output: emitOutput(node)
    case .concatenation where joinsWholeBlocks(node): emitConcatenation(node)
    case .concatenation: emitShiftedConcatenation(node)
    case .addition: emitAddition(node)
    case .gating where gatesChannels(node): emitGating(node)
    case .gating where gatesCells(node): emitCellGating(node)
    case .spatialMean: emitSpatialMean(node)
    case .spatialMaximum: emitSpatialMaximum(node)
    case .channelSummary: emitChannelSummary(node)
    case .softmax(let softmax) where hasWholeBranches(node, softmax.branches):
      emitSoftmax(node, softmax)
    case .branchSum(let sum) where sum.branches > 1 && hasWholeBranches(node, sum.branches):
      emitBranchSum(node, sum)
    case .channelConvolution(let operation) where shapes[node].area == 1:
      emitChannelFilter(node, operation)
    case .attention(let operation): emitAttention(node, operation)
    case .dropout(let dropout): emitDropout(node, dropout)
    case .weightedSum: emitWeightedSum(node)
    case .transposedConvolution(let operation):
      try emitTransposedConvolution(node, operation)
    case .borderPadding(let operation): emitBorderPadding(node, operation)
    case .resize(let resize): emitResize(node, resize.mode)
    case .pooling(let pooling) where isFastMaxPool(pooling): emitMaxPool(node, pooling.window)
    case .regionPooling(let pooling) where poolsWholeBlocks(node):
      emitRegionPooling(node, pooling)
    case .pooling(let pooling) where pooling.kind == .average:
      emitAveragePool(node, pooling.window)
    case .adaptivePooling(let pooling): emitAdaptivePool(node, pooling)
    case .stochasticPooling(let pooling) where isFastDraw(pooling):
      emitStochasticPool(node, pooling)
    case .convolution, .batchNorm, .groupNorm, .activation, .pooling, .gating, .linear,
      .softmax, .branchSum, .channelConvolution, .stochasticPooling, .regionPooling:
      emitReference(node)
    }
  }
}
