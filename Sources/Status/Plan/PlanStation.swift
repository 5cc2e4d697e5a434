package import Foundation
package import Station

/// One station of a site, as the plan of the site needs it.
package struct PlanStation: Sendable, Equatable {
    package var number: Int64
    /// Below its inbox.
    package var path: String
    /// Nothing of it was ever accepted: it stands where it says so.
    package var isStated: Bool
    /// The tripod position that it is a visit of: the id in CDF; nil if nothing says so.
    package var place: String?
    /// What people call it: its label, or its id within the site, or its path.
    package var name: String
    package var state: ItemState.Name
    /// Metres, CDF frame; nil if its pose was never read.
    package var position: Vector3?
    /// Degrees clockwise from +Y of where the front face looks; nil where it looks straight up or down.
    package var heading: Double?
    package var time: Date?

    package init(
        number: Int64,
        path: String,
        place: String?,
        name: String,
        state: ItemState.Name,
        position: Vector3?,
        heading: Double?,
        time: Date? = nil,
        isStated: Bool = false
    ) {
        self.number = number
        self.path = path
        self.place = place
        self.name = name
        self.state = state
        self.position = position
        self.heading = heading
        self.time = time
        self.isStated = isStated
    }
}

/// One mark of a plan: a tripod position with its visits.
package struct PlanPosition: Sendable, Equatable {
    /// In the order of their numbers; never empty.
    package let visits: [PlanStation]
    /// That of the first visit, whose pose the viewer shows: metres, CDF frame, finite.
    package let position: Vector3
    /// Degrees, 0..<360; nil where the front face looks straight up or down.
    package let heading: Double?

    /// The station that the mark opens: the latest visit.
    package var station: PlanStation { visits[visits.count - 1] }
    package var number: Int64 { station.number }
    /// That of the station that the mark opens.
    package internal(set) var name: String

    /// The state of the visit that needs attention most.
    package let state: ItemState.Name

    /// - Returns: nil without a visit that has a place.
    init?(_ stations: [PlanStation]) {
        let visits = stations.sorted { $0.number < $1.number }
        guard let first = visits.first(where: { $0.position?.isFinite == true }), let position = first.position else {
            return nil
        }
        self.visits = visits
        self.position = position
        name = visits[visits.count - 1].name
        state = visits.map(\.state).max { $0.urgency < $1.urgency } ?? first.state
        heading = first.heading.flatMap { $0.isFinite ? ($0.truncatingRemainder(dividingBy: 360) + 360) : nil }
            .map { $0.truncatingRemainder(dividingBy: 360) }
    }
}

extension ItemState.Name {
    /// Which of several visits a mark shows: the more somebody is asked to act, the higher.
    fileprivate var urgency: Int {
        switch self {
        case .failed: 8
        case .rejected: 7
        case .incomplete: 6
        case .accepted: 5
        case .uploading: 4
        case .uploaded: 3
        case .processing: 2
        case .registered: 1
        case .withdrawn: 0
        }
    }
}

extension Vector3 {
    package var isFinite: Bool { x.isFinite && y.isFinite && z.isFinite }

    /// The same place on the ground.
    var flat: Vector3 { Vector3(x: x, y: y, z: 0) }
}
