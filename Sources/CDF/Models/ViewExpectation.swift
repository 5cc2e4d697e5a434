/// What drop360 expects of a view that it writes through.
package struct ViewExpectation: Sendable {
    /// How a property is written.
    package enum Form: Sendable {
        case text, number, time, file, relation, flag
        /// One of the values of an enumeration.
        case choice(String)

        /// The property types that accept such a value.
        var types: Set<String> {
            switch self {
            case .text: ["text"]
            case .number: ["float32", "float64"]
            // The ISO form with milliseconds and zone is right for both.
            case .time: ["timestamp", "text"]
            case .file: ["file", "text"]
            case .relation: ["direct"]
            case .choice: ["enum", "text"]
            case .flag: ["boolean"]
            }
        }
    }

    package var view: ViewReference
    package var properties: [String: Form]

    package init(_ view: ViewReference, _ properties: [String: Form]) {
        self.view = view
        self.properties = properties
    }

    /// What does not fit in the project's view; empty if everything fits.
    func mismatches(in definitions: [ViewDefinition]) -> [String] {
        guard
            let definition = definitions.first(where: { $0.reference == view })
        else { return ["view \(view) is missing"] }
        var mismatches: [String] = []
        for (name, form) in properties.sorted(by: { $0.key < $1.key }) {
            guard let property = definition.properties[name] else {
                mismatches.append("view \(view) has no property '\(name)'")
                continue
            }
            let type = (property.type?.type ?? "connection") + (property.type?.list == true ? " (a list)" : "")
            if case .choice(let value) = form, let values = property.type?.values, values[value] == nil {
                mismatches.append("property '\(name)' of view \(view) does not take the value \(value)")
            }
            if !form.types.contains(type) {
                mismatches.append(
                    "property '\(name)' of view \(view) is of type \(type), not \(form.types.sorted().joined(separator: " or "))"
                )
            }
        }
        for (name, property) in definition.properties.sorted(by: { $0.key < $1.key })
        where properties[name] == nil && property.nullable == false && !property.isSupplied && property.type != nil {
            mismatches.append("view \(view) requires a property '\(name)' that drop360 does not know")
        }
        return mismatches
    }
}
