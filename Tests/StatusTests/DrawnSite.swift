import Foundation
import Station
import Status
import TestSupport

/// Sites for tests of the plan, drawn from a seed.
enum DrawnSite {
    static func station(
        _ number: Int64,
        x: Double,
        y: Double,
        z: Double = 1.6,
        heading: Double? = 0,
        place: String? = nil,
        state: ItemState.Name = .registered
    ) -> PlanStation {
        PlanStation(
            number: number,
            path: "site/\(number)",
            place: place ?? "site/\(number)",
            name: "\(number)",
            state: state,
            position: .init(x: x, y: y, z: z),
            heading: heading
        )
    }

    /// Tripods about `spacing` metres apart around (`x`, `y`), as a crew puts them: no two nearer than 0.6 of it.
    static func stations(
        _ count: Int,
        spacing: Double = 6,
        x: Double = 100,
        y: Double = -40,
        heading: (inout SeededGenerator) -> Double? = { .random(in: -8...8, using: &$0) },
        seed: UInt64
    ) -> [PlanStation] {
        var random = SeededGenerator(seed: seed)
        let columns = Int(Double(count).squareRoot().rounded(.up))
        return (0..<count).map { index in
            let shake = spacing * 0.2
            return station(
                Int64(index + 1),
                x: x + Double(index % columns) * spacing + .random(in: -shake...shake, using: &random),
                y: y + Double(index / columns) * spacing + .random(in: -shake...shake, using: &random),
                z: 1.6 + .random(in: -0.1...0.1, using: &random),
                heading: heading(&random)
            )
        }
    }
}
