/// `‖a − b‖ / ‖b‖` in the Euclidean norm; ‖a − b‖ where `b` is zero; infinite where lengths differ
/// or anything is not finite.
package func relativeError(
  _ a: some Collection<some BinaryFloatingPoint>, _ b: some Collection<some BinaryFloatingPoint>
) -> Double {
  guard a.count == b.count else { return .infinity }
  var (difference, norm) = (0.0, 0.0)
  for (x, y) in zip(a, b) {
    let delta = Double(x) - Double(y)
    difference += delta * delta
    norm += Double(y) * Double(y)
  }
  let error = (norm > 0 ? difference / norm : difference).squareRoot()
  return error.isFinite ? error : .infinity
}
