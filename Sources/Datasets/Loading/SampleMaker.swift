import Images

/// Makes one slot of a batch: finds the picture, draws its recipe and has it executed.
///
/// Whether a picture can be used is a property of its file, so which pictures take the place of
/// unusable ones does not depend on which worker found out first.
struct SampleMaker: Sendable {
  let maker: RecipeMaker
  let schedule: BatchSchedule
  let cache: PictureCache
  let input: InputFormat

  /// What to make.
  struct Slot {
    var epoch: Int
    var position: Int
    var order: [Int32]
    var size: CanvasSize
  }

  /// The next usable picture in the epoch's order from the slot's position on; in validation only
  /// the one that is due, nil where that is unusable.
  ///
  /// - Throws: ``DatasetError/noUsablePicture(first:)``, or what composing throws.
  func make(_ slot: Slot, into planes: UnsafeMutablePointer<Float>) throws -> BatchItem? {
    let count = slot.order.count
    let partners =
      schedule.mosaicBlock(of: slot.position, window: maker.mosaicWindow, in: count)
      .map { slot.order[$0] }
    for attempt in 0..<(schedule.isTraining ? count : 1) {
      let sample = Int(slot.order[(slot.position + attempt) % count])
      guard cache.isUsable(sample) else { continue }
      // A picture that comes twice in an epoch is drawn with another key.
      let visit =
        schedule.sampler.repeats ? slot.position : attempt + slot.position / count * count
      let request = RecipeMaker.Request(
        sample: sample, epoch: slot.epoch, visit: visit, size: slot.size)
      if let item = try compose(request, among: partners, into: planes) { return item }
    }
    if !schedule.isTraining { return nil }
    throw DatasetError.noUsablePicture(first: cache.broken.first?.description ?? "unknown")
  }

  /// Nil where the sample itself is unusable; drawn again while one of its other pictures is.
  private func compose(
    _ request: RecipeMaker.Request, among partners: ArraySlice<Int32>?,
    into planes: UnsafeMutablePointer<Float>
  ) throws -> BatchItem? {
    while true {
      let result = maker.make(request, among: partners, isUsable: cache.isUsable)
      guard let own = cache.picture(request.sample) else { return nil }
      var pictures = [request.sample: own]
      for source in result.recipe.sources where pictures[source.picture] == nil {
        pictures[source.picture] = cache.picture(source.picture)
      }
      if result.recipe.sources.contains(where: { pictures[$0.picture] == nil }) { continue }
      // Looked at once, so that samples do not depend on who found out first.
      if !result.consulted.allSatisfy({ pictures[$0] != nil || cache.isKnownUsable($0) }) {
        continue
      }
      try result.recipe.compose(
        pictures: { index in
          guard let picture = pictures[index] else {
            preconditionFailure("the recipe names picture \(index), which was not read")
          }
          return picture
        }, input: input, into: planes)
      return BatchItem(
        sample: request.sample, path: maker.dataset.samples[request.sample].path,
        recipe: result.recipe, targets: result.targets)
    }
  }
}
