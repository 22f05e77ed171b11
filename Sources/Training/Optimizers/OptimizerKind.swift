/// How gradients change weights.
///
/// L-BFGS is not among them, since a step of it takes the whole set's gradient, several times, from
/// a loss that does not change: see ``LimitedMemoryBFGS``.
public enum OptimizerKind: String, Codable, Hashable, Sendable, CaseIterable {
  /// Stochastic gradient descent with momentum, Nesterov's or plain, as PyTorch formulates it: the
  /// learning rate scales the step, not the velocity. Sutskever et al.: *On the Importance of
  /// Initialization and Momentum in Deep Learning*, ICML 2013, §2.
  case sgd
  /// Duchi, Hazan, Singer: *Adaptive Subgradient Methods*, JMLR 2011, diagonal.
  case adagrad
  /// Tieleman, Hinton: *Neural Networks for Machine Learning*, lecture 6.5, 2012; the momentum is on
  /// what is divided already, as in PyTorch.
  case rmsprop
  /// Kingma, Ba: *Adam*, ICLR 2015, algorithm 1.
  case adam
  /// Dozat: *Incorporating Nesterov Momentum into Adam*, ICLR 2016 workshop, with its schedule of
  /// the momentum.
  case nadam
  /// Loshchilov, Hutter: *Decoupled Weight Decay Regularization*, ICLR 2019, algorithm 2.
  case adamw
  /// For large batches. You et al.: *Large Batch Optimization for Deep Learning*, ICLR 2020,
  /// algorithm 2, φ the identity. Biases and norms, which have no scale of their own to keep, take
  /// Adam's step.
  case lamb
  /// For large batches. You, Gitman, Ginsburg: *Large Batch Training of Convolutional Networks*,
  /// 2017, algorithm 1. Biases and norms take the plain step.
  case lars

  /// Whether the weight decay is apart from the gradient where a run does not say.
  var decouplesDecay: Bool { self == .adamw || self == .lamb }

  /// Whether the step is fitted to each tensor's norm.
  var adapts: Bool { self == .lamb || self == .lars }

  var hasSecondMoment: Bool { [.adam, .nadam, .adamw, .lamb].contains(self) }
}

/// Whether weight decay is a part of the gradient or is taken off the weight by itself.
public enum DecayKind: String, Codable, Hashable, Sendable, CaseIterable {
  /// Decoupled for adamw and lamb, else l2.
  case auto
  /// The gradient of `weightDecay / 2 · ‖w‖²`, added before momentum and division.
  case l2
  /// `w ← (1 − rate·weightDecay)·w` beside the step; in lamb, added to what the step is made of.
  case decoupled
}
