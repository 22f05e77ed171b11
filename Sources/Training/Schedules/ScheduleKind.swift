/// The learning rate's course after the warm-up.
public enum ScheduleKind: String, Codable, Hashable, Sendable, CaseIterable {
  /// Half a cosine. Loshchilov, Hutter: *SGDR*, ICLR 2017, eq. 5, one period.
  case cosine
  /// Up over the first 30 % and down to nothing, momentum the other way. Smith, Topin:
  /// *Super-Convergence*, 2018; both ramps are cosines, as in PyTorch's OneCycleLR.
  case onecycle
  /// The same rate throughout.
  case constant
  /// Times a factor after each of some epochs.
  case step
  /// A straight line from the peak to a part of it.
  case linear
  /// Half a cosine again and again, each a factor longer. Loshchilov, Hutter: *SGDR*, ICLR 2017.
  case restarts
  /// Times a factor when nothing has got better for a while: ``Plateau``.
  case plateau
}
