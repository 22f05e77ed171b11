import CWeights
import Detectors
import Execution
import Foundation
import Spelling
import Training

/// What `--weights` can name: a file, a run's folder, or weights that ship with the program.
enum WeightsChoice {
  enum Shipped: String, CaseIterable { case shapes, bccd }

  /// The tensors, and what to call where they came from.
  ///
  /// - Throws: ``WeightsError``.
  static func tensors(_ name: String) throws -> SafeTensors {
    if isShipped(name), let shipped = Shipped(rawValue: name) { return try tensors(shipped) }
    if !FileManager.default.fileExists(atPath: name),
      let near = nearestName(to: name, in: Shipped.allCases.map(\.rawValue))
    {
      throw WeightsError.notFound(file: name, suggestion: near)
    }
    return try SafeTensors(contentsOf: file(name))
  }

  /// The file that they are read from, if they do not ship.
  static func file(_ name: String) -> String { RunFolder.weightsFile(name) }

  static func detector(_ name: String, precision: Precision = .f32) throws -> Detector {
    try Detector(tensors(name), precision: precision)
  }

  /// What `infer` takes when nothing is asked for: the newest run's best, else what ships.
  static func standard() -> String {
    RunFolder.newest()?.bestWeights ?? Shipped.shapes.rawValue
  }

  /// Whether the name stands for weights inside the program: a file or a run of that name comes
  /// first, any other folder does not.
  static func isShipped(_ name: String) -> Bool {
    guard Shipped(rawValue: name) != nil else { return false }
    var isFolder: ObjCBool = false
    let manager = FileManager.default
    guard manager.fileExists(atPath: name, isDirectory: &isFolder) else { return true }
    return isFolder.boolValue && !manager.fileExists(atPath: RunFolder(name).bestWeights)
  }

  private static func tensors(_ shipped: Shipped) throws -> SafeTensors {
    let blob = shipped == .shapes ? cw_shapes() : cw_bccd()
    guard let start = blob.data, blob.size > 0 else {
      throw WeightsError.notFound(
        file: "shipped weights '\(shipped.rawValue)' (this program was built without them)")
    }
    let data = Data(
      bytesNoCopy: UnsafeMutableRawPointer(mutating: start), count: blob.size, deallocator: .none)
    return try SafeTensors(data, file: "shipped weights '\(shipped.rawValue)'")
  }
}
