import Foundation
import Station

/// Looks for places that are probably wrong.
///
/// Everything is measured by what most stations of the site do (medians), so that a few wrong ones hide neither themselves nor each other.
struct PlaceReview {
    /// With fewer places nothing is said of distances.
    static let least = 4
    /// Nothing nearer than this is called far away: metres.
    static let nearEnough = 10.0
    /// So many times the usual distance is far.
    static let timesUsual = 10.0
    /// No site has so many stations at a wrong place that are near each other.
    static let most = 3

    private(set) var findings: [PlanFinding] = []
    /// The positions that stand so far away that a plan is better drawn without them.
    private(set) var far: Set<Int> = []

    init(_ positions: [PlanPosition]) {
        let places = positions.map(\.position)
        let together = PlacesTogether.groups(of: places)
        // Of several at one place one counts: otherwise the usual distance of a site with many copies would be 0.
        let copies = Set(together.flatMap { $0.dropFirst() })
        let spots = places.indices.filter { !copies.contains($0) }
        let ground = NearestPlaces(spots.map { places[$0].flat })
        let nearest = spots.indices.map { ground.neighbours(of: $0, count: Self.most + 1) }
        if spots.count >= Self.least {
            reviewOrigin(spots, places, nearest)
            reviewDistances(spots, nearest)
            reviewHeights(spots, places)
        }
        for group in together {
            let widest = group.map { places[$0].distance(to: places[group[0]]) }.max() ?? 0
            findings.append(.init(kind: .together, positions: group, amount: widest))
        }
        findings += HeadingReview.findings(positions, spots: spots)
        // What stands where a far one stands is as far away.
        for group in together where group.contains(where: far.contains) { far.formUnion(group) }
    }

    private mutating func reviewOrigin(
        _ spots: [Int],
        _ places: [Vector3],
        _ nearest: [[NearestPlaces.Neighbour]]
    ) {
        for (spot, index) in spots.enumerated() where places[index].distance(to: .init(x: 0, y: 0, z: 0)) < 1e-6 {
            findings.append(.init(kind: .origin, positions: [index], amount: nearest[spot].first?.distance ?? 0))
        }
    }

    /// Groups of at most ``most`` that are farther from all others than stations of this site usually are.
    private mutating func reviewDistances(_ spots: [Int], _ nearest: [[NearestPlaces.Neighbour]]) {
        let distances = nearest.compactMap { $0.first?.distance }
        let usual = Robust.median(distances)
        let limit = max(Self.nearEnough, usual * Self.timesUsual, usual + 15 * Robust.deviation(distances))
        var groups = Groups(count: spots.count)
        for (spot, neighbours) in nearest.enumerated() {
            for neighbour in neighbours where neighbour.distance <= limit { groups.join(spot, neighbour.index) }
        }
        let all = groups.all()
        let largest = all.map(\.count).max() ?? 0
        for group in all where group.count <= min(Self.most, spots.count / 4) && group.count < largest {
            let members = Set(group)
            let others = group.flatMap { nearest[$0].filter { !members.contains($0.index) } }
            guard let distance = others.map(\.distance).min() else { continue }
            let indices = group.map { spots[$0] }
            far.formUnion(indices)
            // Of the origin something has been said already.
            guard !findings.contains(where: { $0.kind == .origin && $0.positions == indices }) else { continue }
            findings.append(.init(kind: .alone, positions: indices, amount: distance))
        }
    }

    /// Groups of at most ``most`` between which and all others there is a gap in height that the rest of the site has not.
    private mutating func reviewHeights(_ spots: [Int], _ places: [Vector3]) {
        let sorted = spots.sorted { places[$0].z < places[$1].z }
        let limit = max(8, 10 * Robust.deviation(sorted.map { places[$0].z }))
        let gaps = zip(sorted, sorted.dropFirst()).map { places[$1].z - places[$0].z }
        var start = 0
        for end in sorted.indices where end == sorted.count - 1 || gaps[end] > limit {
            let group = Array(sorted[start...end])
            let around = [start > 0 ? gaps[start - 1] : nil, end < gaps.count ? gaps[end] : nil].compactMap(\.self)
            start = end + 1
            guard group.count <= min(Self.most, spots.count / 4), let gap = around.min() else { continue }
            // A station that is far away altogether needs no second sentence.
            let indices = group.filter { !far.contains($0) }.sorted()
            if !indices.isEmpty { findings.append(.init(kind: .height, positions: indices, amount: gap)) }
        }
    }
}
