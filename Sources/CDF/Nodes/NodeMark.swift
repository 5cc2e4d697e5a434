/// By what nodes of one kind are told from all others.
package struct NodeMark: Hashable, Sendable, CustomStringConvertible {
    /// They have data there.
    package var place: NodeSource.Place
    /// The value that a property there must have; nil if data are enough.
    package var property: Property?

    package struct Property: Hashable, Sendable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(_ place: NodeSource.Place, _ property: Property? = nil) {
        self.place = place
        self.property = property
    }

    /// `cdf_cdm_3d:Cognite3DRevision with type Image360`.
    package var description: String {
        let data =
            switch place {
            case .view(let view): view.description
            case .container(let container): container.description
            }
        return data + (property.map { " with \($0.name) \($0.value)" } ?? "")
    }

    /// What nodes of the kind pass.
    var filters: [InstanceFilter] {
        var filters: [InstanceFilter] = [.hasData([place])]
        if let property { filters.append(.equals(property: place.path(to: property.name), value: property.value)) }
        return filters
    }
}

/// A filter of the data modelling service, as far as drop360 uses them.
enum InstanceFilter: Encodable, Sendable {
    case and([InstanceFilter])
    case equals(property: [String], value: String)
    case hasData([NodeSource.Place])
    case instanceReferences([NodeReference])

    private enum CodingKeys: String, CodingKey { case and, equals, hasData, instanceReferences }

    private struct Equality: Encodable {
        var property: [String]
        var value: String
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .and(let parts): try container.encode(parts, forKey: .and)
        case .equals(let property, let value):
            try container.encode(Equality(property: property, value: value), forKey: .equals)
        case .hasData(let places): try container.encode(places, forKey: .hasData)
        case .instanceReferences(let nodes): try container.encode(nodes, forKey: .instanceReferences)
        }
    }
}

extension NodeSource.Place {
    /// How filters name a property of it.
    func path(to property: String) -> [String] {
        switch self {
        case .view(let view): [view.space, "\(view.externalId)/\(view.version)", property]
        case .container(let container): [container.space, container.externalId, property]
        }
    }
}
