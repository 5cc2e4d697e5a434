import Crypto
import Foundation
import Sandbox
import Station
import TestSupport
import Testing

@testable import CDF

struct PartTests {
    private static let uploads = #""match": {"path": "/upload/*"}"#
    private static let completion = #""match": {"path": "/files/completemultipartupload"}"#

    private static let nothing = #"{"items": []}"#

    private static func isLookUp(_ request: ScriptedServer.Request) -> Bool { request.target.hasSuffix("/files/byids") }

    @Test func `parts are sent with their length, without a type and never with our credentials`() async throws {
        let parts = try await PartBench()
        try await Bench.sandbox(minimumPartSize: 1000) { bench async throws in
            let net = Counter()
            let session = try await parts.sendAll(bench) { net.add($0) }
            #expect(net.sum == parts.plan.fileSize)
            #expect(try await bench.contents().uploadedFiles == 0)
            try await bench.client.completeParts(of: session, file: parts.face.description.reference)
            let log = try await bench.control.requests()
            #expect(
                log.map(\.line) == [
                    "POST /oauth2/token", "POST /files/byids", "POST /files/initmultipartupload", "PUT /upload",
                    "PUT /upload", "PUT /upload", "POST /files/completemultipartupload",
                ]
            )
            #expect(log[2].query == ["overwrite": "false", "parts": "3"])
            for (put, number) in zip(log[3...5], [2, 1, 0]) {
                #expect(!put.headers.authorization && put.headers.app == nil)
                #expect(put.headers.contentType == nil)
                #expect(put.headers.transferEncoding == nil)
                #expect(put.headers.contentLength == String(parts.plan.range(of: number).count))
            }
            let text = String(decoding: try await bench.control.contents(), as: UTF8.self)
            #expect(text.contains(parts.face.image.digest.rawValue), "the sandbox has put the same bytes together")
            #expect(
                try await bench.client.fileStatuses([parts.face.description.reference]).values.first?.id
                    == session.fileNumber
            )
        }
    }

    @Test(arguments: [
        #"{"id": 7, "uploadId": "u", "uploadUrls": ["/a", "/b"]}"#,
        #"{"items": [{"id": 7, "uploadId": "u", "uploadUrls": ["/a", "/b"]}]}"#,
    ])
    func `a session's answer is understood flat and in a list`(answer: String) async throws {
        let parts = try await PartBench()
        let before = #"{"id": 7, "externalId": "\#(parts.name)", "uploaded": true, "uploadedTime": 5}"#
        try await Bench.scripted { request, _ in
            .json(Self.isLookUp(request) ? #"{"items": [\#(before)]}"# : answer, status: 201)
        } body: { bench, _ async throws in
            let session = try await bench.client.beginParts(parts.face.description, count: 2)
            #expect(session == PartSession(uploadID: "u", fileNumber: 7, addresses: ["/a", "/b"], uploadedBefore: 5))
            var shown = "\(session) \(String(reflecting: session))"
            dump(session, to: &shown)
            #expect(!shown.contains("/a"), "an address is a permission, and in no words")
        }
    }

    @Test(arguments: [
        #"{"id": 7, "uploadId": "u", "uploadUrls": ["/a"]}"#, #"{"id": 7, "uploadId": "", "uploadUrls": ["/a", "/b"]}"#,
        #"{"id": 7}"#, #"{"items": []}"#,
    ])
    func `a session without an address for each part is invalid`(answer: String) async throws {
        let parts = try await PartBench()
        try await Bench.scripted { request, _ in
            .json(Self.isLookUp(request) ? Self.nothing : answer)
        } body: { bench, _ async throws in
            let error = await failure { try await bench.client.beginParts(parts.face.description, count: 2) }
            #expect(error?.remedy == .retry(after: nil))
        }
    }

    @Test(
        arguments: [
            #""kind": "reset""#, #""kind": "reset", "afterBytes": 100000"#, #""kind": "resetAfterBody""#,
            #""kind": "lostAnswer""#, #""kind": "status", "status": 500"#, #""kind": "status", "status": 429"#,
        ]
    )
    func `whatever goes wrong with a part once, it arrives and is counted once`(fault: String) async throws {
        let parts = try await PartBench()
        let fault = #"{\#(Self.uploads), "nth": [2], "then": {\#(fault)}}"#
        try await Bench.sandbox(minimumPartSize: 1000, faults: fault) { bench async throws in
            let net = Counter()
            let session = try await parts.sendAll(bench) { net.add($0) }
            try await bench.client.completeParts(of: session, file: parts.face.description.reference)
            #expect(net.sum == parts.plan.fileSize)
            #expect(try await bench.lines().filter { $0 == "PUT /upload" }.count == 4)
            #expect(try await bench.lines().filter { $0 == "POST /files/initmultipartupload" }.count == 1)
            let text = String(decoding: try await bench.control.contents(), as: UTF8.self)
            #expect(text.contains(parts.face.image.digest.rawValue))
        }
    }

    @Test(arguments: [400, 403, 404, 410])
    func `a refused address ends its session at once`(status: Int) async throws {
        let parts = try await PartBench()
        try await Bench.scripted { request, _ in
            if Self.isLookUp(request) { return .json(Self.nothing) }
            return request.method == "PUT"
                ? .answer(status, body: "<Error>expired</Error>")
                : .json(#"{"id": 1, "uploadId": "u", "uploadUrls": ["/secret/0", "/secret/1", "/secret/2"]}"#)
        } body: { bench, server async throws in
            let net = Counter()
            let failure = await partFailure { try await parts.sendAll(bench) { net.add($0) } }
            guard case .session(let error) = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(error.remedy == .retry(after: nil))
            #expect(!error.description.contains("secret"))
            #expect(server.calls.filter { $0.method == "PUT" }.count == 1)
            #expect(net.sum == 0)
        }
    }

    @Test(arguments: [false, true])
    func `a completed session whose answer was lost is complete`(overwrites: Bool) async throws {
        let parts = try await PartBench()
        try await Bench.sandbox(minimumPartSize: 1000) { bench async throws in
            if overwrites { _ = try await parts.face.upload(bench) }
            let session = try await parts.sendAll(bench)
            #expect((session.uploadedBefore != nil) == overwrites)
            try await bench.control.setFaults(#"{\#(Self.completion), "times": 1, "then": {"kind": "lostAnswer"}}"#)
            try await bench.client.completeParts(of: session, file: parts.face.description.reference)
            let completions = try await bench.lines().filter { $0 == "POST /files/completemultipartupload" }
            #expect(completions.count == 1, "the file is looked at before it is asked for again")
            // As after a restart, which knows nothing of the first time.
            try await bench.client.completeParts(of: session, file: parts.face.description.reference)
            #expect(try await bench.contents().uploadedFiles == 1)
            // After a restart that may have come in the middle of it, the file is checked before anything is asked for.
            let before = try await completionCount(bench)
            try await bench.client.completeParts(
                of: session,
                file: parts.face.description.reference,
                isInDoubt: true
            )
            #expect(try await completionCount(bench) == before)
        }
    }

    private func completionCount(_ bench: Bench) async throws -> Int {
        try await bench.lines().count { $0 == "POST /files/completemultipartupload" }
    }

    @Test func `a completion that CDF postpones is not requested again before its time`() async throws {
        let parts = try await PartBench()
        try await Bench.sandbox(minimumPartSize: 1000) { bench async throws in
            let session = try await parts.sendAll(bench)
            let fault =
                #"{\#(Self.completion), "times": 1, "then": {"kind": "status", "status": 503, "retryAfter": 30}}"#
            try await bench.control.setFaults(fault)
            try await bench.client.completeParts(of: session, file: parts.face.description.reference)
            #expect(bench.clock.pauses.contains(.seconds(30)))
            #expect(try await completionCount(bench) == 2)
        }
    }

    @Test(arguments: [409, 500])
    func `a completion that succeeded in spite of its answer is recognised by the file's own time`(
        status: Int
    ) async throws {
        let parts = try await PartBench()
        try await Bench.sandbox(minimumPartSize: 1000) { bench async throws in
            let session = try await parts.sendAll(bench)
            let fault = #"{\#(Self.completion), "then": {"kind": "status", "status": \#(status)}}"#
            try await bench.control.setFaults(fault)
            let early = await partFailure {
                try await bench.client.completeParts(of: session, file: parts.face.description.reference)
            }
            guard case .other(let error) = early else {
                Issue.record("\(String(describing: early))")
                return
            }
            #expect(error.remedy == .retry(after: nil), "the parts are all there, and stay good")
            try await bench.control.clearFaults()
            try await bench.client.completeParts(of: session, file: parts.face.description.reference)
            try await bench.control.setFaults(fault)
            try await bench.client.completeParts(of: session, file: parts.face.description.reference)
        }
    }

    @Test func `what the file held before does not make an unknown session complete`() async throws {
        let parts = try await PartBench()
        try await Bench.sandbox(minimumPartSize: 1000) { bench async throws in
            _ = try await parts.face.upload(bench)
            var session = try await parts.begin(bench).session
            session.uploadID = "forgotten"
            let failure = await partFailure {
                try await bench.client.completeParts(of: session, file: parts.face.description.reference)
            }
            guard case .session(.refused) = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
        }
    }

    @Test func `a part that differs from what was inspected never becomes part of a complete file`() async throws {
        let parts = try await PartBench()
        try await Bench.sandbox(minimumPartSize: 1000) { bench async throws in
            let (session, _, all) = try await parts.begin(bench)
            try parts.spoil(1)
            // Opened anew, as after a restart: only the digest tells.
            let source = try await parts.face.open(with: bench.client)
            let net = Counter()
            let failure = await partFailure {
                try await bench.client.send(all[1], of: source, to: session.addresses[1], named: parts.name) {
                    net.add($0)
                }
            }
            #expect(failure == .other(.sourceChanged(path: parts.file.path)))
            #expect(net.sum == 0)
            let early = await partFailure {
                try await bench.client.completeParts(of: session, file: parts.face.description.reference)
            }
            #expect(early != nil)
            #expect(try await bench.contents().uploadedFiles == 0)
        }
    }

    @Test func `a part does not count if its file is written to while it is sent`() async throws {
        let parts = try await PartBench()
        try await Bench.sandbox(minimumPartSize: 1000) { bench async throws in
            let (session, source, all) = try await parts.begin(bench)
            let net = Counter()
            let failure = await partFailure {
                try await bench.client.send(all[0], of: source, to: session.addresses[0], named: parts.name) { bytes in
                    net.add(bytes)
                    guard bytes > 0 else { return }
                    // Another part than the one that goes.
                    do { try parts.spoil(2) } catch { Issue.record(error) }
                }
            }
            #expect(failure == .other(.sourceChanged(path: parts.file.path)))
            #expect(net.sum == 0)
        }
    }

    @Test func `digests are taken of the inspected file only`() async throws {
        let parts = try await PartBench()
        try await Bench.sandbox { bench async throws in
            let source = try await parts.face.open(with: bench.client)
            let bytes = try Data(contentsOf: parts.file)
            let digests = try await bench.client.digests(ofParts: parts.plan, in: source)
            let expected = (0..<parts.plan.count).map { number in
                let range = parts.plan.range(of: number)
                return FileDigest(SHA256.hash(data: bytes[Int(range.lowerBound)..<Int(range.upperBound)]))
            }
            #expect(digests == expected)
            try parts.spoil(1)
            let error = await failure { try await bench.client.digests(ofParts: parts.plan, in: source) }
            #expect(error == .sourceChanged(path: parts.file.path))
        }
    }

    @Test(arguments: ["http://storage.example.com/x", "http://127.example.com/x", "ftp://127.0.0.1.example.com/x", ""])
    func `parts are sent unencrypted to this machine only`(address: String) async throws {
        let parts = try await PartBench()
        try await Bench.scripted { request, _ in
            if Self.isLookUp(request) { return .json(Self.nothing) }
            return .json(#"{"id": 1, "uploadId": "u", "uploadUrls": ["\#(address)", "\#(address)", "\#(address)"]}"#)
        } body: { bench, server async throws in
            let failure = await partFailure { try await parts.sendAll(bench) }
            guard case .other(.notCDF(_, let detail)) = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(detail.contains("without encryption"))
            #expect(server.calls.map(\.method) == ["POST", "POST"])
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `a part ends at once when it is told to stop`() async throws {
        let parts = try await PartBench()
        let stalls = #"{\#(Self.uploads), "then": {"kind": "stall"}}"#
        try await Bench.sandbox(minimumPartSize: 1000, faults: stalls) { bench async throws in
            let net = Counter()
            let upload = Task { await partFailure { try await parts.sendAll(bench) { net.add($0) } } }
            try await bench.control.until { $0.last?.line == "PUT /upload" }
            upload.cancel()
            #expect(await upload.value == .other(.interrupted))
            #expect(net.sum == 0)
        }
    }
}
