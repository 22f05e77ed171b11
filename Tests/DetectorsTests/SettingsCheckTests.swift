import Detectors
import Testing

/// Each number of a model's settings, made a wrong one among all the others.
@Suite struct SettingsCheckTests {
  private static let backbones = [
    "crossStage", "resnet18", "resnext50", "darknet", "mobile", "vgg", "dense", "repVGG",
  ].map { "backbone: {type: \($0), scale: {width: 0.25, depth: 0.3}}" }

  private static let layers =
    ["squeezeExcitation", "selectiveKernel", "cbam", "eca", "selfAttention"].map {
      "neck: {attention: {type: \($0), after: [8]}}"
    } + ["frozenBatch", "batchRenorm", "group", "layer"].map { "neck: {norm: {type: \($0)}}" }
    + ["dropBlock", "gaussianDropout"].map { "neck: {drop: {type: \($0), after: [8]}}" }
    + ["backbone: {drop: {type: dropPath}}"]

  private static let others =
    ["spp", "sppf", "aspp", "rfb", "dilated"].map { "context: {type: \($0)}" }
    + ["simOTA", "atss"].map { "head: {assigner: {type: \($0)}}" }
    + [
      "neck: {type: bidirectionalPyramid}", "preset: tiny-retina", "preset: faster-resnet18",
      "preset: tiny-retina\nhead: {anchors: {sizes: [[[8, 8]], [[9, 8]], [[8, 9]], [[8, 8]]]}}",
    ]

  /// Last parts of keys of numbers that turn something off at 0, or weigh it.
  private static let zeros: Set<String> = [
    "alpha", "beta", "boxWeight", "centerRadius", "classWeight", "depth", "depths",
    "distributionWeight", "firstStep", "gamma", "labelSmoothing",
    "largestLogarithm", "momentum", "negativeThreshold", "overlapWeight", "positions",
    "qualityGamma", "rampSteps", "rate", "samples", "shift", "tverskyAlpha", "tverskyBeta",
    "varifocalAlpha", "varifocalGamma", "weight",
  ]

  /// Or is without effect: shares of basic blocks, and what anchors would be made of without sizes.
  private static func mayBeZero(_ key: String, _ yaml: String) -> Bool {
    let name = key.split(separator: ".").last.map(String.init) ?? ""
    return switch name {
    case "innerShare": !yaml.contains("resnext")
    case "base", "scales", "ratios": yaml.contains("sizes")
    case "groups": key.contains(".norm.")
    case "kernel": key.contains(".attention.")
    default: zeros.contains(name)
    }
  }

  /// A number in YAML with a key or an entry of a list on each line.
  private struct Number {
    /// Dotted.
    var key: String
    /// Places of the key and of the number in the lines.
    var keyLine: Int
    var line: Int
    /// What stands before it in its line.
    var before: String
  }

  private static func numbers(_ lines: [String]) -> [Number] {
    var path: [(indent: Int, name: String)] = []
    var keyLine = 0
    return lines.enumerated().compactMap { index, line in
      let entry = line.drop { $0 == " " || $0 == "-" }
      if !line.drop(while: { $0 == " " }).hasPrefix("-") {
        let indent = line.count - entry.count
        path.removeAll { $0.indent >= indent }
        path.append((indent, String(entry.prefix { $0 != ":" })))
        keyLine = index
      }
      let word = line.split(separator: " ").last ?? ""
      guard Double(word) != nil else { return nil }
      return Number(
        key: path.map(\.name).joined(separator: "."), keyLine: keyLine, line: index,
        before: String(line.dropLast(word.count)))
    }
  }

  @Test(arguments: backbones + layers + others)
  func aWrongNumberIsNamedWithItsLine(_ yaml: String) throws {
    let lines = try ModelSettings(yaml: yaml, file: "model.yaml").yaml
      .split(separator: "\n").map(String.init)
    let numbers = Self.numbers(lines)
    #expect(numbers.count > 20)
    for number in numbers {
      for wrong in ["0", "-1", "1000000001"] {
        var changed = lines
        changed[number.line] = number.before + wrong
        do {
          _ = try ModelSettings(yaml: changed.joined(separator: "\n"), file: "m")
          #expect(
            wrong == "0" && Self.mayBeZero(number.key, yaml), "\(number.key): \(wrong) was taken")
        } catch {
          let place = "m, line \(number.keyLine + 1): \(number.key) "
          #expect("\(error)".hasPrefix(place), "\(number.key): \(wrong): \(error)")
        }
      }
    }
  }

  @Test(arguments: [
    ("head:\n  channels: 64\n  bins: 0\n", "line 3: head.bins must be positive, got 0"),
    (
      "head:\n  channels: 64\n  classPrior: 1\n",
      "line 3: head.classPrior must be above 0 and below 1, got 1"
    ),
    (
      """
      backbone:
        type: resnet18
        attention:
          type: selectiveKernel
          after: [8]
          branches: 2
          minimumHidden: 0
      """, "line 7: backbone.attention.minimumHidden must be positive, got 0"
    ),
    (
      "preset: faster-resnet18\nhead:\n  proposals:\n    selection:\n      perLevel: 100\n      kept: 0\n",
      "line 6: head.proposals.selection.kept must be positive, got 0"
    ),
    (
      "preset: faster-resnet18\nhead:\n  regions:\n    bins: 7\n    canonicalStride: 0\n",
      "line 5: head.regions.canonicalStride must be positive, got 0"
    ),
    (
      "backbone:\n  norm:\n    type: batchRenorm\n    scale: 3\n    firstStep: 500\n    lastStep: 100\n",
      "line 6: backbone.norm.lastStep must be at least firstStep, 500, got 100"
    ),
    (
      "preset: tiny-retina\nhead:\n  classPrior: 0.1\n  smoothL1Beta: 0\n",
      "line 4: head.smoothL1Beta must be positive, got 0"
    ),
    (
      "head:\n  classification:\n    kind: varifocal\n    varifocalAlpha: 2\n",
      "line 4: head.classification.varifocalAlpha must be 0 … 1, got 2"
    ),
    (
      "preset: tiny-retina\nhead:\n  coding: {weights: [0, 0, 0, 0]}\n",
      "line 3: head.coding.weights must be positive, got 0"
    ),
    (
      "preset: faster-resnet18\nhead: {regions: {coding: {weights: [10, 10, 0, 5]}}}\n",
      "line 2: head.regions.coding.weights must be positive, got 0"
    ),
    (
      "preset: faster-resnet18\nhead: {proposals: {coding: {weights: [1, 1, 1]}}}\n",
      "line 2: head.proposals.coding.weights needs 4 entries, got 3"
    ),
    (
      "preset: tiny-retina\nhead: {anchors: {ratios: [1, 0]}}\n",
      "line 2: head.anchors.ratios must be positive, got 0"
    ),
    (
      "preset: tiny-retina\nhead: {anchors: {scales: []}}\n",
      "line 2: head.anchors.scales must have one entry or more"
    ),
    (
      "preset: tiny-retina\nhead: {anchors: {scales: [.inf]}}\n",
      "line 2: head.anchors.scales must be a finite number"
    ),
    (
      "preset: tiny-retina\nhead: {anchors: {ratios: [-1]}}\n",
      "line 2: head.anchors.ratios must not be negative, got -1"
    ),
    ("head:\n  anchorSide: -2.5\n", "line 2: head.anchorSide must not be negative, got -2.5"),
    (
      "preset: tiny-retina\nhead: {anchors: {sizes: [[8, 8]]}}\n",
      "line 2: head.anchors.sizes[0][0] must be a list"
    ),
  ])
  func theKeyThatIsWrongIsNamed(_ yaml: String, _ message: String) {
    do {
      _ = try ModelSettings(yaml: yaml, file: "model.yaml")
      Issue.record("no error for \(yaml)")
    } catch { #expect("\(error)".contains(message), "\(error)") }
  }
}
