import Detectors
import Networks
import Testing

@Suite struct LevelVariantsTests {
  @Test func finerLevelTakesTheBackbonesStrideFour() throws {
    let nano = try #require(Preset.nano.settings.withFinerLevel)
    #expect(nano.strides == [4, 8, 16, 32])
    guard case .pathAggregation(let neck) = nano.neck else {
      Issue.record("another neck")
      return
    }
    #expect(neck.widths == [32, 64, 128, 256])
    let outputs = try nano.graph(classCount: 1).outputs.count
    #expect(try outputs == Preset.nano.settings.graph(classCount: 1).outputs.count + 2)
    let retina = try #require(Preset.tinyRetina.settings.withFinerLevel)
    #expect(retina.strides == [4, 8, 16, 32, 64])
  }

  @Test func backboneWithoutFinerFeaturesHasNone() {
    #expect(Preset.nano.settings.withFinerLevel?.withFinerLevel == nil)
  }

  @Test func coarserLevelNeedsANeckThatAddsOne() throws {
    #expect(Preset.nano.settings.withCoarserLevel == nil)
    #expect(Preset.tinyRetina.settings.withCoarserLevel?.strides == [8, 16, 32, 64, 128])
  }

  @Test func equalWidthsStayEqual() throws {
    var model = Preset.nano.settings
    guard case .pathAggregation(var neck) = model.neck else { return }
    neck.widths = [64, 64, 64]
    model.neck = .pathAggregation(neck)
    guard case .pathAggregation(let finer) = try #require(model.withFinerLevel).neck else { return }
    #expect(finer.widths == [64, 64, 64, 64])
  }
}
