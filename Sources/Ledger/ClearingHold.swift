import Station

/// What keeps a delivered item's files in the inbox for now; each ends by itself, or by what it names.
enum ClearingHold: CaseIterable {
    case retraction, failedRetraction, positions, positionRetraction, copy, visit

    /// What is on its way to CDF, and nothing that is taken out of it.
    static let ofDeliveries: [ClearingHold] = [.positions, .copy, .visit]

    /// Of a row `item`.
    ///
    /// A retraction that failed is about the image that it names: one that the item left behind says nothing about its present files.
    var condition: String {
        switch self {
        case .retraction:
            """
            EXISTS (SELECT 1 FROM retraction AS r WHERE r.item IN (item.id, item.sameAs) AND r.failure IS NULL)
            """
        case .failedRetraction:
            """
            EXISTS (SELECT 1 FROM content AS own JOIN retraction AS r ON r.externalID = own.externalID
                    WHERE own.item = coalesce(item.sameAs, item.id) AND own.digest = item.digest AND r.failure IS NOT NULL)
            """
        case .positions:
            """
            EXISTS (SELECT 1 FROM item AS p WHERE p.scan = item.id AND p.state NOT IN ('registered', 'withdrawn'))
            """
        case .positionRetraction:
            """
            EXISTS (SELECT 1 FROM item AS p JOIN retraction AS r ON r.item = p.id WHERE p.scan = item.id)
            """
        case .copy:
            """
            EXISTS (SELECT 1 FROM item AS f WHERE f.sameAs = item.id AND f.state IN \(ItemState.Name.underWay.sql))
            """
        case .visit:
            """
            EXISTS (SELECT 1 FROM content AS own JOIN content AS other ON other.stationID = own.stationID
                    JOIN item AS visit ON visit.id = other.item AND visit.digest = other.digest
                    WHERE own.item = item.id AND own.digest = item.digest AND visit.state IN \(ItemState.Name.underWay.sql))
            """
        }
    }

    /// Why the files stay, as a sentence.
    var words: String {
        switch self {
        case .retraction: "Its image is being taken out of CDF."
        case .failedRetraction:
            "An operator wants its image out of CDF, which failed: the files stay until `drop360 retract` has succeeded."
        case .positions: "Some of its positions are not delivered yet, or need somebody."
        case .positionRetraction: "An image of one of its positions is being taken out of CDF, or could not be."
        case .copy: "Another folder or file with the same content is on its way to CDF."
        case .visit: "Another visit of its station is on its way to CDF."
        }
    }
}
