import NIOHTTP1
import Testing

@testable import Sandbox

struct QueryTests {
    private func register(_ client: SandboxClient, images: Int) async throws {
        let answer = try await client.post(
            "/models/instances",
            [
                "items": .array([Bodies.collection, Bodies.station] + (0..<images).map { Bodies.image("img\($0)") }),
                "autoCreateDirectRelations": false,
            ]
        )
        guard answer.status == 200 else { throw UnexpectedAnswer(answer: answer) }
    }

    @Test func `the viewer's query pages through a legacy collection`() async throws {
        try await withSandbox { client async throws in
            try await register(client, images: 3)
            let first = try await client.post("/models/instances/query", Queries.legacy(limit: 2))
            #expect(first.status == 200, "\(first.text)")
            #expect(first.json["items"]?["images"]?.array?.map { $0["externalId"] } == ["img0", "img1"])
            #expect(first.json["items"]?["stations"]?.array?.count == 1)
            let image = first.json["items"]?["images"]?.array?.first?["properties"]
            #expect(image?["cdf_360_image_schema"]?["Image360/v1"]?.object?.count == 3, "only what was selected")
            let cursors = try #require(first.json["nextCursor"])
            #expect(cursors["stations"] == nil)
            let rest = try await client.post("/models/instances/query", Queries.legacy(limit: 2, cursors: cursors))
            #expect(rest.json["items"]?["images"]?.array?.map { $0["externalId"] } == ["img2"])
            #expect(rest.json["nextCursor"]?["images"] == nil)
        }
    }

    @Test func `only what is selected gets a cursor, and a selection without sources is one`() async throws {
        try await withSandbox { client async throws in
            try await register(client, images: 3)
            var query = Queries.legacy(limit: 2).object ?? [:]
            query["select"] = ["images": [:]]
            let first = try await client.post("/models/instances/query", .object(query))
            #expect(first.json["items"]?.object?.keys.sorted() == ["images"])
            #expect(first.json["items"]?["images"]?.array?.first?["properties"] == [:])
            #expect(first.json["nextCursor"]?.object?.keys.sorted() == ["images"])
            query["select"] = ["image_collection": [:]]
            #expect(try await client.post("/models/instances/query", .object(query)).json["nextCursor"] == [:])
            for cursors: JSON in [["nobody": "after-1"], ["images": 1], ["images": "mine"]] {
                let refused = try await client.post("/models/instances/query", Queries.legacy(cursors: cursors))
                #expect(refused.status == 400, "\(cursors.text)")
            }
        }
    }

    @Test(
        arguments: [
            (["equals": ["property": ["node", "externalId"], "value": "img1"]], 1),
            (["in": ["property": ["node", "externalId"], "values": ["img1", "img2", "x"]]], 2),
            (["prefix": ["property": ["node", "externalId"], "value": "img"]], 3),
            (["not": ["prefix": ["property": ["node", "externalId"], "value": "img"]]], 2),
            (["or": [["equals": ["property": ["node", "externalId"], "value": "st"]], ["matchAll": [:]]]], 5),
            (["exists": ["property": ["cdf_360_image_schema", "Image360/v1", "timeTaken"]]], 3),
            (
                ["range": ["property": ["cdf_360_image_schema", "Image360/v1", "translationX"], "gte": 1.5, "lt": 2]], 3
            ),
            (["range": ["property": ["cdf_360_image_schema", "Image360", "translationX"], "gt": 1.5]], 0),
            (["hasData": [["type": "container", "space": "cdf_360_image_schema", "externalId": "Station360"]]], 1),
            (
                [
                    "equals": [
                        "property": ["cdf_360_image_schema", "Image360/v1", "timeTaken"],
                        "value": "2024-05-01T12:00:00+02:00",
                    ]
                ], 3
            ),
            (
                [
                    "nested": [
                        "scope": ["cdf_360_image_schema", "Image360/v1", "station"],
                        "filter": [
                            "equals": [
                                "property": ["cdf_360_image_schema", "Station360/v1", "label"], "value": "0012",
                            ]
                        ],
                    ]
                ], 3
            ),
        ] as [(JSON, Int)]
    )
    func `a filter selects`(filter: JSON, count: Int) async throws {
        try await withSandbox { client async throws in
            try await register(client, images: 3)
            let answer = try await client.post(
                "/models/instances/list",
                ["instanceType": "node", "filter": filter, "limit": 1000]
            )
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.json["items"]?.array?.count == count)
        }
    }

    @Test func `unknown filters and properties are refused`() async throws {
        try await withSandbox { client async throws in
            try await register(client, images: 1)
            for filter: JSON in [
                ["like": [:]], ["exists": ["property": ["cdf_360_image_schema", "Image360/v1", "pose"]]],
                ["exists": ["property": ["cdf_360_image_schema", "Image361/v1", "label"]]], [:],
            ] {
                #expect(try await client.post("/models/instances/list", ["filter": filter]).status == 400)
            }
        }
    }

    @Test func `instances are sorted, counted and searched`() async throws {
        try await withSandbox { client async throws in
            try await register(client, images: 3)
            let sorted = try await client.post(
                "/models/instances/list",
                [
                    "instanceType": "node", "limit": 2,
                    "sort": [["property": ["node", "externalId"], "direction": "descending"]],
                ]
            )
            #expect(sorted.json["items"]?.array?.map { $0["externalId"] } == ["st", "img2"])
            let counted = try await client.post(
                "/models/instances/aggregate",
                [
                    "view": Bodies.legacy("Image360"), "instanceType": "node",
                    "aggregates": [["count": ["property": "externalId"]]],
                ]
            )
            #expect(counted.first["aggregates"]?.array?.first?["value"] == 3)
            let found = try await client.post(
                "/models/instances/search",
                ["view": Bodies.legacy("Image360Collection"), "query": "area"]
            )
            #expect(found.json["items"]?.array?.count == 1)
        }
    }
}
