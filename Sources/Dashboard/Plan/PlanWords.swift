import Station
import Status

/// What a plan says of its marks and measures.
enum PlanWords {
    /// `2014 (station 17, 3 visits), registered: x 12.5, y −3.25, z 1.6 m, looks 90°`.
    static func mark(_ position: PlanPosition) -> String {
        let visits = position.visits.count
        return """
            \(printable(position.name, limit: 200)) (station \(position.number)\(visits > 1 ? ", \(visits) visits" : "")), \
            \(position.state.rawValue): \(place(position.position))\
            \(position.heading.map { ", looks \(PlanNumber.text($0, decimals: 0))°" } ?? "")
            """
    }

    static func place(_ place: Vector3) -> String {
        let (x, y, z) = (place.x, place.y, place.z)
        return
            "x \(PlanNumber.text(x, decimals: 2)), y \(PlanNumber.text(y, decimals: 2)), z \(PlanNumber.text(z, decimals: 2)) m"
    }

    static func extent(_ extent: PlanExtent) -> String {
        "\(PlanNumber.distance(extent.width)) × \(PlanNumber.distance(extent.height))"
    }
}
