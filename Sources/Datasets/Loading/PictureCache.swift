import Dispatch
import Foundation
import Images

/// A data set's decoded pictures, kept in memory within a budget of bytes.
///
/// First come, first kept: once the budget is used, other pictures are decoded each time, so that a
/// pass over a set larger than the budget still finds the same share of it in memory. Where mosaics
/// take their pictures from a window of the epoch's order, a part of the budget that holds the window
/// goes to the pictures read last instead: each is then decoded once an epoch, however large the set.
/// What a picture looks like does not depend on whether it was kept. A picture that cannot be used is
/// remembered with the reason.
///
/// `@unchecked Sendable`: everything that changes is reached only while the lock is held.
public final class PictureCache: @unchecked Sendable {
  public struct Broken: Hashable, Sendable, CustomStringConvertible {
    public var sample: Int
    public var path: String
    public var reason: String

    public var description: String { "\(path): \(reason)" }
  }

  /// Pictures of floats with values that are NaN or infinite, which count as their channel's lowest.
  public struct NonFinite: Hashable, Sendable, CustomStringConvertible {
    public var values = 0
    public var pictures = 0
    /// Of the first such picture in the data set's order.
    public var first = ""

    public init() {}

    public var description: String {
      "\(values) values in \(pictures) pictures are NaN or infinite and count as the channel's lowest; "
        + "the first picture is \(first)"
    }
  }

  private enum Entry {
    case unknown
    case usable
    case kept(Picture)
    /// Until others come.
    case recent(Picture)
    case broken(String)
  }

  /// How often pictures were in memory.
  public struct Statistics: Hashable, Sendable, CustomStringConvertible {
    public var hits = 0
    /// Pictures decoded, or taken from disk.
    public var misses = 0
    /// Held now.
    public var bytes = 0

    public var description: String {
      let asked = hits + misses
      let share = asked > 0 ? 100 * hits / asked : 0
      return "\(asked) pictures asked for, \(hits) of them (\(share) %) in memory; "
        + "\(bytes >> 20) MiB held"
    }
  }

  private let dataset: Dataset
  private let largestSize: CanvasSize
  private let largestScale: Double
  private let input: InputFormat
  /// Bytes for pictures that stay, and for those read last.
  private let lastingBudget: Int
  /// Where pictures are looked for before they are decoded, and put then.
  private let store: PictureStore?
  private let recentBudget: Int
  private let lock = NSLock()
  private var entries: [Entry]
  /// By sample.
  private var nonFiniteCounts: [Int: Int] = [:]
  private var keptBytes = 0
  /// Samples that are ``Entry/recent``, the oldest first from `oldest` on, with their bytes.
  private var queue: [(sample: Int32, bytes: Int)] = []
  private var oldest = 0
  private var recentBytes = 0
  private var counts = Statistics()
  /// Whether a picture was refused for want of room.
  private var isFull = false

  /// - Parameters:
  ///   - budget: bytes of decoded pixels to keep.
  ///   - largestSize, largestScale: the largest canvas, and the largest factor on the size at which
  ///     a picture fits it: JPEGs are decoded no larger than this needs.
  ///   - input: what pictures are decoded for; others are unusable.
  ///   - window: ``RecipeMaker/mosaicWindow``, where pictures are used in mosaics.
  public convenience init(
    dataset: Dataset, budget: Int, largestSize: CanvasSize, largestScale: Double = 1,
    input: InputFormat = InputFormat(), window: Int = .max
  ) {
    self.init(
      dataset: dataset, budget: budget, store: nil, largestSize: largestSize,
      largestScale: largestScale, input: input, window: window)
  }

  /// - Parameter store: pictures on disk from earlier runs, and for later ones.
  package init(
    dataset: Dataset, budget: Int, store: PictureStore?, largestSize: CanvasSize,
    largestScale: Double = 1, input: InputFormat = InputFormat(), window: Int = .max
  ) {
    self.input = input
    self.store = store
    self.dataset = dataset
    recentBudget = Self.recentBudget(dataset, budget, window)
    lastingBudget = budget - recentBudget
    self.largestSize = largestSize
    self.largestScale = largestScale
    entries = Array(repeating: .unknown, count: dataset.count)
  }

  /// Bytes of pixels kept now.
  public var bytes: Int { lock.withLock { keptBytes + recentBytes } }

  /// One line on what was in memory, and on disk.
  package var summary: String {
    statistics.description + (store.map { "; \($0.path): \($0.statistics)" } ?? "")
  }

  public var statistics: Statistics {
    lock.withLock {
      var statistics = counts
      statistics.bytes = keptBytes + recentBytes
      return statistics
    }
  }

  /// Room for the window, and for as much again as is read ahead across its end.
  private static func recentBudget(_ dataset: Dataset, _ budget: Int, _ window: Int) -> Int {
    let most = mostBytes(dataset)
    guard most > budget, dataset.count / 2 >= window else { return 0 }
    return min(budget, most / dataset.count * (window + window / 2))
  }

  /// Pictures found unusable so far, in the data set's order.
  public var broken: [Broken] {
    lock.withLock {
      entries.enumerated().compactMap { index, entry in
        guard case .broken(let reason) = entry else { return nil }
        return Broken(sample: index, path: dataset.samples[index].path, reason: reason)
      }
    }
  }

  /// What was replaced in the pictures read so far.
  public var nonFinite: NonFinite {
    lock.withLock {
      var all = NonFinite()
      all.pictures = nonFiniteCounts.count
      all.values = nonFiniteCounts.values.reduce(0, +)
      all.first = nonFiniteCounts.keys.min().map { dataset.samples[$0].path } ?? ""
      return all
    }
  }

  /// False once a picture has turned out to be unusable.
  public func isUsable(_ sample: Int) -> Bool {
    lock.withLock {
      if case .broken = entries[sample] { return false }
      return true
    }
  }

  /// Whether a picture can be used, for which it is decoded where that was never tried.
  func isKnownUsable(_ sample: Int) -> Bool {
    switch lock.withLock({ entries[sample] }) {
    case .kept, .recent, .usable: true
    case .broken: false
    case .unknown: picture(sample) != nil
    }
  }

  /// The picture, or nil where it cannot be used; ``broken`` then says why.
  public func picture(_ sample: Int) -> Picture? {
    let known = lock.withLock {
      switch entries[sample] {
      case .kept, .recent: counts.hits += 1
      case .unknown, .usable: counts.misses += 1
      case .broken: break
      }
      return entries[sample]
    }
    switch known {
    case .kept(let picture), .recent(let picture): return picture
    case .broken: return nil
    case .unknown, .usable: break
    }
    switch decode(sample) {
    case .success(let (picture, isStored)):
      if isStored {
        lock.withLock { if case .unknown = entries[sample] { entries[sample] = .usable } }
      } else {
        remember(picture, sample)
      }
      return picture
    case .failure(let reason):
      lock.withLock { entries[sample] = .broken(reason.text) }
      return nil
    }
  }

  /// Reads pictures ahead of their use, on all processors, until one does not fit the budget.
  ///
  /// - Parameter goesOn: asked before each picture.
  public func fill(while goesOn: @Sendable () -> Bool = { true }) {
    DispatchQueue.concurrentPerform(iterations: dataset.count) { sample in
      guard goesOn(), !lock.withLock({ isFull }) else { return }
      _ = picture(sample)
    }
  }

  private struct Reason: Error { var text: String }

  /// The picture, and whether the store has it: it need not be in memory then.
  private func decode(_ sample: Int) -> Result<(picture: Picture, isStored: Bool), Reason> {
    let expected = dataset.samples[sample]
    let side = minimumSide(expected)
    if let stored = store?.picture(
      expected.path, minimumSide: side, channels: input.channels),
      stored.originalWidth == expected.width, stored.originalHeight == expected.height
    {
      return .success((stored, true))
    }
    let picture: Picture
    do {
      picture = try Picture.read(
        path: expected.path, input: input, minimumSide: side)
    } catch {
      return .failure(Reason(text: error.reason(path: expected.path)))
    }
    guard picture.originalWidth == expected.width, picture.originalHeight == expected.height
    else {
      return .failure(
        Reason(
          text: "is \(picture.originalWidth)×\(picture.originalHeight), but its annotations say "
            + "\(expected.width)×\(expected.height)"))
    }
    return finite(picture, sample).map { picture in
      let isStored =
        store?.add(picture, expected.path, minimumSide: side, channels: input.channels) ?? false
      return (picture, isStored)
    }
  }

  private func finite(_ picture: Picture, _ sample: Int) -> Result<Picture, Reason> {
    let count = picture.nonFiniteCount
    guard count > 0 else { return .success(picture) }
    lock.withLock { nonFiniteCounts[sample] = count }
    do { return .success(try picture.finite(input)) } catch {
      return .failure(Reason(text: error.reason(path: dataset.samples[sample].path)))
    }
  }

  /// The shorter side below which the picture would have to be enlarged.
  private func minimumSide(_ sample: Sample) -> Int {
    let fit = min(
      Double(largestSize.width) / Double(sample.width),
      Double(largestSize.height) / Double(sample.height))
    // A transposed picture fits otherwise.
    let turned = min(
      Double(largestSize.width) / Double(sample.height),
      Double(largestSize.height) / Double(sample.width))
    let scale = min(1, max(fit, turned) * largestScale)
    return Int((scale * Double(min(sample.width, sample.height))).rounded(.up))
  }

  /// Bytes that are kept at most, whatever the budget.
  ///
  /// - Parameter pixelBytes: of a decoded picture's pixel, all channels and what composing copies.
  package static func mostBytes(_ dataset: Dataset, pixelBytes: Int = 3) -> Int {
    dataset.samples.reduce(0) { $0 + mostBytes($1, pixelBytes: pixelBytes) }
  }

  /// Of one picture.
  package static func mostBytes(_ sample: Sample, pixelBytes: Int = 3) -> Int {
    footprint(pixelBytes * sample.width * sample.height)
  }

  /// Composing keeps copies of ½, ¼, … of the size with the picture: a third more in the limit.
  private static func footprint(_ bytes: Int) -> Int { bytes * 4 / 3 }

  private func remember(_ picture: Picture, _ sample: Int) {
    let size = Self.footprint(picture.composedByteCount)
    lock.withLock {
      switch entries[sample] {
      case .unknown, .usable: break
      // Another worker was first.
      case .kept, .recent, .broken: return
      }
      if case .unknown = entries[sample], keptBytes + size <= lastingBudget {
        keptBytes += size
        entries[sample] = .kept(picture)
        return
      }
      isFull = true
      entries[sample] = .usable
      keepForNow(picture, sample, size)
    }
  }

  /// Puts a picture in the place of the oldest.
  private func keepForNow(_ picture: Picture, _ sample: Int, _ size: Int) {
    guard size <= recentBudget else { return }
    while recentBytes + size > recentBudget {
      entries[Int(queue[oldest].sample)] = .usable
      recentBytes -= queue[oldest].bytes
      oldest += 1
    }
    if oldest > queue.count / 2, oldest > 64 {
      queue.removeFirst(oldest)
      oldest = 0
    }
    queue.append((Int32(sample), size))
    recentBytes += size
    entries[sample] = .recent(picture)
  }
}
