import Foundation
import Networks

/// The convolutions of one branch of a head on one level, and the last one, which predicts.
///
/// Shared between levels, convolutions have one path and norms one for each level: statistics differ
/// from level to level. Lyu et al.: *RTMDet*, 2022, §3.1.
struct HeadTower {
  var channels: Int
  var depth: Int
  var isShared: Bool
  /// Whether the predicting convolution is shared as well; it must not where the levels' outputs
  /// differ.
  var sharesPrediction = true
  var activation: ActivationName
  var norm = NormSettings()
  /// Before the predicting convolution, behind the last norm.
  var drop = DropSettings()
  /// First value of the predicting convolution's bias.
  var bias: Float

  func callAsFunction(_ x: Value, branch: String, level: String, outputs: Int) -> Value {
    predicting(
      convolutions(x, branch: branch, level: level), branch: branch, level: level, outputs: outputs)
  }

  func convolutions(_ x: Value, branch: String, level: String) -> Value {
    let path = isShared ? branch : "\(level).\(branch)"
    var x = x
    for index in 0..<depth {
      x =
        x
        .through(
          "\(path).\(index).conv", Convolution(channels: channels, kernel: 3, hasBias: false)
        )
        .scoped("\(level).\(branch).\(index)") {
          $0.through("norm", norm.layer).activated(activation.function)
        }
    }
    return x
  }

  func predicting(_ x: Value, branch: String, level: String, outputs: Int) -> Value {
    let path = isShared && sharesPrediction ? branch : "\(level).\(branch)"
    let kept = x.scoped("\(level).\(branch)") { $0.dropped(drop.dropout) }
    return kept.through(
      path + ".predict",
      Convolution(
        channels: outputs, kernel: 1, initializer: .normal(deviation: 0.01),
        biasInitializer: .constant(bias)))
  }

  /// What only the convolutions before the predicting one have.
  static func idle(of part: String, depth: Int) -> [IdleSetting] {
    IdleSetting.all(["channels", "norm", "activation"], of: part, "depth: 0", if: depth == 0)
  }

  /// `−log((1 − π)/π)`: every class starts with probability π. Lin et al.: *Focal Loss for Dense
  /// Object Detection*, ICCV 2017, §4.1.
  static func bias(prior: Float) -> Float { -log((1 - prior) / prior) }
}

/// `p3` for stride 8: the power of two, as the field numbers levels.
package func levelName(stride: Int) -> String { "p\(stride.trailingZeroBitCount)" }
