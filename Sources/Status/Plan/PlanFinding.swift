/// Something about the places of a site that is probably wrong, for a person to look at.
package struct PlanFinding: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        /// Several stations at one place.
        case together
        /// Far from all others.
        case alone
        /// Exactly at (0, 0, 0).
        case origin
        /// At a height where nothing else is.
        case height
        /// Looks elsewhere than its neighbours, which agree.
        case heading
    }

    package var kind: Kind
    /// Which positions it is about, by their indices in the plan.
    package var positions: [Int]
    /// Metres between them (`together`: the greatest distance; `alone`, `origin`: to the nearest other; `height`: up or down to the
    /// nearest), or degrees (`heading`).
    package var amount: Double

    /// What is wrong, in words that follow the names of the stations.
    package var words: String {
        switch kind {
        case .together:
            "stand at one place: within \(PlanNumber.text(amount, decimals: 2)) m. Was a sidecar copied along?"
        case .alone where positions.count > 1:
            "stand \(PlanNumber.distance(amount)) from all others; check their translations, their units and their site."
        case .alone:
            "stands \(PlanNumber.distance(amount)) from all others; check its translation, its unit and its site."
        case .origin:
            """
            stands exactly at the origin (0, 0, 0), \(PlanNumber.distance(amount)) from the nearest other: \
            was its translation ever filled in?
            """
        case .height where positions.count > 1:
            "stand \(PlanNumber.distance(amount)) above or below all others; check the z of their translations."
        case .height: "stands \(PlanNumber.distance(amount)) above or below all others; check the z of its translation."
        case .heading:
            "looks \(PlanNumber.text(amount, decimals: 0))° away from where its neighbours look, which agree; check its rotation."
        }
    }
}
