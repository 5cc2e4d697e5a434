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

    static func core(collection: String) -> JSON {
        func relation(_ from: JSON, _ identifier: JSON, _ direction: JSON? = nil) -> JSON {
            .members([
                "from": from, "through": ["view": Bodies.core("Cognite360Image"), "identifier": identifier],
                "direction": direction,
            ])
        }
        let equals: JSON = ["equals": ["property": ["node", "externalId"], "value": .string(collection)]]
        func select(_ view: String) -> JSON { ["sources": [["source": Bodies.core(view), "properties": ["*"]]]] }
        return [
            "with": [
                "image_collections": ["nodes": ["filter": ["or": [["and": [equals]]]]], "limit": 1],
                "images": ["nodes": relation("image_collections", "collection360"), "limit": 10_000],
                "stations": ["nodes": relation("images", "station360", "outwards"), "limit": 10_000],
            ],
            "select": [
                "image_collections": select("Cognite360ImageCollection"), "images": select("Cognite360Image"),
                "stations": select("Cognite360ImageStation"),
            ],
        ]
    }
}
