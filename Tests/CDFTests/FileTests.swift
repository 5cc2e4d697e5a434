import Foundation
import Sandbox
import Station
import TestSupport
import Testing

@testable import CDF

struct FileTests {
    private let file = FileEntry(
        externalId: "site/s/1/front",
        name: "front.jpg",
        mimeType: "image/jpeg",
        directory: "/360/site",
        dataSetId: nil,
        sourceCreatedTime: 1_777_629_600_000,
        metadata: ["face": "front"]
    )

    @Test(
        arguments: [
            #"{"id": 7, "uploadUrl": "https://x/y", "uploaded": false}"#,
            #"{"items": [{"id": 7, "uploadUrl": "https://x/y", "name": "n"}]}"#,
        ]
    )
    func `the answer to a creation may be flat or a list`(body: String) async throws {
        try await Bench.scripted { _, _ in
            .json(body, status: 201)
        } body: { bench, server async throws in
            #expect(try await bench.client.createFile(.entry(file)) == UploadTicket(id: 7, url: "https://x/y"))
            let call = try #require(server.calls.first)
            #expect(call.target == "/api/v1/projects/sandbox/files?overwrite=true")
            #expect(call.headers["authorization"] == "Bearer t")
            #expect(call.headers["x-cdp-app"] == "drop360")
            #expect(call.headers["user-agent"] == "drop360")
            #expect(call.headers["content-type"] == "application/json")
        }
    }

    @Test(arguments: ["{}", #"{"items": []}"#, #"{"id": 7}"#])
    func `an answer without an upload address is invalid`(body: String) async throws {
        try await Bench.scripted { _, _ in
            .json(body)
        } body: { bench, _ async throws in
            let error = await failure { try await bench.client.createFile(.entry(file)) }
            #expect(error?.remedy == .retry(after: nil))
        }
    }

    @Test func `files that CDF does not know are absent from the answer`() async throws {
        try await Bench.sandbox { bench async throws in
            let ticket = try await bench.client.createFile(.entry(file))
            let statuses = try await bench.client.fileStatuses(["unknown", .externalID(file.externalId)])
            #expect(
                statuses == [
                    .externalID(file.externalId): FileStatus(
                        id: ticket.id,
                        externalId: file.externalId,
                        uploaded: false
                    )
                ]
            )
        }
    }

    @Test func `a creation whose answer was lost finds its own entry`() async throws {
        let fault = #"{"match": {"path": "/files"}, "times": 1, "then": {"kind": "lostAnswer"}}"#
        try await Bench.sandbox(faults: fault) { bench async throws in
            _ = try await bench.client.createFile(.entry(file))
            #expect(try await bench.contents().files == 1)
        }
    }

    @Test func `the project is one segment of the address`() {
        var settings = Bench.settings("https://a.example.com/")
        settings.project = "my project/ü"
        #expect(settings.projectURL == "https://a.example.com/api/v1/projects/my%20project%2F%C3%BC")
    }

    @Test func `spaces and data sets are found by their names`() async throws {
        try await Bench.sandbox { bench async throws in
            #expect(try await bench.client.hasSpace("sandbox"))
            #expect(try await !bench.client.hasSpace("other"))
            let id = try await bench.client.dataSetID(externalID: "sandbox")
            #expect(id != nil)
            #expect(try await bench.client.dataSetID(externalID: "other") == nil)
            var described = file
            described.dataSetId = id
            _ = try await bench.client.createFile(.entry(described))
        }
    }
}
