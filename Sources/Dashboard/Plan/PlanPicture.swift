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

    /// The headings of `positions`: one path of arrows from each centre.
    func headings(_ positions: [PlanPosition]) -> String {
        var text: [UInt8] = []
        for position in positions {
            guard let heading = position.heading else { continue }
            text += Self.point(position.position).utf8
            let angle = heading * .pi / 180
            let (x, y) = (sin(angle) * radius, -cos(angle) * radius)
            // To the tip; then from behind it on one side, by way of the tip, to the other side.
            for (command, along, aside) in [("l", 2.8, 0), ("m", -0.7, -0.55), ("l", 0.7, 0.55), ("l", -0.7, 0.55)] {
                text += command.utf8
                PlanNumber.append(x * along - y * aside, decimals: 3, to: &text)
                text += " ".utf8
                PlanNumber.append(y * along + x * aside, decimals: 3, to: &text)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Where the number of visits is written: beside the mark, in metres.
    func beside(_ place: Vector3) -> (x: String, y: String) {
        (Self.number(place.x + radius * 1.1), Self.number(-place.y - radius * 1.1))
    }

    /// The height of that number: metres.
    var writing: String { Self.number(14 / scale, 4) }

    var scaleBar: ScaleBar { ScaleBar(atMost: Self.width / 5 / scale) }
}
