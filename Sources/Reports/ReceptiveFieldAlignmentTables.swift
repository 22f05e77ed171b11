import ReceptiveFields

/// How grids of cells lie on the picture, in words.
extension ReceptiveFieldReport {
  var alignmentText: String {
    alignmentTable.text + (hasStridedLayers ? "\n" + stridedTable.text : "") + "\n"
      + alignmentLegend + "\n"
  }

  var hasStridedLayers: Bool { layers.contains { $0.alignment != nil } }

  var alignmentTable: TextTable {
    var table = TextTable([
      ("level", .left), ("cells", .right), ("never read", .right), ("skipped", .right),
      ("padding unused", .right), ("beyond near", .right), ("beyond far", .right),
      ("centre", .right), ("decoded", .right), ("accounted", .left),
    ])
    for level in levels {
      let alignment = level.alignment
      table.add(
        [level.name]
          + [
            alignment.cells, alignment.unread, alignment.skipped, alignment.unusedPadding,
            alignment.overhangNear, alignment.overhangFar, level.offset, alignment.decodedCentre,
          ].map(Spelled.pair) + [alignment.decodingAccounts ? "yes" : "no"])
    }
    return table
  }

  var stridedTable: TextTable {
    var table = TextTable([
      ("strided layer", .left), ("kernel", .right), ("stride", .right), ("input", .right),
      ("never read", .right), ("skipped", .right), ("padding near", .right), ("far", .right),
      ("unused", .right), ("drift", .right),
    ])
    for layer in layers {
      guard let alignment = layer.alignment else { continue }
      table.add(
        [layer.name]
          + [
            alignment.kernel, alignment.stride, alignment.input, alignment.unread,
            alignment.skipped, alignment.nearPadding, alignment.farPadding,
            alignment.unusedPadding, alignment.drift,
          ].map(Spelled.pair))
    }
    return table
  }

  var alignmentLegend: String {
    """
    Levels in pixels, strided layers in cells of their input (drift in pixels). near: top and left; \
    far: bottom and right.
    never read: rows×columns left over at the far side. skipped: others that lie between windows.
    padding unused: at the far side, summed along the bottom-up way. beyond: how far the outermost \
    fields overhang.
    centre, decoded: what the first cell sees is centred there; decoding takes it to be there. \
    accounted: whether they agree.
    """
  }
}
