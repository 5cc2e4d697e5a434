/// What belongs together: a disjoint-set forest over the indices 0..<count.
struct Groups {
    private var parent: [Int]

    init(count: Int) { parent = Array(0..<count) }

    mutating func root(of index: Int) -> Int {
        var index = index
        while parent[index] != index {
            parent[index] = parent[parent[index]]
            index = parent[index]
        }
        return index
    }

    mutating func join(_ one: Int, _ other: Int) {
        let (one, other) = (root(of: one), root(of: other))
        // The lower index stays the root, so that the result does not depend on the order of joining.
        if one < other { parent[other] = one } else { parent[one] = other }
    }

    /// All groups, each in order, by their lowest index.
    mutating func all() -> [[Int]] {
        var groups: [Int: [Int]] = [:]
        for index in parent.indices { groups[root(of: index), default: []].append(index) }
        return groups.keys.sorted().compactMap { groups[$0] }
    }
}

/// The middle and the spread of numbers, whatever a few of them are.
enum Robust {
    /// - Returns: 0 without values.
    static func median(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return 0 }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    /// The median absolute deviation, scaled to the standard deviation of normally distributed values.
    static func deviation(_ values: [Double]) -> Double {
        let middle = median(values)
        return 1.4826 * median(values.map { abs($0 - middle) })
    }
}
