/// The same model with one level more, to see what that would bring and cost.
extension ModelSettings {
  /// With a level at half of the finest stride; nil where the backbone has no such features.
  ///
  /// A neck with widths for each level goes on in halves, unless all of them are equal.
  package var withFinerLevel: ModelSettings? {
    guard let finest = strides.first, backbone.backbone.strides.contains(finest / 2) else {
      return nil
    }
    var model = self
    model.strides.insert(finest / 2, at: 0)
    if case .pathAggregation(var neck) = neck, let first = neck.widths.first {
      let isEqual = neck.hasEqualChannels && neck.widths.count > 1
      neck.widths.insert(isEqual ? first : max(1, first / 2), at: 0)
      model.neck = .pathAggregation(neck)
    }
    return model.ifValid
  }

  /// With a level at twice the coarsest stride; nil where the neck cannot add one.
  package var withCoarserLevel: ModelSettings? {
    guard let coarsest = strides.last else { return nil }
    var model = self
    model.strides.append(2 * coarsest)
    return model.ifValid
  }

  private var ifValid: ModelSettings? { (try? validate()) == nil ? nil : self }
}
