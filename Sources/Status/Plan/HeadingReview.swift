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
        let ways = looking.map { Way($0.1) }
        // In space, so that neighbours of the same floor come first.
        let tree = NearestPlaces(looking.map { positions[$0.0].position })
        var agreeing = 0
        var found: [PlanFinding] = []
        for (place, (index, heading)) in looking.enumerated() {
            let around = tree.neighbours(of: place, count: neighbours)
            guard around.count >= least, let common = common(around.map { ways[$0.index] }) else { continue }
            agreeing += 1
            let away = difference(heading, common)
            if away > tolerance { found.append(.init(kind: .heading, positions: [index], amount: away)) }
        }
        return Double(found.count) <= Double(agreeing) * exceptions ? found : []
    }

    /// A direction as a point on the unit circle.
    private struct Way {
        var x: Double
        var y: Double

        init(_ heading: Double) { (x, y) = (cos(heading * .pi / 180), sin(heading * .pi / 180)) }
    }

    /// The direction (degrees) in which all of `ways` look, except for the one that differs most; nil if they do not agree.
    private static func common(_ ways: [Way]) -> Double? {
        var (x, y) = (0.0, 0.0)
        for way in ways { (x, y) = (x + way.x, y + way.y) }
        let count = Double(ways.count - 1)
        // If all but one agree, the whole is not much shorter: most neighbourhoods are done with here.
        guard (x * x + y * y).squareRoot() >= count * agreement - 1, x * x + y * y > 1e-18 else { return nil }
        // The one that differs most from the sum.
        var worst = ways[0]
        for way in ways where way.x * x + way.y * y < worst.x * x + worst.y * y { worst = way }
        (x, y) = (x - worst.x, y - worst.y)
        guard (x * x + y * y).squareRoot() >= count * agreement else { return nil }
        return atan2(y, x) * 180 / .pi
    }

    /// The angle between two directions: 0…180 degrees.
    static func difference(_ one: Double, _ other: Double) -> Double {
        let turn = abs(one - other).truncatingRemainder(dividingBy: 360)
        return min(turn, 360 - turn)
    }
}
