import Foundation
package import Station

/// A rectangle on the ground: metres, CDF frame.
package struct PlanExtent: Sendable, Equatable {
    package var minX: Double
    package var maxX: Double
    package var minY: Double
    package var maxY: Double

    package var width: Double { maxX - minX }
    package var height: Double { maxY - minY }

    package init(minX: Double, maxX: Double, minY: Double, maxY: Double) {
        self.minX = minX
        self.maxX = maxX
        self.minY = minY
        self.maxY = maxY
    }

    /// Around all `places`; nil without any.
    package init?(around places: [Vector3]) {
        guard let first = places.first else { return nil }
        self.init(minX: first.x, maxX: first.x, minY: first.y, maxY: first.y)
        for place in places {
            (minX, maxX) = (min(minX, place.x), max(maxX, place.x))
            (minY, maxY) = (min(minY, place.y), max(maxY, place.y))
        }
    }

    /// The same with a margin, and large enough to be drawn: at least 4 m each way.
    package var framed: PlanExtent {
        let margin = max(max(width, height) * 0.06, 1)
        let (x, y) = (max(margin, 2 - width / 2), max(margin, 2 - height / 2))
        return PlanExtent(minX: minX - x, maxX: maxX + x, minY: minY - y, maxY: maxY + y)
    }

    package func contains(_ place: Vector3) -> Bool {
        (minX...maxX).contains(place.x) && (minY...maxY).contains(place.y)
    }
}

/// A scale bar: a length of 1, 2 or 5 times a power of ten.
package struct ScaleBar: Sendable, Equatable {
    package var metres: Double

    /// The longest that is not longer than `limit` metres (positive and finite).
    package init(atMost limit: Double) {
        guard limit.isFinite, limit > 0 else {
            metres = 1
            return
        }
        let power = pow(10, (log10(limit) + 1e-9).rounded(.down))
        let steps = limit / power + 1e-9
        metres = (steps >= 5 ? 5 : steps >= 2 ? 2 : 1) * power
    }

    /// `0.2 m`, `50 m`, `2 km`.
    package var words: String {
        metres >= 1000
            ? "\(PlanNumber.text(metres / 1000, decimals: 0)) km" : "\(PlanNumber.text(metres, decimals: 3)) m"
    }
}

/// Stations of about one height: a floor, a platform.
package struct PlanLevel: Sendable, Equatable {
    /// Metres, CDF frame.
    package var from: Double
    package var to: Double
    package var count: Int

    package var words: String {
        let (low, high) = (PlanNumber.text(from, decimals: 1), PlanNumber.text(to, decimals: 1))
        return low == high ? "z \(low) m" : "z \(low) to \(high) m"
    }

    /// The most levels that a plan offers.
    static let limit = 12
    /// Between two floors there is at least this much without a tripod: metres.
    static let gap = 1.8

    /// The levels of `heights` (finite), the lowest first: split at the widest gaps.
    static func levels(of heights: [Double]) -> [PlanLevel] {
        let sorted = heights.sorted()
        guard let lowest = sorted.first else { return [] }
        let splits = zip(sorted, sorted.dropFirst()).enumerated()
            .filter { $1.1 - $1.0 > gap }
            .sorted { $0.element.1 - $0.element.0 > $1.element.1 - $1.element.0 }
            .prefix(limit - 1).map(\.offset).sorted()
        var levels: [PlanLevel] = []
        var start = 0
        for end in splits + [sorted.count - 1] {
            levels.append(PlanLevel(from: start == 0 ? lowest : sorted[start], to: sorted[end], count: end - start + 1))
            start = end + 1
        }
        return levels
    }
}
