/// The valid name that a misspelt one most likely meant: the one with the fewest insertions,
/// deletions, substitutions and swaps of neighbours, at most a third of its letters (and one for
/// short names); upper and lower case do not count. The first among equals.
package func nearestName(to given: String, in valid: [String]) -> String? {
  let limit = max(1, given.count / 3)
  var best: (name: String, distance: Int)?
  for name in valid {
    let distance = editDistance(Array(given.lowercased()), Array(name.lowercased()))
    if distance <= limit, distance < best?.distance ?? .max { best = (name, distance) }
  }
  return best?.name
}

/// Damerau: *A Technique for Computer Detection and Correction of Spelling Errors*, CACM 1964; no
/// letter takes part in two swaps.
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var rows = [[Int]](
    repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
  for i in 0...a.count { rows[i][0] = i }
  for j in 0...b.count { rows[0][j] = j }
  guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
  for i in 1...a.count {
    for j in 1...b.count {
      let substitution = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
      rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, substitution)
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
        rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
      }
    }
  }
  return rows[a.count][b.count]
}
