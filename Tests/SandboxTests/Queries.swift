@testable import Sandbox

/// The queries by which the viewer loads a collection, in our words.
enum Queries {
    static func legacy(limit: Int64 = 10_000, cursors: JSON = [:]) -> JSON {
        func node(_ name: String) -> JSON {
            ["equals": ["property": ["node", .string(name)], "value": parameter(name)]]
        }
        func parameter(_ name: String) -> JSON { ["parameter": name == "space" ? "collectionSpace" : "collectionId"] }
        return [
            "with": [
                "image_collection": ["nodes": ["filter": ["and": [node("externalId"), node("space")]]], "limit": 1],
                "images": [
                    "nodes": [
                        "from": "image_collection",
                        "through": ["view": Bodies.legacy("Image360"), "identifier": "collection360"],
                    ], "limit": .int(limit),
                ],
                "stations": [
                    "nodes": [
                        "from": "images", "through": ["view": Bodies.legacy("Image360"), "identifier": "station"],
                        "direction": "outwards",
                    ], "limit": .int(limit),
                ],
            ],
            "select": [
                "image_collection": select("Image360Collection", ["label"]),
                "images": select("Image360", ["cubeMapFront", "station", "label"]),
                "stations": select("Station360", ["label"]),
            ], "parameters": ["collectionId": "coll", "collectionSpace": "sandbox"], "cursors": cursors,
        ]
    }

    private static func select(_ view: String, _ properties: JSON) -> JSON {
        ["sources": [["source": Bodies.legacy(view), "properties": properties]]]
    }

    /// As the viewer sends it since 4.35.
    static func core(collections: [String], limit: Int64 = 10_000, cursors: JSON = [:]) -> JSON {
        func relation(_ from: JSON, _ identifier: JSON, _ container: String, _ direction: JSON? = nil) -> JSON {
            .members([
                "from": from, "through": ["view": Bodies.core("Cognite360Image"), "identifier": identifier],
                "direction": direction, "filter": ["hasData": [Self.container(container)]],
            ])
        }
        let references = collections.map { JSON.reference("sandbox", $0) }
        let isImage360: JSON = [
            "equals": ["property": ["cdf_cdm_3d", "Cognite3DRevision", "type"], "value": "Image360"]
        ]
        let found: JSON = [
            "and": [
                ["instanceReferences": .array(references)],
                ["and": [["hasData": [container("Cognite3DRevision")]], isImage360]],
            ]
        ]
        func select(_ view: String, _ properties: JSON) -> JSON {
            ["sources": [["source": Bodies.core(view), "properties": properties]]]
        }
        return [
            "with": [
                "image_collections": ["nodes": ["filter": found], "limit": .int(Int64(collections.count))],
                "images": [
                    "nodes": relation("image_collections", "collection360", "Cognite360Image"), "limit": .int(limit),
                ],
                "stations": [
                    "nodes": relation("images", "station360", "Cognite3DGroup", "outwards"), "limit": .int(limit),
                ],
            ],
            "select": [
                "image_collections": select("Cognite360ImageCollection", ["name"]),
                "images": select("Cognite360Image", ["*"]), "stations": select("Cognite360ImageStation", ["name"]),
            ], "cursors": cursors,
        ]
    }

    private static func container(_ name: String) -> JSON {
        ["type": "container", "space": "cdf_cdm_3d", "externalId": .string(name)]
    }
}
