import Boxes
import Foundation
import Images

/// A picture in a size for reports.
struct Thumbnail {
  /// A box to draw, in pixels of the picture.
  struct Mark {
    var box: Box
    var colour: Colour
    var label: String?
  }

  private let picture: Picture
  /// From the picture's full size to this one.
  private let map: Affine

  /// - Parameter largestSide: pixels.
  init(_ picture: Picture, largestSide: Int, input: InputFormat) throws {
    let shown = try picture.preview(input)
    let longest = max(shown.originalWidth, shown.originalHeight)
    // Small pictures grow by a whole factor, so that names beside their boxes can be read.
    let fit = Double(largestSide) / Double(longest)
    let scale = fit < 1 ? fit : fit.rounded(.down)
    let width = max(1, Int((Double(shown.originalWidth) * scale).rounded()))
    let height = max(1, Int((Double(shown.originalHeight) * scale).rounded()))
    let back = Affine.scale(
      Double(shown.originalWidth) / Double(width), Double(shown.originalHeight) / Double(height))
    let recipe = Recipe(
      width: width, height: height,
      sources: [
        Recipe.Source(picture: 0, canvasToPicture: back, rectangle: [0, 0, width, height])
      ])
    self.picture = try Picture(
      planes: recipe.composed(pictures: { _ in shown }), width: width, height: height)
    map = .scale(
      Double(width) / Double(shown.originalWidth), Double(height) / Double(shown.originalHeight))
  }

  /// With marks, the first below the others; the bytes of a JPEG.
  func drawn(_ marks: [Mark]) throws -> Data {
    let canvas = try picture.copy()
    for mark in marks { try canvas.draw(map(mark.box), colour: mark.colour, label: mark.label) }
    return Data(try canvas.encoded(as: "jpg", quality: 82))
  }
}

extension Illustration {
  /// A picture's file, reduced.
  ///
  /// - Parameter largestSide: pixels.
  /// - Throws: ``ImageError``.
  package init(
    _ name: String, reducing file: String, largestSide: Int, alternative: String,
    caption: Prose? = nil
  ) throws {
    let input = InputFormat(channels: 3, normalization: .linear)
    let thumbnail = try Thumbnail(
      Picture.read(path: file), largestSide: largestSide, input: input)
    self.init(name, .jpg, try thumbnail.drawn([]), alternative: alternative, caption: caption)
  }
}
