import Execution
import Networks

extension Detector {
  /// Reads a weights file as ``save(_:halfPrecision:)`` writes it.
  ///
  /// - Parameter precision: of activations; with bf16, where the processor has it, the network takes
  ///   about half the time, and scores differ in the third digit.
  /// - Throws: ``WeightsError``, ``SettingsError`` if its model cannot be built, or
  ///   ``ExecutionError/unsupportedPrecision(_:reason:)``.
  public static func load(_ file: String, precision: PrecisionChoice = .f32) throws -> Detector {
    try Detector(try SafeTensors(contentsOf: file), precision: precision.resolved())
  }

  /// - Throws: ``WeightsError``, or ``SettingsError``.
  package convenience init(_ tensors: SafeTensors, precision: Precision = .f32) throws {
    try self.init(try DetectorDescription(tensors), seed: nil, precision: precision)
    let report = variables.load(tensors)
    guard report.isComplete else {
      throw WeightsError.otherModel(file: tensors.file, report: report)
    }
  }

  /// Writes the weights, running statistics and description; the file is replaced as a whole.
  ///
  /// - Parameter halfPrecision: whether values are rounded to 16 bits, which halves the file.
  /// - Throws: ``WeightsError/diskFull(file:bytes:)`` or ``WeightsError/writeFailed(file:reason:)``.
  public func save(_ file: String, halfPrecision: Bool = false) throws {
    try SafeTensors.write(
      variables.sources(halfPrecision ? .f16 : .f32), metadata: description.metadata, to: file)
  }
}
