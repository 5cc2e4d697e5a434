@testable import Sandbox

/// Nodes of the core data model: a site `cc` with the image `ci` at the station `cs`, whose faces are the files `fFront` to `fBottom`.
enum CoreBodies {
    static func container(_ name: String, _ properties: JSON, space: String = "cdf_cdm_3d") -> JSON {
        [
            "source": ["type": "container", "space": .string(space), "externalId": .string(name)],
            "properties": properties,
        ]
    }

    static func node(_ externalID: String, _ sources: JSON...) -> JSON {
        [
            "instanceType": "node", "space": "sandbox", "externalId": .string(externalID),
            "sources": .array(sources),
        ]
    }

    static func file(_ name: String) -> JSON {
        Bodies.node(name, Bodies.core("CogniteFile"), ["name": .string("\(name).jpg"), "mimeType": "image/jpeg"])
    }

    static func collection(_ name: String = "cc") -> JSON {
        node(
            name,
            container("Cognite3DRevision", ["status": "Done", "published": true, "type": "Image360"]),
            container("CogniteDescribable", ["name": "Area 03"], space: "cdf_cdm")
        )
    }

    static let station = Bodies.node(
        "cs",
        Bodies.core("Cognite360ImageStation"),
        ["name": "S", "groupType": "Station360"]
    )

    static func image(with changes: [String: JSON] = [:]) -> JSON {
        var properties: [String: JSON] = [
            "collection360": .reference("sandbox", "cc"), "station360": .reference("sandbox", "cs"),
            "takenAt": "2024-05-01T12:00:00+02:00",
        ]
        for face in Bodies.faces { properties[face.lowercased()] = .reference("sandbox", "f\(face)") }
        for axis in ["X", "Y", "Z"] {
            for name in ["translation", "eulerRotation", "scale"] { properties[name + axis] = 2 }
        }
        return Bodies.node("ci", Bodies.core("Cognite360Image"), .object(properties.merging(changes) { _, new in new }))
    }

    /// Everything that an image points at.
    static func targets(_ client: SandboxClient) async throws {
        for face in Bodies.faces { try await client.write(file("f\(face)")) }
        try await client.write(collection(), station)
    }

    /// The whole site, without the bytes of its files.
    static func site(_ client: SandboxClient) async throws {
        try await targets(client)
        try await client.write(image())
    }
}
