package import Station

/// The plan of a site: where its stations stand, and which of them probably stand wrong.
///
/// A value made of the site's stations in O(n log n); the same stations give the same plan, in whatever order they come.
package struct SitePlan: Sendable {
    /// By the numbers of their first visits.
    package private(set) var positions: [PlanPosition]
    /// Stations without a place: incomplete, or refused before the pose was read.
    package let unplaced: [PlanStation]
    package let findings: [PlanFinding]
    /// The lowest first; each position belongs to one.
    package let levels: [PlanLevel]
    /// Around everything but what stands far away; nil without positions.
    package let extent: PlanExtent?
    /// The positions that are outside of ``extent``: what stands far away.
    package let outside: [Int]

    /// - Parameter stations: All of one site, without those that were withdrawn.
    package init(_ stations: [PlanStation]) {
        let placed = stations.filter { $0.place != nil && $0.position?.isFinite == true }
        let unplaced = stations.filter { $0.place == nil || $0.position?.isFinite != true }
        var places = Dictionary(grouping: placed.filter { !$0.isStated }) { $0.place ?? "" }
            .mapValues { VisitGroups(accepted: $0) }
        for station in placed.filter(\.isStated).sorted(by: { $0.number < $1.number }) {
            places[station.place ?? "", default: VisitGroups()].add(stated: station)
        }
        let positions = places.values.flatMap(\.groups).compactMap(PlanPosition.init)
            .sorted { $0.visits[0].number < $1.visits[0].number }
        let review = PlaceReview(positions)
        self.positions = positions
        self.unplaced = unplaced.sorted { $0.number < $1.number }
        findings = review.findings
        levels = PlanLevel.levels(of: positions.map(\.position.z))
        let far = review.far
        let near = positions.indices.filter { !far.contains($0) }.map { positions[$0].position }
        let extent = PlanExtent(around: near) ?? PlanExtent(around: positions.map(\.position))
        self.extent = extent
        outside = positions.indices.filter { extent?.contains(positions[$0].position) == false }
    }

    /// The same plan, with these names for stations, by their numbers.
    package func named(_ names: [Int64: String]) -> SitePlan {
        var plan = self
        for index in plan.positions.indices {
            guard let name = names[positions[index].number] else { continue }
            plan.positions[index].name = name
        }
        return plan
    }

    /// Which level a position belongs to, by its index in ``levels``.
    package func level(of position: PlanPosition) -> Int {
        levels.lastIndex { $0.from <= position.position.z } ?? 0
    }

    /// How many stations are in each state, visits counted.
    package var counts: [ItemState.Name: Int] {
        var counts: [ItemState.Name: Int] = [:]
        for visit in positions.flatMap(\.visits) + unplaced { counts[visit.state, default: 0] += 1 }
        return counts
    }
}

/// The stations of one place's id, in groups that each become a mark.
private struct VisitGroups {
    /// Metres; as far apart, two visits are of one place (`pose-drift`).
    private static let samePlace = 0.05
    /// Metres; a little more, so that rounding never puts two visits of one place further apart than neighbours.
    private static let cellEdge = 0.06

    private(set) var groups: [[PlanStation]] = []
    /// Where the first visit of each group stands: it stays, whatever is added.
    private var anchors: [Vector3] = []
    /// The groups whose anchors are in each cell of a grid.
    private var cells: [Vector3: [Int]] = [:]

    init() {}

    /// - Parameter visits: However far apart; those without a position make no group.
    init(accepted visits: [PlanStation]) {
        guard let first = visits.min(by: { $0.number < $1.number }), let position = first.position else { return }
        begin(visits, at: position)
    }

    /// Adds a station that is not accepted to the visits of its place; one that says that it stands elsewhere gets a mark of its own, so that
    /// the difference is seen.
    mutating func add(stated station: PlanStation) {
        guard let position = station.position else { return }
        let near = Self.neighbours(of: Self.cell(of: position)).flatMap { cells[$0] ?? [] }
        // The oldest of several.
        let same = near.filter { anchors[$0].distance(to: position) <= Self.samePlace }.min()
        if let same { groups[same].append(station) } else { begin([station], at: position) }
    }

    private mutating func begin(_ visits: [PlanStation], at anchor: Vector3) {
        cells[Self.cell(of: anchor), default: []].append(groups.count)
        groups.append(visits)
        anchors.append(anchor)
    }

    private static func cell(of position: Vector3) -> Vector3 {
        func index(_ metres: Double) -> Double { (metres / cellEdge).rounded(.down) }
        return Vector3(x: index(position.x), y: index(position.y), z: index(position.z))
    }

    /// The cell and those around it.
    private static func neighbours(of cell: Vector3) -> [Vector3] {
        let steps: [Double] = [-1, 0, 1]
        var cells: [Vector3] = []
        for x in steps {
            for y in steps {
                for z in steps { cells.append(Vector3(x: cell.x + x, y: cell.y + y, z: cell.z + z)) }
            }
        }
        return cells
    }
}
