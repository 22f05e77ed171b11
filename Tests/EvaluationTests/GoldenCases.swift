import Evaluation
import Foundation
import TestSupport
import Testing

/// Lists of cases with their figures, which scripts in benchmarks/ made.
enum GoldenCases {
  static func read(_ name: String) -> [[String: Any]] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("golden/\(name).json")
    let document = try? JSONSerialization.jsonObject(with: Data(contentsOf: file))
    return document as? [[String: Any]] ?? []
  }

  /// Truth and detections go through files, as `eval` reads them.
  static func inputs(
    _ made: [String: Any], detections: String = "detections"
  ) throws -> (CocoTruth, CocoResults) {
    let folder = try TemporaryFolder()
    for name in ["truth", detections] {
      let data = try JSONSerialization.data(withJSONObject: made[name] as Any)
      try data.write(to: URL(fileURLWithPath: folder.file(name)))
    }
    let truth = try CocoTruth(instances: folder.file("truth"))
    let results = try CocoResults(reading: folder.file(detections), for: truth)
    withExtendedLifetime(folder) {}
    return (truth, results)
  }

  static func document(_ value: some Encodable) throws -> Any {
    try JSONSerialization.jsonObject(with: JSONEncoder().encode(value))
  }
}

/// What `theirs` holds is in `ours`, numbers within 1e-9.
func expectClose(_ ours: Any?, _ theirs: Any, _ path: String) {
  switch theirs {
  case let theirs as [String: Any]:
    let ours = ours as? [String: Any]
    for (key, value) in theirs { expectClose(ours?[key], value, "\(path).\(key)") }
  case let theirs as [Any]:
    let ours = ours as? [Any]
    #expect(ours?.count == theirs.count, "\(path)")
    for (index, value) in theirs.enumerated() where index < ours?.count ?? 0 {
      expectClose(ours?[index], value, "\(path)[\(index)]")
    }
  case is NSNull:
    #expect(ours is NSNull, "\(path)")
  case let theirs as String:
    #expect(ours as? String == theirs, "\(path)")
  default:
    let (our, their) = ((ours as? NSNumber)?.doubleValue, (theirs as? NSNumber)?.doubleValue)
    #expect(abs((our ?? .nan) - (their ?? .nan)) < 1e-9, "\(path)")
  }
}
