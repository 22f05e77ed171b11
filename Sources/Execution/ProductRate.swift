import CBridge

extension Precision {
  /// Operations (two a multiply–add) a second that this machine reaches on products of large square
  /// matrices: the roof over every network.
  public func productRate(side: Int = 1536, seconds: Double = 0.5) -> Double {
    Engine.shared.run { cb_product_rate(bridged, Int32(side), seconds) }
  }
}
