import Foundation
import Station
import Status

/// Where things are in the picture of a plan: 1000 units wide, +Y of the CDF frame up.
///
/// Inside of it everything is in metres, with y turned over; the script replaces the frame by one in pixels.
struct PlanPicture {
    static let width = 1000.0
    static let height = 640.0

    /// Units for one metre.
    let scale: Double
    private let left: Double
    private let top: Double
    /// The size of a mark: metres.
    let radius: Double

    init(_ plan: SitePlan) {
        let frame = (plan.extent ?? PlanExtent(minX: 0, maxX: 0, minY: 0, maxY: 0)).framed
        scale = min(Self.width / frame.width, Self.height / frame.height)
        left = Self.width / 2 - (frame.minX + frame.maxX) / 2 * scale
        top = Self.height / 2 + (frame.minY + frame.maxY) / 2 * scale
        let usual = (frame.width * frame.height / Double(max(plan.positions.count, 1))).squareRoot()
        radius = max(2.2, min(7, usual * scale * 0.3)) / scale
    }

    /// From metres (y turned over) to the picture.
    var transform: String {
        "matrix(\(Self.number(scale, 6)) 0 0 \(Self.number(scale, 6)) \(Self.number(left)) \(Self.number(top)))"
    }

    static func point(_ place: Vector3) -> String { "M\(number(place.x)) \(number(-place.y))" }

    static func number(_ value: Double, _ decimals: Int = 2) -> String { PlanNumber.text(value, decimals: decimals) }

    func outline(_ position: PlanPosition) -> String {
        Self.point(position.position) + PlanShape.shape(of: position.state).path(radius: radius)
    }

    /// The headings of `positions`: one path of strokes from each centre.
    func headings(_ positions: [PlanPosition]) -> String {
        var text = ""
        for position in positions {
            guard let heading = position.heading else { continue }
            let (length, angle) = (radius * 2.6, heading * .pi / 180)
            text += Self.point(position.position)
            text += "l\(Self.number(sin(angle) * length, 3)) \(Self.number(-cos(angle) * length, 3))"
        }
        return text
    }

    var scaleBar: ScaleBar { ScaleBar(atMost: Self.width / 5 / scale) }
}
