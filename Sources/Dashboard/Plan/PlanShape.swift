import Foundation
import Station
import Status

/// The outline of a mark, so that states do not depend on colour: done is round, on its way square, waiting a triangle, wrong a cross.
struct PlanShape {
    /// Around (0, 0), with a radius of about 1; y points down.
    let corners: [(x: Double, y: Double)]

    static func shape(of state: ItemState.Name) -> PlanShape {
        switch state {
        case .registered: round
        case .accepted, .uploading, .uploaded, .processing: square
        case .incomplete: triangle
        case .rejected: cross
        case .failed, .withdrawn: diamond
        }
    }

    private static let round = PlanShape(
        corners: (0..<12).map { (cos(Double($0) * .pi / 6), sin(Double($0) * .pi / 6)) }
    )
    private static let square = PlanShape(corners: [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)])
    private static let triangle = PlanShape(corners: [(0, -1.25), (1.2, 0.9), (-1.2, 0.9)])
    private static let diamond = PlanShape(corners: [(0, -1.4), (1.4, 0), (0, 1.4), (-1.4, 0)])
    private static let cross = PlanShape(
        corners: [
            (0, -0.5), (0.8, -1.3), (1.3, -0.8), (0.5, 0), (1.3, 0.8), (0.8, 1.3), (0, 0.5), (-0.8, 1.3), (-1.3, 0.8),
            (-0.5, 0), (-1.3, -0.8), (-0.8, -1.3),
        ]
    )

    /// A path's data that follows `M` and the centre: from the centre to the first corner, and around.
    func path(radius: Double) -> String {
        var (text, from) = ("m", (x: 0.0, y: 0.0))
        for (index, corner) in corners.enumerated() {
            if index == 1 { text += "l" } else if index > 1 { text += " " }
            let (x, y) = (corner.x * radius, corner.y * radius)
            text += "\(PlanNumber.text(x - from.x, decimals: 3)) \(PlanNumber.text(y - from.y, decimals: 3))"
            from = (x, y)
        }
        return text + "z"
    }
}
