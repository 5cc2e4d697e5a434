import Station
import TestSupport
import Testing

@testable import CDF

struct PartPlanTests {
    private static let mebibyte: Int64 = 1 << 20

    /// Sizes at which something could be off by one, and random ones between.
    private static func sizes(seed: UInt64) -> [Int64] {
        var random = SeededGenerator(seed: seed)
        let edges: [Int64] = [
            1, PartRules.smallest - 1, PartRules.smallest, 16 * mebibyte, 64 * mebibyte, 250 * 16 * mebibyte,
            12_000_000_000, 250 * 64 * mebibyte, PartRules.largestFile,
        ]
        let near = edges.flatMap { edge in (-2...2).map { edge + Int64($0) } }
        let between = (0..<40).map { _ in Int64.random(in: 1...PartRules.largestFile, using: &random) }
        let small = (0..<40).map { _ in Int64.random(in: 1...(1 << 32), using: &random) }
        return (near + between + small).filter { (1...PartRules.largestFile).contains($0) }
    }

    @Test(arguments: UInt64(0)..<20)
    func `every file is divided as CDF accepts it, without gap and without overlap`(seed: UInt64) throws {
        for size in Self.sizes(seed: seed) {
            let plan = try #require(PartPlan(fileSize: size, rules: PartRules()))
            #expect((1...Int(PartRules.mostParts)).contains(plan.count), "\(size)")
            var end: Int64 = 0
            for number in 0..<plan.count {
                let range = plan.range(of: number)
                #expect(range.lowerBound == end, "\(size), part \(number)")
                let isLast = number == plan.count - 1
                #expect(isLast || Int64(range.count) == plan.partSize)
                #expect(isLast || Int64(range.count) >= PartRules.smallest, "\(size), part \(number)")
                #expect((1...PartRules.largest).contains(Int64(range.count)), "\(size), part \(number)")
                end = range.upperBound
            }
            #expect(end == size)
        }
    }

    @Test(arguments: UInt64(0)..<20)
    func `parts are no larger than they must be`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for size in Self.sizes(seed: seed) {
            let preferred = Int64.random(in: PartRules.smallest...(64 * Self.mebibyte), using: &random)
            let plan = try #require(PartPlan(fileSize: size, rules: PartRules(preferredSize: preferred)))
            if plan.partSize > preferred {
                #expect(plan.partSize % Self.mebibyte == 0)
                let smaller = plan.partSize - Self.mebibyte
                #expect(smaller < preferred || (size - 1) / smaller + 1 > PartRules.mostParts, "\(size)")
            } else {
                #expect(plan.partSize == min(preferred, size))
            }
        }
    }

    @Test func `a plan depends on nothing but size and rules`() {
        for size in Self.sizes(seed: 1) {
            #expect(PartPlan(fileSize: size, rules: .init()) == PartPlan(fileSize: size, rules: .init()))
        }
    }

    @Test(arguments: [Int64.min, -1, 0, PartRules.largestFile + 1, .max])
    func `a file that CDF would not accept has no plan`(size: Int64) {
        #expect(PartPlan(fileSize: size, rules: .init()) == nil)
    }
}
