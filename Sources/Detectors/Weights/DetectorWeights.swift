import Execution
import Foundation
import Images
import Networks

/// What a weights file says besides its tensors.
public struct DetectorDescription: Hashable, Sendable {
  public var settings: ModelSettings
  /// Class names in the order of labels.
  public var names: [String]
  /// Height and width that it was trained at.
  public var trainingSize: Extent
  /// Of linear normalisation of three channels: network input = pixel (0–255) · scale.
  public var pixelScale: Float
  /// How pixels become network input; of files that do not say, linear.
  public var normalization: Normalization
  /// The program and whatever else tells how the weights came about.
  public var origin: String

  public init(
    settings: ModelSettings, names: [String], trainingSize: Extent, pixelScale: Float = 1 / 255,
    normalization: Normalization = .linear, origin: String = "dldetect"
  ) {
    self.settings = settings
    self.names = names
    self.trainingSize = trainingSize
    self.pixelScale = pixelScale
    self.normalization = normalization
    self.origin = origin
  }

  private static let keys = (
    model: "dldetect.model", names: "dldetect.names", height: "dldetect.height",
    width: "dldetect.width", scale: "dldetect.pixelScale",
    normalization: "dldetect.normalization", origin: "dldetect.origin"
  )

  /// What the network takes of pictures.
  public var inputFormat: InputFormat {
    InputFormat(channels: settings.inputChannels, normalization: normalization)
  }

  package var metadata: [String: String] {
    [
      "format": "pt",
      Self.keys.model: settings.yaml,
      Self.keys.names: String(decoding: try! JSONEncoder().encode(names), as: UTF8.self),
      Self.keys.height: "\(trainingSize.height)",
      Self.keys.width: "\(trainingSize.width)",
      Self.keys.scale: "\(pixelScale)",
      Self.keys.normalization: normalizationText,
      Self.keys.origin: origin,
    ]
  }

  private var normalizationText: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    // Numbers of a normalisation are finite, which always encodes.
    return String(decoding: try! encoder.encode(normalization), as: UTF8.self)
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
      recorded: try value(Self.keys.model, underPresentKeys),
      file: "\(tensors.file), \(Self.keys.model)")
    names = try value(Self.keys.names) {
      try? JSONDecoder().decode([String].self, from: Data($0.utf8))
    }
    trainingSize = Extent(
      height: try value(Self.keys.height) { Int($0) },
      width: try value(Self.keys.width) { Int($0) })
    pixelScale = try value(Self.keys.scale) { Float($0) }
    // Weights from before there was a choice are of linear normalisation.
    normalization =
      tensors.metadata[Self.keys.normalization] == nil
      ? .linear
      : try value(Self.keys.normalization) {
        try? JSONDecoder().decode(Normalization.self, from: Data($0.utf8))
      }
    guard normalization.fits(channels: settings.inputChannels) else {
      throw WeightsError.notADetector(file: tensors.file, key: Self.keys.normalization)
    }
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
          if let other = tensors[specification.name]?.shape {
            report.otherShapes[specification.name] =
              "\(other) in the file, \(specification.shape) in the model"
          }
        }
      }
    }
    report.skipped = tensors.names.filter { !taken.contains($0) }
    return report
  }
}
