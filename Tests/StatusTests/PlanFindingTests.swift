import Foundation
import Station
import Status
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15)))
struct PlanFindingTests {
    private static let seeds = UInt64(0)..<40

    private func findings(_ stations: [PlanStation]) -> [PlanFinding.Kind: [[Int64]]] {
        let plan = SitePlan(stations)
        return Dictionary(
            grouping: plan.findings,
            by: \.kind
        ).mapValues { $0.map { $0.positions.map { plan.positions[$0].number } } }
    }

    private static func wrap(_ degrees: Double) -> Double { (degrees + 720).truncatingRemainder(dividingBy: 360) }

    @Test(arguments: seeds)
    func `a site without mistakes has no findings`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let spacing = Double.random(in: 0.6...40, using: &random)
        let count = Int.random(in: 1...150, using: &random)
        let stations = DrawnSite.stations(
            count,
            spacing: spacing,
            heading: { Self.wrap(.random(in: -8...8, using: &$0)) },
            seed: seed
        )
        #expect(findings(stations).isEmpty)
    }

    @Test(arguments: seeds)
    func `whatever way the scanners look, headings at random are no findings`(seed: UInt64) {
        let stations = DrawnSite.stations(400, heading: { .random(in: 0..<360, using: &$0) }, seed: seed)
        #expect(findings(stations).isEmpty)
    }

    @Test(arguments: seeds)
    func `one that stands far from all others is found, and nothing else`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var stations = DrawnSite.stations(30, seed: seed)
        let odd = Int.random(in: 0..<30, using: &random)
        stations[odd].position?.x += Double.random(in: 120...9000, using: &random)
        stations.shuffle(using: &random)
        #expect(findings(stations) == [.alone: [[Int64(odd + 1)]]])
    }

    @Test(arguments: seeds)
    func `two that stand far away together are found together`(seed: UInt64) {
        var stations = DrawnSite.stations(30, seed: seed)
        for odd in [4, 5] { stations[odd].position?.y += 2000 }
        #expect(findings(stations) == [.alone: [[5, 6]]])
    }

    @Test(arguments: [(0.2, 0.0, true), (0.3, 0.0, false), (0.1, 0.9, true), (0.1, 1.1, false), (0, 0, true)])
    func `two are at one place within a quarter of a metre, and a metre of height`(
        apart: Double,
        above: Double,
        isFound: Bool
    ) {
        var stations = DrawnSite.stations(20, seed: 1)
        let other = stations[3].position ?? .init(x: 0, y: 0, z: 0)
        stations[11].position = .init(x: other.x + apart, y: other.y, z: other.z + above)
        #expect(findings(stations) == (isFound ? [.together: [[4, 12]]] : [:]))
    }

    @Test(arguments: seeds)
    func `pairs at one place are those that comparing all with all finds`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let stations = (1...60).map {
            DrawnSite.station(
                $0,
                x: .random(in: -1...1, using: &random),
                y: .random(in: -1...1, using: &random),
                z: .random(in: 0...3, using: &random)
            )
        }
        let plan = SitePlan(stations)
        var expected: Set<Int64> = []
        for one in stations {
            for other in stations where other.number != one.number {
                guard let a = one.position, let b = other.position else { continue }
                if hypot(a.x - b.x, a.y - b.y) < 0.25, abs(a.z - b.z) <= 1 { expected.insert(one.number) }
            }
        }
        let found = plan.findings.filter { $0.kind == .together }.flatMap(\.positions).map { plan.positions[$0].number }
        #expect(Set(found) == expected)
        #expect(found.count == Set(found).count)
    }

    @Test func `visits of one station are one mark, with the place of the first, and never two at one place`() {
        var stations = DrawnSite.stations(10, seed: 2)
        stations.append(DrawnSite.station(50, x: 100, y: -40, place: "site/1", state: .rejected))
        stations.append(DrawnSite.station(51, x: 100, y: -40, place: "site/1"))
        let plan = SitePlan(stations)
        #expect(plan.findings.isEmpty)
        #expect(plan.positions.count == 10)
        #expect(plan.positions[0].visits.map(\.number) == [1, 50, 51])
        #expect(plan.positions[0].position == stations[0].position)
        #expect(plan.positions[0].state == .rejected)
        #expect(plan.counts == [.registered: 11, .rejected: 1])
    }

    @Test func `one that was never given a place stands out at the origin`() {
        var stations = DrawnSite.stations(30, x: 400, y: 300, seed: 3)
        stations[7].position = .init(x: 0, y: 0, z: 0)
        #expect(findings(stations) == [.origin: [[8]]])
        #expect(SitePlan(stations).outside.count == 1)
    }

    @Test(arguments: seeds)
    func `a height where nothing else is stands out, and floors do not`(seed: UInt64) {
        var stations = DrawnSite.stations(60, seed: seed)
        for index in stations.indices { stations[index].position?.z += Double(index % 3) * 4 }
        #expect(findings(stations).isEmpty)
        stations[20].position?.z = 160
        #expect(findings(stations) == [.height: [[21]]])
    }

    @Test(arguments: seeds)
    func `one that looks elsewhere than all around it stands out, also across north`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let common = Double.random(in: 0..<360, using: &random)
        var stations = DrawnSite.stations(
            40,
            heading: { Self.wrap(common + .random(in: -8...8, using: &$0)) },
            seed: seed
        )
        let odd = Int.random(in: 0..<40, using: &random)
        stations[odd].heading = Self.wrap(common + .random(in: 70...290, using: &random))
        #expect(findings(stations) == [.heading: [[Int64(odd + 1)]]])
    }

    @Test func `nothing is said of the headings of those that look up`() {
        var stations = DrawnSite.stations(40, seed: 4)
        stations[5].heading = nil
        #expect(findings(stations).isEmpty)
    }

    @Test(arguments: seeds)
    func `the order of the stations changes nothing`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var stations = DrawnSite.stations(50, seed: seed)
        stations[3].position = stations[9].position
        stations[20].position?.x += 3000
        stations[30].heading = 180
        let plan = SitePlan(stations)
        let other = SitePlan(stations.shuffled(using: &random))
        #expect(plan.findings == other.findings && plan.positions == other.positions && plan.extent == other.extent)
    }
}
