import Boxes
import Foundation
import ReceptiveFields

/// Verdicts on anchors in plain words.
struct AnchorFindings {
  var levels: [AnchorLevel]
  var coverage: AnchorCoverage
  var objects: [ObjectSize]
  /// IoU that an anchor should reach.
  var threshold: Double

  /// Ultralytics' check of anchors recommends new ones below this best possible recall.
  static let leastRecall = 0.98
  /// A share of objects that is not worth a warning.
  static let fewObjects = 0.01

  var all: [AnchorReport.Finding] {
    levels.flatMap(levelFindings) + orderFindings + dataFindings
  }

  private func levelFindings(_ level: AnchorLevel) -> [AnchorReport.Finding] {
    let field = level.receptiveField
    let large = level.anchors.filter(level.exceedsField)
    let small = level.anchors.filter(level.isUnderHalfStride)
    let outside = level.anchors.filter { !level.objectRange.contains($0.side) }
    var findings: [AnchorReport.Finding] = []
    if !large.isEmpty {
      findings.append(
        warning(
          level,
          "\(anchors(large)) of \(level.name) \(verb(large, "is", "are")) larger than its field of "
            + "\(number(field.horizontal))×\(number(field.vertical)) px: no cell sees such objects "
            + "whole"))
    }
    if !small.isEmpty {
      findings.append(
        warning(
          level,
          "\(anchors(small)) of \(level.name) \(verb(small, "is", "are")) smaller than half its "
            + "stride of \(level.stride) px: such objects lie between cells"))
    }
    let odd = outside.filter { !large.contains($0) && !small.contains($0) }
    if !odd.isEmpty {
      findings.append(
        AnchorReport.Finding(
          severity: .note,
          message: "\(anchors(odd)) of \(level.name) \(verb(odd, "has its", "have their")) side "
            + "outside \(number(level.objectRange.low)) to \(number(level.objectRange.high)) px, "
            + "which suit its field",
          level: level.name))
    }
    return findings
  }

  /// A coarser level should have the larger anchors: by the geometric mean of their sides.
  private var orderFindings: [AnchorReport.Finding] {
    zip(levels, levels.dropFirst()).compactMap { finer, coarser in
      let (low, high) = (Self.meanSide(finer.anchors), Self.meanSide(coarser.anchors))
      guard low > high else { return nil }
      return warning(
        coarser,
        "levels out of order: anchors of \(coarser.name) have a mean side of \(number(high)) px, "
          + "those of the finer \(finer.name) \(number(low)) px")
    }
  }

  private static func meanSide(_ anchors: [AnchorSize]) -> Double {
    exp(anchors.reduce(0) { $0 + log($1.side) } / Double(max(1, anchors.count)))
  }

  private var dataFindings: [AnchorReport.Finding] {
    guard coverage.objects > 0 else { return [] }
    var findings: [AnchorReport.Finding] = []
    if let finding = aspectFinding { findings.append(finding) }
    let recall = coverage.recallAtThreshold ?? coverage.recall50
    if recall < Self.leastRecall {
      findings.append(
        AnchorReport.Finding(
          severity: .warning,
          message: "\(percent(1 - recall)) of objects meet no anchor with IoU \(number(threshold)) "
            + "or more"))
    }
    return findings + idleFindings
  }

  private var idleFindings: [AnchorReport.Finding] {
    zip(levels, coverage.shares).compactMap { level, shares in
      guard shares.allSatisfy({ $0 == 0 }) else { return nil }
      return AnchorReport.Finding(
        severity: .note, message: "no object meets an anchor of \(level.name) best",
        level: level.name)
    }
  }

  private var aspectFinding: AnchorReport.Finding? {
    let aspects = objects.map { $0.height / $0.width }.filter { !isAspectCovered($0) }
    guard let low = aspects.min(), let high = aspects.max() else { return nil }
    let range = [low, high].map(number)
    return AnchorReport.Finding(
      severity: Double(aspects.count) < Self.fewObjects * Double(objects.count) ? .note : .warning,
      message: "aspect ratios not covered: \(share(aspects.count)) of objects (height over width "
        + (range[0] == range[1] ? range[0] : "\(range[0]) to \(range[1])")
        + ") differ by more than a factor of \(number(aspectFactor)) from every anchor's, so that "
        + "none can reach IoU " + number(threshold))
  }

  /// How far aspects of two boxes may differ that are to reach the threshold t.
  ///
  /// Of boxes of one centre and ratios r apart the IoU is highest at one area: with `s = √r` they
  /// have `1/s` of it in common, so that the IoU is `(1/s) / (2 − 1/s) = 1 / (2s − 1)`. At least t
  /// means `s ≤ (1 + t) / 2t`.
  private var aspectFactor: Double {
    let root = (1 + threshold) / (2 * threshold)
    return root * root
  }

  private func isAspectCovered(_ aspect: Double) -> Bool {
    levels.contains { level in
      level.anchors.contains { anchor in
        let ratio = aspect / Double(anchor.aspect)
        return max(ratio, 1 / ratio) <= aspectFactor
      }
    }
  }

  private func warning(_ level: AnchorLevel, _ message: String) -> AnchorReport.Finding {
    AnchorReport.Finding(severity: .warning, message: message, level: level.name)
  }

  private func anchors(_ list: [AnchorSize]) -> String {
    (list.count == 1 ? "anchor " : "anchors ")
      + list.map { "\(number(Double($0.width)))×\(number(Double($0.height)))" }
      .joined(separator: ", ")
  }

  private func verb(_ list: [AnchorSize], _ one: String, _ several: String) -> String {
    list.count == 1 ? one : several
  }

  private func share(_ count: Int) -> String {
    percent(Double(count) / Double(objects.count)) + " (\(count))"
  }
}

/// At most two decimals.
private func number(_ value: Double) -> String {
  let text = String(format: "%.2f", value)
  return text.hasSuffix(".00")
    ? String(text.dropLast(3)) : text.hasSuffix("0") ? String(text.dropLast()) : text
}

private func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
