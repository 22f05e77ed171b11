import Networks

/// A data set's objects, picture by picture, in pixels of the pictures.
package struct DataObjects: Hashable, Sendable {
  package struct Picture: Hashable, Sendable {
    package var width: Int
    package var height: Int
    package var objects: [ObjectSize]

    package init(width: Int, height: Int, objects: [ObjectSize]) {
      self.width = width
      self.height = height
      self.objects = objects
    }

    /// Pixels of a canvas to one of the picture, fitted whole into it.
    package func scale(on canvas: Extent) -> Double {
      min(Double(canvas.width) / Double(width), Double(canvas.height) / Double(height))
    }
  }

  package var pictures: [Picture]
  package var classNames: [String]

  package init(pictures: [Picture], classNames: [String]) {
    self.pictures = pictures
    self.classNames = classNames
  }

  /// As they are at a network's input, each picture fitted whole into it.
  package func sizes(on canvas: Extent) -> [ObjectSize] {
    pictures.flatMap { picture in
      let scale = picture.scale(on: canvas)
      return picture.objects.map { $0.scaled(by: scale) }
    }
  }

  /// As they are in the pictures.
  package var sizes: [ObjectSize] { pictures.flatMap(\.objects) }
}
