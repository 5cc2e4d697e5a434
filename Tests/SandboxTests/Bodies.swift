@testable import Sandbox

/// Request bodies that several tests send.
enum Bodies {
    static func legacy(_ name: String) -> JSON {
        ["type": "view", "space": "cdf_360_image_schema", "externalId": .string(name), "version": "v1"]
    }

    static func core(_ name: String) -> JSON {
        ["type": "view", "space": "cdf_cdm", "externalId": .string(name), "version": "v1"]
    }

    static func node(_ externalID: String, _ source: JSON, _ properties: JSON, space: String = "sandbox") -> JSON {
        [
            "instanceType": "node", "space": .string(space), "externalId": .string(externalID),
            "sources": [["source": source, "properties": properties]],
        ]
    }

    static func apply(_ items: JSON..., creating: Bool = false, with more: [String: JSON] = [:]) -> JSON {
        .object(
            ["items": .array(items), "autoCreateDirectRelations": .bool(creating)].merging(more) { _, new in new }
        )
    }

    static let collection = node("coll", legacy("Image360Collection"), ["label": "Area 03"])
    static let station = node("st", legacy("Station360"), ["label": "0012"])

    /// A legacy image whose faces are the files `{name}/front` to `{name}/bottom`.
    static func image(_ name: String = "img", without: String? = nil, with changes: [String: JSON] = [:]) -> JSON {
        var properties: [String: JSON] = [
            "label": "0012", "collection360": .reference("sandbox", "coll"), "station": .reference("sandbox", "st"),
            "timeTaken": "2024-05-01T10:00:00.000+00:00",
        ]
        for axis in ["X", "Y", "Z"] {
            properties["translation\(axis)"] = 1.5
            properties["eulerRotation\(axis)"] = 0
            properties["scale\(axis)"] = 1
        }
        for face in faces { properties["cubeMap\(face)"] = .string("\(name)/\(face.lowercased())") }
        properties.merge(changes) { _, new in new }
        if let without { properties[without] = nil }
        return node(name, legacy("Image360"), .object(properties))
    }

    static let faces = ["Front", "Back", "Left", "Right", "Top", "Bottom"]
}
