import Foundation

/// What two splits are compared by.
package struct SplitTraits: Sendable {
  package struct Object: Hashable, Sendable {
    package var classIndex: Int
    /// Of the box within its picture, in the picture's own square pixels; positive.
    package var area: Double

    package init(classIndex: Int, area: Double) {
      (self.classIndex, self.area) = (classIndex, area)
    }
  }

  package var split: String
  package var classNames: [String]
  /// The targets of each picture.
  package var objects: [[Object]]
  /// Width times height of each picture, square pixels.
  package var pictureAreas: [Double]
  /// Mean brightness, 0 … 255, of the pictures that were decoded.
  package var brightness: [Double]

  package init(
    split: String, classNames: [String], objects: [[Object]], pictureAreas: [Double],
    brightness: [Double]
  ) {
    (self.split, self.classNames, self.objects) = (split, classNames, objects)
    (self.pictureAreas, self.brightness) = (pictureAreas, brightness)
  }

  package init(_ split: String, _ dataset: Dataset, brightness: [Double]) {
    self.init(
      split: split, classNames: dataset.classNames,
      objects: dataset.samples.indices.map { index in
        dataset.annotations(of: index).compactMap {
          $0.isIgnored ? nil : Object(classIndex: Int($0.classIndex), area: Double($0.box.area))
        }
      },
      pictureAreas: dataset.samples.map { Double($0.width) * Double($0.height) },
      brightness: brightness)
  }
}

extension CheckedData {
  /// Each split as a comparison needs it: objects that lie in their pictures, pictures that can be
  /// decoded.
  var traits: [SplitTraits] {
    splits.map { split in
      var traits = SplitTraits(
        split: split.name.rawValue, classNames: split.written.classNames, objects: [],
        pictureAreas: [], brightness: [])
      for (index, picture) in split.written.pictures.enumerated() {
        let facts = facts[split.firstPicture + index]
        let (width, height) = split.size(of: index, facts)
        traits.objects.append(
          split.written.objects[picture.objects].compactMap { object in
            guard !object.isIgnored,
              let box = BoxVerdict(object.written, width: width, height: height).box
            else { return nil }
            return .init(classIndex: Int(object.classIndex), area: Double(box.area))
          })
        if width > 0, height > 0 { traits.pictureAreas.append(Double(width) * Double(height)) }
        if facts.isUsable { traits.brightness.append(Double(facts.look.brightness)) }
      }
      return traits
    }
  }
}
