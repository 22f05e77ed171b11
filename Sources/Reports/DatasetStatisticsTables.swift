import Datasets
import Foundation

/// A data set's statistics in words, for a terminal.
extension DatasetStatistics {
  package var text: String {
    let tables = [
      splitTable, classTable, classSizeTable, sizeTable, sideTable, pictureTable, valueTable,
    ].map(\.text)
    return (tables + (comparisons.isEmpty ? [] : [SplitComparison.text(of: comparisons)]))
      .joined(separator: "\n") + "\n" + legend + "\n"
  }

  private var extent: String {
    size[0] == size[1] ? "\(size[0])" : "\(size[0])×\(size[1])"
  }

  private var legend: String {
    let decoded = splits.map {
      "\($0.pixels.decodedPictures) of \($0.pixels.allPictures) in \($0.split)"
    }
    let side = splits.first?.pixels.minimumSide ?? 0
    return """
      ignored: crowd regions and difficult objects, in no other figure. overlap: the largest IoU \
      between two objects of a picture, its mean.
      side: √area of the box; small, medium, large: area under 32², up to 96², over, as COCO's.
      channels (red, green, blue): mean ± deviation of values as they stand in the pictures, each \
      picture counting the same, from \(decoded.joined(separator: ", ")), large JPEGs decoded at a \
      reduced size (sides ≥ \(side)).
      least, 0.1 %, …: percentiles over the pixels of all these pictures, exact of 8 and 16 bits, of \
      floats those of \(PixelStatistics.floatSample) drawn pixels.
      """
  }

  private var splitTable: TextTable {
    var table = TextTable([
      ("split", .left), ("pictures", .right), ("empty", .right), ("objects", .right),
      ("ignored", .right), ("a picture", .right), ("median", .right), ("most", .right),
      ("overlap", .right),
    ])
    for split in splits {
      let crowd = split.crowding.objectsPerPicture
      table.add([
        split.split, "\(split.pictures)", "\(split.emptyPictures)", "\(split.objects)",
        "\(split.ignoredObjects)", decimal(crowd?.mean), decimal(crowd?.median),
        decimal(crowd?.maximum, 0), decimal(split.crowding.meanLargestIoU, 3),
      ])
    }
    return table
  }

  private var classTable: TextTable {
    var headings: [(heading: String, alignment: TextTable.Alignment)] = [("class", .left)]
    for split in splits { headings += [("\(split.split) objects", .right), ("pictures", .right)] }
    var table = TextTable(headings)
    for (index, first) in (splits.first?.classes ?? []).enumerated() {
      let counts = splits.map { $0.classes[index] }
      table.add([first.label] + counts.flatMap { ["\($0.objects)", "\($0.pictures)"] })
    }
    return table
  }

  /// Sides and proportions of each class: least, median and greatest.
  private var classSizeTable: TextTable {
    var table = TextTable([
      ("class", .left), ("split", .left), ("native side", .right), ("at \(extent)", .right),
      ("width/height", .right),
    ])
    for index in (splits.first?.classes ?? []).indices {
      for split in splits where split.classes[index].objects > 0 {
        let (name, shapes) = (split.classes[index].label, split.classes[index].shapes)
        table.add([
          name, split.split, range(shapes.native.side, 1), range(shapes.training.side, 1),
          range(shapes.aspect, 2),
        ])
      }
    }
    return table
  }

  private var sizeTable: TextTable {
    var table = TextTable([
      ("split", .left), ("size", .right), ("least side", .right), ("median", .right),
      ("greatest", .right), ("small", .right), ("medium", .right), ("large", .right),
      ("width/height", .right),
    ])
    for split in splits {
      for (name, sizes) in [("native", split.shapes.native), (extent, split.shapes.training)] {
        let counts = [sizes.small, sizes.medium, sizes.large]
        table.add(
          [
            split.split, name, decimal(sizes.side?.minimum), decimal(sizes.side?.median),
            decimal(sizes.side?.maximum),
          ] + counts.map { percent($0, of: split.objects) } + [range(split.shapes.aspect, 2)])
      }
    }
    return table
  }

  /// Sides by octaves, in percent of each split's objects.
  private var sideTable: TextTable {
    var headings: [(heading: String, alignment: TextTable.Alignment)] = [("side", .right)]
    var columns: [(counts: [Int: Int], total: Int)] = []
    for split in splits {
      headings += [("\(split.split) native", .right), ("at \(extent)", .right)]
      columns += [split.shapes.native, split.shapes.training].map { (octaves($0), split.objects) }
    }
    var table = TextTable(headings)
    let all = columns.flatMap(\.counts.keys)
    guard let first = all.min(), let last = all.max() else { return table }
    for octave in first...last {
      table.add(
        ["\(plain(pow(2, Double(octave)))) to \(plain(pow(2, Double(octave + 1))))"]
          + columns.map { percent($0.counts[octave] ?? 0, of: $0.total) })
    }
    return table
  }

  private func octaves(_ sizes: SizeStatistics) -> [Int: Int] {
    var counts: [Int: Int] = [:]
    for bin in sizes.sideHistogram.bins {
      // The middle of a bin lies in its octave whatever rounding does to the edge.
      let octave = Int(log2((bin.low * bin.high).squareRoot()).rounded(.down))
      counts[octave, default: 0] += bin.count
    }
    return counts
  }

  private var pictureTable: TextTable {
    let names = channelNames
    var headings: [(heading: String, alignment: TextTable.Alignment)] = [
      ("split", .left), ("width", .right), ("height", .right), ("width/height", .right),
    ]
    for name in names { headings.append((name, .right)) }
    var table = TextTable(headings)
    for split in splits {
      let sizes = split.pictureSizes
      let channels = names.indices.map { channel in
        guard let mean = split.pixels.mean, let deviation = split.pixels.deviation,
          channel < mean.count
        else { return "–" }
        return "\(decimal(mean[channel])) ± \(decimal(deviation[channel]))"
      }
      table.add(
        [split.split, range(sizes.width, 0), range(sizes.height, 0), range(sizes.aspect, 2)]
          + channels)
    }
    return table
  }

  private var channelNames: [String] {
    let most = splits.map { $0.pixels.channels ?? 3 }.max() ?? 3
    return most == 3 ? ["red", "green", "blue"] : (1...most).map { "channel \($0)" }
  }

  /// The percentiles of each channel of each split.
  private var valueTable: TextTable {
    var headings: [(heading: String, alignment: TextTable.Alignment)] = [
      ("split", .left), ("channel", .left), ("depth", .left), ("least", .right),
    ]
    for percent in PixelStatistics.percents { headings.append(("\(plain(percent)) %", .right)) }
    headings.append(("greatest", .right))
    var table = TextTable(headings)
    for split in splits {
      guard let bits = split.pixels.bits, let least = split.pixels.minimum,
        let greatest = split.pixels.maximum, let percentiles = split.pixels.percentiles
      else { continue }
      for channel in least.indices {
        let values = [least[channel]] + percentiles[channel] + [greatest[channel]]
        table.add(
          [split.split, channelNames[channel], bits == 32 ? "32-bit float" : "\(bits) bits"]
            + values.map { significant($0) })
      }
    }
    return table
  }
}

/// Least, median and greatest.
private func range(_ summary: ValueSummary?, _ decimals: Int) -> String {
  guard let summary else { return "–" }
  guard summary.minimum < summary.maximum else { return decimal(summary.minimum, decimals) }
  return [summary.minimum, summary.median, summary.maximum].map { decimal($0, decimals) }
    .joined(separator: " · ")
}

private func decimal(_ value: Double?, _ decimals: Int = 1) -> String {
  value.map { String(format: "%.\(decimals)f", $0) } ?? "–"
}

private func percent(_ part: Int, of whole: Int) -> String {
  whole == 0 ? "–" : String(format: "%.1f %%", 100 * Double(part) / Double(whole))
}

private func plain(_ value: Double) -> String {
  Int(exactly: value).map(String.init) ?? "\(value)"
}

/// Whole numbers as they are, others with four digits.
private func significant(_ value: Double) -> String {
  value == value.rounded() && abs(value) < 1e7
    ? String(format: "%.0f", value) : String(format: "%.4g", value)
}
