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
            #expect(call.target == "/api/v1/projects/sandbox/files?overwrite=false")
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

    /// The same entry, as another tool has it, or as an earlier run of ours had it.
    private func theirs(_ metadata: [String: String]) -> FileEntry {
        var other = file
        (other.name, other.source, other.metadata) = ("pump.pdf", "SAP", metadata)
        return other
    }

    @Test(arguments: [[:], ["face": "back"], ["site_id": "site", "face": "front"]])
    func `a file that another tool keeps under our id is not taken over`(metadata: [String: String]) async throws {
        try await Bench.sandbox { bench async throws in
            _ = try await bench.client.createFile(.entry(theirs(metadata)))
            for _ in 1...2 {
                let error = await failure { try await bench.client.createFile(.entry(file)) }
                #expect(error == .occupied(.file(file.externalId), holds: "pump.pdf of SAP"))
            }
            let error = await failure { try await bench.client.beginParts(.entry(file), count: 1) }
            #expect(error == .occupied(.file(file.externalId), holds: "pump.pdf of SAP"))
            let text = String(decoding: try await bench.control.contents(), as: UTF8.self)
            #expect(text.contains("pump.pdf") && !text.contains("front.jpg"))
        }
    }

    @Test func `a file of ours is taken over, at two requests more where that is not known`() async throws {
        try await Bench.sandbox { bench async throws in
            let earlier = theirs(["face": "front", "sha256": "of earlier bytes"])
            let id = try await bench.client.createFile(.entry(earlier)).id
            let begun = try await bench.lines().count
            #expect(try await bench.client.createFile(.entry(file), isOurs: true).id == id)
            let known = try await bench.lines()[begun...]
            #expect(known.filter { $0 != "POST /files/update" } == ["POST /files"])
            #expect(try await bench.client.createFile(.entry(file)).id == id)
            let looked = try await bench.lines().filter { $0 != "POST /files/update" }.suffix(3)
            #expect(looked == ["POST /files", "POST /files/byids", "POST /files"])
            #expect(try await bench.contents().files == 1)
        }
    }

    @Test(arguments: [(400, "externalId already exists"), (409, "taken"), (422, "duplicate")])
    func `a taken id is noticed, whatever the server answers`(status: Int, words: String) async throws {
        try await Bench.scripted { request, _ in
            if request.target.hasSuffix("/files/byids") {
                return .json(#"{"items": [{"id": 5, "externalId": "site/s/1/front", "name": "x", "uploaded": true}]}"#)
            }
            return .json(#"{"error": {"code": \#(status), "message": "\#(words)"}}"#, status: status)
        } body: { bench, server async throws in
            let error = await failure { try await bench.client.createFile(.entry(file)) }
            #expect(error == .occupied(.file(file.externalId), holds: "x"))
            #expect(server.calls.count == 2)
        }
    }

    @Test func `a creation that is refused for another reason says which`() async throws {
        try await Bench.scripted { request, _ in
            request.target.hasSuffix("/files/byids")
                ? .json(#"{"items": []}"#)
                : .json(#"{"error": {"code": 400, "message": "no such data set"}}"#, status: 400)
        } body: { bench, server async throws in
            let error = await failure { try await bench.client.createFile(.entry(file)) }
            guard case .refused(_, 400, "no such data set", _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(server.calls.last?.target.hasSuffix("overwrite=true") == true)
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
