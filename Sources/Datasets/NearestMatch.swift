/// The candidate that a mistyped word most likely means; nil when none is near.
///
/// By Levenshtein distance on lower-case letters, at most a third of the longer word (and at least
/// one edit); the first candidate wins a tie.
package func nearestMatch(to word: String, in candidates: [String]) -> String? {
  var best: (candidate: String, distance: Int)?
  for candidate in candidates {
    let distance = editDistance(Array(word.lowercased()), Array(candidate.lowercased()))
    let allowed = max(1, max(word.count, candidate.count) / 3)
    if distance <= allowed, distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  return best?.candidate
}

/// Insertions, deletions and substitutions that turn one word into the other.
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var previous = Array(0...b.count)
  for (i, letter) in a.enumerated() {
    var current = [i + 1]
    for (j, other) in b.enumerated() {
      current.append(
        min(previous[j + 1] + 1, current[j] + 1, previous[j] + (letter == other ? 0 : 1)))
    }
    previous = current
  }
  return previous[b.count]
}
