/// Finds the word that was probably intended, for "Did you mean …?".
///
/// Case, `_` and `-` do not count as differences.
package enum NearestWord {
    /// The candidate closest to `word`; nil if none is close.
    package static func to(_ word: String, among candidates: [String]) -> String? {
        let written = Array(folded(word).unicodeScalars)
        // A whole page instead of a key is not a misspelling, and comparing it would take long.
        guard written.count <= 64 else { return nil }
        let scored = candidates.map { candidate in
            let wanted = Array(folded(candidate).unicodeScalars)
            return (
                candidate, distance: distance(written, wanted), allowed: max(1, min(written.count, wanted.count) / 3)
            )
        }
        guard let best = scored.min(by: { $0.distance < $1.distance }), best.distance <= best.allowed else {
            return nil
        }
        return best.0
    }

    package static func folded(_ word: String) -> String { word.lowercased().filter { $0 != "_" && $0 != "-" } }

    /// The number of insertions, deletions, replacements and swaps of neighbours between `a` and `b`.
    private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, beforeLast[j - 1] + 1) }
                row.append(best)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
