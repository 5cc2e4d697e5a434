import Testing

@testable import Sandbox

/// What the sandbox says about contents that the viewer would not show.
struct ViewerAuditTests {
    private func problems(_ client: SandboxClient) async throws -> [String] {
        try await client.contents()["viewerProblems"]?.array?.compactMap(\.string) ?? []
    }

    @Test func `a complete site has no problems, under either model`() async throws {
        try await withSandbox { client async throws in
            try await client.write(Bodies.collection, Bodies.station, Bodies.image())
            try await CoreBodies.site(client)
            #expect(try await problems(client) == [])
        }
    }

    @Test func `the core viewer's silences are told`() async throws {
        try await withSandbox { client async throws in
            try await CoreBodies.targets(client)
            let changes: [String: JSON] = ["top": nil, "eulerRotationZ": nil, "scaleX": nil]
            try await client.write(CoreBodies.image(with: changes))
            try await client.write(
                CoreBodies.node("cc", CoreBodies.container("Cognite3DRevision", ["type": "CAD"])),
                Bodies.node("cs", Bodies.core("Cognite360ImageStation"), ["name": nil])
            )
            #expect(
                try await problems(client) == [
                    "collection cc is not of type Image360; the viewer does not find it",
                    "image ci lacks eulerRotationZ; as the first of its station it keeps up to 50 collections from loading",
                    "image ci lacks top; the viewer drops it silently",
                    "station cs has no name; its images have no label",
                ]
            )
        }
    }

    @Test func `so are the legacy viewer's`() async throws {
        try await withSandbox { client async throws in
            try await client.write(Bodies.collection, Bodies.station)
            let nullable: JSON = ["nullable": true]
            let shape: JSON = ["properties": ["Image360": ["cubeMapTop": nullable, "translationX": nullable]]]
            #expect(try await client.shape(shape).status == 200)
            try await client.write(Bodies.image(without: "cubeMapTop"), Bodies.image("b", without: "translationX"))
            #expect(
                try await problems(client) == [
                    "image b lacks translationX; its icon is nowhere",
                    "image img lacks cubeMapTop; the whole collection does not load",
                ]
            )
        }
    }
}
