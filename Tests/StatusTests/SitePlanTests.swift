import Foundation
import Station
import Status
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15)))
struct SitePlanTests {
    @Test(arguments: [0, 1, 2, 3])
    func `few stations have a plan, too`(count: Int) {
        let plan = SitePlan(DrawnSite.stations(count, seed: 1))
        #expect(plan.positions.count == count)
        #expect((plan.extent == nil) == (count == 0))
        if let frame = plan.extent?.framed {
            #expect(frame.width >= 4 && frame.height >= 4)
            #expect(plan.positions.allSatisfy { frame.contains($0.position) })
        }
    }

    @Test func `ten thousand at one spot are one finding, quickly enough to be read at all`() {
        let plan = SitePlan((1...10_000).map { DrawnSite.station($0, x: 0, y: 0, z: 0) })
        #expect(plan.findings.map(\.kind) == [.together])
        #expect(plan.findings.first?.positions.count == 10_000)
        #expect(plan.levels.map(\.count) == [10_000])
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func `a place that is not a number is no place`(odd: Double) {
        var stations = DrawnSite.stations(8, seed: 1)
        stations[2].position?.x = odd
        stations[3].position?.z = odd
        stations[4].position = nil
        stations[5].heading = odd
        let plan = SitePlan(stations)
        #expect(plan.unplaced.map(\.number) == [3, 4, 5])
        #expect(plan.positions.first { $0.number == 6 }?.heading == nil)
        #expect(plan.extent.map { $0.width.isFinite && $0.height.isFinite } == true)
    }

    @Test func `a refused visit stands at its place, and apart from it if it says so`() {
        var stations = DrawnSite.stations(4, seed: 1)
        for (number, offset) in [(5, 0.03), (6, 0.5), (7, 0.5)] {
            var refused = stations[1]
            (refused.number, refused.state, refused.isStated) = (Int64(number), .rejected, true)
            refused.position?.x += offset
            stations.append(refused)
        }
        for stations in [stations, stations.reversed()] {
            let plan = SitePlan(stations)
            #expect(plan.positions.map { $0.visits.map(\.number) } == [[1], [2, 5], [3], [4], [6, 7]])
            #expect(plan.positions[1].state == .rejected)
        }
    }

    @Test func `thousands of refused visits of one place stand where they say, and cost no more than others`() {
        var stations = [DrawnSite.station(1, x: 0, y: 0, z: 0)]
        for number in 2...20_001 {
            var refused = stations[0]
            (refused.number, refused.state, refused.isStated) = (Int64(number), .rejected, true)
            // Two at each spot.
            refused.position?.x += Double(number / 2) * 3
            stations.append(refused)
        }
        let plan = SitePlan(stations)
        #expect(plan.positions.count == 10_001)
        #expect(plan.positions.dropFirst().allSatisfy { $0.visits.count == 2 })
    }

    @Test func `what stands far away does not make the rest small`() {
        var stations = DrawnSite.stations(30, seed: 5)
        let extent = SitePlan(stations).extent
        stations[29].position = .init(x: 9000, y: -9000, z: 1.6)
        let plan = SitePlan(stations)
        #expect(plan.outside.map { plan.positions[$0].number } == [30])
        #expect((plan.extent?.width ?? .infinity) <= (extent?.width ?? 0) + 1e-9)
    }

    @Test(arguments: UInt64(0)..<40)
    func `levels hold every station once, at its height`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let floors = Int.random(in: 1...20, using: &random)
        var stations = DrawnSite.stations(100, seed: seed)
        for index in stations.indices { stations[index].position?.z += Double(index % floors) * 3.5 }
        let plan = SitePlan(stations)
        #expect(plan.levels.count == min(floors, 12))
        #expect(plan.levels.map(\.count).reduce(0, +) == 100)
        for (number, level) in plan.levels.enumerated() {
            let members = plan.positions.filter { plan.level(of: $0) == number }
            #expect(members.count == level.count)
            #expect(members.allSatisfy { (level.from...level.to).contains($0.position.z) })
        }
        #expect(zip(plan.levels, plan.levels.dropFirst()).allSatisfy { $0.to < $1.from })
    }

    @Test(arguments: [
        (0.3, "0.2 m"), (1, "1 m"), (1.99, "1 m"), (2, "2 m"), (7, "5 m"), (99, "50 m"), (100, "100 m"), (999, "500 m"),
        (1000, "1 km"), (24_000, "20 km"), (0.011, "0.01 m"),
    ])
    func `a scale bar is one, two or five of something`(limit: Double, words: String) {
        #expect(ScaleBar(atMost: limit).words == words)
        #expect(ScaleBar(atMost: limit).metres <= limit * 1.000001)
    }

    @Test(arguments: [Double.nan, 0, -1, .infinity])
    func `a scale bar for nothing is a metre`(limit: Double) { #expect(ScaleBar(atMost: limit).metres == 1) }

    @Test(arguments: [
        (0.0, "0"), (-0.0, "0"), (-0.001, "0"), (1.5, "1.5"), (100, "100"), (-10_000.004, "-10000"), (.nan, "0"),
        (1e-9, "0"),
    ])
    func `numbers have a point, no zeros at the end, and no minus before nothing`(value: Double, text: String) {
        #expect(PlanNumber.text(value, decimals: 2) == text)
    }
}
