import Foundation
import Station

/// Finds stations that look elsewhere than their neighbours, where these agree.
///
/// Scanners stand as they are put down, and then headings say nothing. So a finding needs two things: all but one of the nearest
/// neighbours look the same way; and on this site such neighbourhoods nearly always tell where their middle looks.
enum HeadingReview {
    /// How many neighbours are asked.
    static let neighbours = 8
    /// With fewer nothing is said.
    static let least = 5
    /// How much they agree: the mean resultant length of the directions (1: all the same; 0.966: 15° of standard deviation).
    static let agreement = 0.966
    /// Less than this is no finding: degrees.
    static let tolerance = 45.0
    /// At most this part of the neighbourhoods that agree may be contradicted.
    static let exceptions = 0.25

    /// - Parameters:
    ///   - positions: All.
    ///   - spots: The indices of those that are compared: of several at one place, one.
    static func findings(_ positions: [PlanPosition], spots: [Int]) -> [PlanFinding] {
        let looking = spots.compactMap { index in positions[index].heading.map { (index, $0) } }
        guard looking.count > least else { return [] }
        // In space, so that neighbours of the same floor come first.
        let tree = NearestPlaces(looking.map { positions[$0.0].position })
        var agreeing = 0
        var found: [PlanFinding] = []
        for (place, (index, heading)) in looking.enumerated() {
            let around = tree.neighbours(of: place, count: neighbours).map { looking[$0.index].1 }
            guard around.count >= least, let common = common(around) else { continue }
            agreeing += 1
            let away = difference(heading, common)
            if away > tolerance { found.append(.init(kind: .heading, positions: [index], amount: away)) }
        }
        return Double(found.count) <= Double(agreeing) * exceptions ? found : []
    }

    /// The direction in which all of `headings` look, except for the one that differs most; nil if they do not agree.
    private static func common(_ headings: [Double]) -> Double? {
        guard let all = mean(headings) else { return nil }
        let off = headings.map { difference($0, all.direction) }
        let worst = headings.indices.max { off[$0] < off[$1] }
        let others = headings.indices.filter { $0 != worst }.map { headings[$0] }
        guard let mean = mean(others), mean.length >= agreement else { return nil }
        return mean.direction
    }

    /// Degrees; nil where the directions cancel out.
    private static func mean(_ headings: [Double]) -> (direction: Double, length: Double)? {
        let radians = headings.map { $0 * .pi / 180 }
        let (x, y) = (radians.reduce(0) { $0 + cos($1) }, radians.reduce(0) { $0 + sin($1) })
        let length = (x * x + y * y).squareRoot() / Double(max(headings.count, 1))
        guard length > 1e-9 else { return nil }
        return (atan2(y, x) * 180 / .pi, length)
    }

    /// The angle between two directions: 0…180 degrees.
    static func difference(_ one: Double, _ other: Double) -> Double {
        let turn = abs(one - other).truncatingRemainder(dividingBy: 360)
        return min(turn, 360 - turn)
    }
}
