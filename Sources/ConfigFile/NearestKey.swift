/// Finds what the operator may have meant.
enum NearestKey {
    /// The one of `candidates` that is closest to `word`; nil where none is close.
    ///
    /// Case, `_` and `-` do not count as differences.
    static func to(_ word: String, among candidates: [String]) -> String? {
        let written = folded(word)
        // A whole page in place of a key is no misspelling, and comparing it would take long.
        guard written.count <= 64 else { return nil }
        let scored = candidates.map { candidate in
            (candidate, distance(written, folded(candidate)))
        }
        guard let best = scored.min(by: { $0.1 < $1.1 }) else { return nil }
        let allowed = max(1, min(written.count, best.0.count) / 3)
        if best.1 <= allowed { return best.0 }
        // `client-secret` for `secret`, `token_uri` is for the distance.
        return candidates.first {
            $0.count >= 4 && word.split(whereSeparator: { "-_ ".contains($0) }).contains(Substring($0))
        }
    }

    private static func folded(_ word: String) -> [Character] {
        Array(word.lowercased().filter { $0 != "-" && $0 != "_" })
    }

    /// How many insertions, deletions, replacements and swaps of neighbours lead from `a` to `b`.
    static func distance(_ a: [Character], _ b: [Character]) -> Int {
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
