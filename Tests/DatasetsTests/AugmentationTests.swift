import Datasets
import Foundation
import Testing

@Suite struct AugmentationTests {
  @Test func absentKeysKeepTheirDefaults() throws {
    let json = Data("{\"mosaic\": 0.25, \"minimumScale\": 0.8}".utf8)
    var expected = Augmentation()
    (expected.mosaic, expected.minimumScale) = (0.25, 0.8)
    #expect(expected.pasting.probability == 0 && expected.mixUp.probability == 0)
    #expect(try JSONDecoder().decode(Augmentation.self, from: json) == expected)
    (expected.pasting.copies, expected.pasting.origin, expected.mixUp.alpha) = (7, .any, 3)
    let encoded = try JSONEncoder().encode(expected)
    #expect(try JSONDecoder().decode(Augmentation.self, from: encoded) == expected)
  }

  @Test func rangesAreChecked() throws {
    try Augmentation().validate()
    try Augmentation.none.validate()
    var wrong = Augmentation()
    wrong.maximumScale = 0.3
    #expect(
      sentence { try wrong.validate() } == "maximumScale is 0.3, expected a number from "
        + "0.5 to 100.0")
    wrong = Augmentation()
    wrong.pasting.overlap = 0.7
    #expect(
      sentence { try wrong.validate() } == "pasteOverlap is 0.7, expected a number from 0.0 to 0.5")
    wrong = Augmentation()
    wrong.mixUp.alpha = 0
    #expect(
      sentence { try wrong.validate() } == "mixUpAlpha is 0.0, expected a number from 0.1 to 100.0")
    wrong = Augmentation()
    wrong.mosaic = -1
    #expect(
      sentence { try wrong.validate() } == "mosaic is -1.0, expected a number from 0.0 to 1.0")
  }
}
