import Execution
import Foundation
import Networks

/// What a weights file says besides its tensors.
public struct DetectorDescription: Hashable, Sendable {
  public var settings: ModelSettings
  /// Class names in the order of labels.
  public var names: [String]
  /// Height and width that it was trained at.
  public var trainingSize: Extent
  /// Network input = pixel (0–255) · scale.
  public var pixelScale: Float
  /// The program and whatever else tells how the weights came about.
  public var origin: String

  public init(
    settings: ModelSettings, names: [String], trainingSize: Extent, pixelScale: Float = 1 / 255,
    origin: String = "dldetect"
  ) {
    self.settings = settings
    self.names = names
    self.trainingSize = trainingSize
    self.pixelScale = pixelScale
    self.origin = origin
  }

  private static let keys = (
    model: "dldetect.model", names: "dldetect.names", height: "dldetect.height",
    width: "dldetect.width", scale: "dldetect.pixelScale", origin: "dldetect.origin"
  )

  package var metadata: [String: String] {
    [
      "format": "pt",
      Self.keys.model: settings.yaml,
      Self.keys.names: String(decoding: try! JSONEncoder().encode(names), as: UTF8.self),
      Self.keys.height: "\(trainingSize.height)",
      Self.keys.width: "\(trainingSize.width)",
      Self.keys.scale: "\(pixelScale)",
      Self.keys.origin: origin,
    ]
  }

  /// - Throws: ``WeightsError/notADetector(file:key:)`` or ``SettingsError``.
  package init(_ tensors: SafeTensors) throws {
    func value<Value>(_ key: String, _ read: (String) -> Value?) throws -> Value {
      guard let value = tensors.metadata[key].flatMap(read) else {
        throw WeightsError.notADetector(file: tensors.file, key: key)
      }
      return value
    }
    settings = try ModelSettings(
      yaml: try value(Self.keys.model) { $0 }, file: "\(tensors.file), \(Self.keys.model)")
    names = try value(Self.keys.names) {
      try? JSONDecoder().decode([String].self, from: Data($0.utf8))
    }
    trainingSize = Extent(
      height: try value(Self.keys.height) { Int($0) },
      width: try value(Self.keys.width) { Int($0) })
    pixelScale = try value(Self.keys.scale) { Float($0) }
    origin = tensors.metadata[Self.keys.origin] ?? ""
    guard !names.isEmpty, trainingSize.height > 0, trainingSize.width > 0 else {
      throw WeightsError.notADetector(file: tensors.file, key: Self.keys.names)
    }
  }
}

extension Variables<Float> {
  /// Parameters, then buffers.
  package func sources(_ format: SafeTensors.Format = .f32) -> [SafeTensors.Source] {
    [parameters, buffers].flatMap { store in
      store.specifications.enumerated().map { index, specification in
        SafeTensors.Source(
          name: specification.name, shape: specification.shape,
          values: UnsafeBufferPointer(store[index]), format: format)
      }
    }
  }

  /// Takes every tensor whose name and shape agree; the others keep their values.
  package func load(_ tensors: SafeTensors) -> LoadReport {
    var report = LoadReport()
    var taken: Set<String> = []
    for store in [parameters, buffers] {
      for (index, specification) in store.specifications.enumerated() {
        if tensors[specification.name]?.shape == specification.shape {
          tensors.copy(specification.name, into: store[index])
          taken.insert(specification.name)
          report.loaded.append(specification.name)
        } else {
          report.new.append(specification.name)
        }
      }
    }
    report.skipped = tensors.names.filter { !taken.contains($0) }
    return report
  }
}
