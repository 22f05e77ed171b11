import Networks

extension Detector {
  /// Reads a weights file as ``save(_:halfPrecision:)`` writes it.
  ///
  /// - Throws: ``WeightsError``, or ``SettingsError`` if its model cannot be built.
  public static func load(_ file: String) throws -> Detector {
    let tensors = try SafeTensors(contentsOf: file)
    let detector = try Detector(try DetectorDescription(tensors))
    let report = detector.variables.load(tensors)
    guard report.isComplete else { throw WeightsError.otherModel(file: file, report: report) }
    return detector
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
