import Foundation
import Station
import TestSupport
import Testing

@testable import Status

struct NearestPlacesTests {
    /// Kinds of sites: spread, level, in a line, in one spot with one far away, on a grid with many equal distances.
    private static func places(_ count: Int, _ seed: UInt64) -> [Vector3] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { index in
            let (x, y) = (Double.random(in: -50...50, using: &random), Double.random(in: -50...50, using: &random))
            return switch seed % 5 {
            case 0: Vector3(x: x, y: y, z: .random(in: 0...20, using: &random))
            case 1: Vector3(x: x, y: y, z: 1.6)
            case 2: Vector3(x: 0, y: y, z: 0)
            case 3: Vector3(x: index == 0 ? 10_000 : 0, y: 0, z: 0)
            default: Vector3(x: x.rounded(), y: y.rounded(), z: (x / 25).rounded())
            }
        }
    }

    @Test(arguments: UInt64(0)..<60)
    func `it finds what comparing with all finds`(seed: UInt64) {
        let places = Self.places([1, 2, 7, 150][Int(seed / 5) % 4], seed)
        let tree = NearestPlaces(places)
        for index in places.indices {
            let expected = places.indices.filter { $0 != index }.map { places[$0].distance(to: places[index]) }.sorted()
                .prefix(8)
            let found = tree.neighbours(of: index, count: 8)
            // Of several at the same distance any will do.
            #expect(zip(found, expected).allSatisfy { abs($0.distance - $1) < 1e-9 } && found.count == expected.count)
            #expect(Set(found.map(\.index)).count == found.count && !found.contains { $0.index == index })
            #expect(found.allSatisfy { abs($0.distance - places[$0.index].distance(to: places[index])) < 1e-9 })
        }
    }

    @Test(arguments: UInt64(0)..<40)
    func `numbers are written as C writes them`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for decimals in 0...6 {
            let value = Double.random(in: -1...1, using: &random) * pow(10, .random(in: -4...9, using: &random))
            // Also those that end in exactly a half.
            for value in [value, (value * 8).rounded() / 8] {
                let written = PlanNumber.text(value, decimals: decimals)
                let difference = abs((Double(written) ?? .nan) - value)
                #expect(difference <= 0.5 * pow(10, -Double(decimals)) * (1 + 1e-9) + abs(value) * 1e-15)
                #expect(!written.contains("e") && (!written.contains(".") || !written.hasSuffix("0")))
            }
        }
        let half = Double(Int.random(in: -500...500, using: &random)) + 0.125
        #expect(Double(PlanNumber.text(half, decimals: 2)) == Double(String(format: "%.2f", half)))
    }
}
