import Foundation
import Sandbox
import Station
import TestSupport
import Testing

@testable import CDF

/// One face of a real station, and where it goes.
struct FaceBench: Sendable {
    let folder: TemporaryFolder
    let station: InspectedStation
    let description: FileDescription
    let image: FaceImage

    /// - Parameter png: A larger file, of several pieces.
    init(png: Bool = false) async throws {
        folder = try TemporaryFolder()
        station = try await InspectedStation.write(
            to: folder,
            named: "site/st",
            .init(fileExtension: png ? "png" : "jpg")
        )
        image = try #require(station.capture.faces[.front])
        description = LegacyModel(space: "sandbox").file(.front, image, of: station.capture, dataSetID: nil)
    }

    func open(with client: CDFClient) async throws -> FileSource {
        try await client.openFace(image, inbox: station.inbox, folder: station.path)
    }

    func upload(_ bench: Bench, progress: @escaping @Sendable (Int64) -> Void = { _ in }) async throws -> Int64 {
        try await bench.client.upload(description, from: open(with: bench.client), progress: progress)
    }
}

struct UploadTests {
    private static let uploads = #""match": {"path": "/upload/*"}"#

    @Test(arguments: [false, true])
    func `the bytes are sent with type and length, and never with our credentials`(png: Bool) async throws {
        let face = try await FaceBench(png: png)
        try await Bench.sandbox { bench async throws in
            let id = try await face.upload(bench)
            let log = try await bench.control.requests()
            #expect(log.map(\.line) == ["POST /oauth2/token", "POST /files", "PUT /upload"])
            #expect(log[1].query == ["overwrite": "false"])
            #expect(log[1].headers.authorization && log[1].headers.app == "drop360")
            let put = log[2].headers
            #expect(!put.authorization)
            #expect(put.contentType == (png ? "image/png" : "image/jpeg"))
            #expect(put.contentLength == String(face.image.size))
            #expect(put.transferEncoding == nil)
            #expect(try await bench.contents().uploadedFiles == 1)
            let text = String(decoding: try await bench.control.contents(), as: UTF8.self)
            #expect(text.contains(face.image.digest.rawValue), "the sandbox has hashed the same bytes")
            #expect(try await bench.client.fileStatuses([face.description.reference]).values.first?.id == id)
        }
    }

    @Test func `a relative upload address belongs to CDF's host`() async throws {
        let face = try await FaceBench()
        try await Bench.scripted { request, _ in
            request.method == "PUT" ? .answer(201) : .json(#"{"id": 1, "uploadUrl": "/api/v1/files/storage/x?sig=1"}"#)
        } body: { bench, server async throws in
            #expect(try await face.upload(bench) == 1)
            let put = try #require(server.calls.last)
            #expect(put.target == "/api/v1/files/storage/x?sig=1")
            #expect(put.headers["authorization"] == nil)
            #expect(put.headers["x-cdp-app"] == nil)
            #expect(Int64(put.body.count) == face.image.size)
        }
    }

    @Test(arguments: [408, 429, 500, 503])
    func `a store in trouble is tried again at the same address, for a day`(status: Int) async throws {
        let face = try await FaceBench()
        let urls = Counter()
        let puts = Counter()
        try await Bench.scripted { request, _ in
            guard request.method == "PUT" else {
                return .json(#"{"id": 1, "uploadUrl": "/put/\#(urls.next())"}"#, status: 201)
            }
            return puts.next() < 3 ? .answer(status, headers: ["retry-after": "40"]) : .answer(200)
        } body: { bench, server async throws in
            #expect(try await face.upload(bench) == 1)
            #expect(server.calls.map(\.target).filter { $0.hasPrefix("/put") }.allSatisfy { $0 == "/put/0" })
        }
        let slow = Counter()
        try await Bench.scripted { request, _ in
            guard request.method == "PUT" else {
                return .json(#"{"id": 1, "uploadUrl": "/put/\#(urls.next())"}"#, status: 201)
            }
            return slow.next() < 1 ? .answer(status) : .answer(200)
        } body: { bench, server async throws in
            // The first PUT takes more than a day.
            #expect(try await face.upload(bench) { _ in bench.clock.advance(by: .seconds(86_401)) } == 1)
            #expect(Set(server.calls.map(\.target).filter { $0.hasPrefix("/put") }).count == 2)
        }
    }

    @Test(arguments: [400, 403, 404, 410])
    func `a refused upload address is replaced by a fresh one`(status: Int) async throws {
        let face = try await FaceBench()
        let urls = Counter()
        try await Bench.scripted { request, number in
            guard request.method == "PUT" else {
                return .json(#"{"id": 1, "uploadUrl": "/put/\#(urls.next())"}"#, status: 201)
            }
            return number < 3 ? .answer(status, body: "<Error>expired</Error>") : .answer(200)
        } body: { bench, server async throws in
            #expect(try await face.upload(bench) == 1)
            #expect(
                server.calls.map(\.target).filter { $0.hasPrefix("/put") } == ["/put/0", "/put/1"]
            )
        }
    }

    @Test func `a station is postponed if its upload address is refused again`() async throws {
        let face = try await FaceBench()
        let fault = #"{"match": {"path": "/files"}, "then": {"kind": "expiredURL"}}"#
        try await Bench.sandbox(faults: fault) { bench async throws in
            let error = await failure { try await face.upload(bench) }
            #expect(error?.remedy == .retry(after: nil))
            #expect(error?.description.contains("The upload URL has expired") == true)
            #expect(try await bench.lines().filter { $0 == "PUT /upload" }.count == 4)
            #expect(try await bench.contents().uploadedFiles == 0)
        }
    }

    @Test(arguments: [#""md5Hash": "AAAA""#, #""size": "1""#, #""size": "9", "md5Hash": "AAAA""#])
    func `a store that holds other bytes than were sent is detected`(member: String) async throws {
        let face = try await FaceBench()
        try await Bench.scripted(tries: 2) { request, _ in
            request.method == "PUT" ? .json("{\(member)}") : .json(#"{"id": 1, "uploadUrl": "/put"}"#)
        } body: { bench, server async throws in
            let net = Counter()
            let error = await failure { try await face.upload(bench) { net.add($0) } }
            #expect(error?.remedy == .retry(after: nil))
            #expect(error?.description.contains("other bytes") == true)
            #expect(server.calls.filter { $0.method == "PUT" }.count == 2)
            #expect(net.sum == 0, "what failed is taken back")
        }
    }

    @Test(arguments: ["", "{}", "OK", #"{"size": "unknown"}"#])
    func `a store that describes nothing is believed`(body: String) async throws {
        let face = try await FaceBench()
        try await Bench.scripted { request, _ in
            request.method == "PUT" ? .answer(201, body: body) : .json(#"{"id": 1, "uploadUrl": "/put"}"#)
        } body: { bench, _ async throws in
            #expect(try await face.upload(bench) == 1)
        }
    }

    @Test func `a portal's page in answer to the bytes is not a success`() async throws {
        let face = try await FaceBench()
        try await Bench.sandbox(faults: #"{\#(Self.uploads), "then": {"kind": "garbage"}}"#) { bench async throws in
            let error = await failure { try await face.upload(bench) }
            #expect(error?.remedy == .offline)
            #expect(error?.description.contains("127.0.0.1") == true)
            #expect(try await bench.contents().uploadedFiles == 0)
        }
    }

    @Test(
        arguments: [
            #""kind": "reset""#, #""kind": "reset", "afterBytes": 300000"#, #""kind": "resetAfterBody""#,
            #""kind": "lostAnswer""#, #""kind": "status", "status": 500"#, #""kind": "garbage""#,
            #""kind": "expiredURL""#,
        ]
    )
    func `whatever goes wrong once, the bytes arrive and are counted once`(fault: String) async throws {
        let face = try await FaceBench(png: true)
        try await Bench.sandbox(faults: #"{\#(Self.uploads), "times": 1, "then": {\#(fault)}}"#) { bench async throws in
            let net = Counter()
            _ = try await face.upload(bench) { net.add($0) }
            #expect(net.sum == face.image.size)
            #expect(try await bench.contents().uploadedFiles == 1)
            #expect(try await bench.contents().files == 1)
            #expect(try await bench.lines().filter { $0 == "PUT /upload" }.count == 2)
        }
    }

    enum Tampering: CaseIterable { case otherBytes, shrunk, emptied, grown }

    @Test(arguments: Tampering.allCases)
    func `a file that changes while it is sent never becomes a complete file`(tampering: Tampering) async throws {
        let face = try await FaceBench(png: true)
        try await Bench.sandbox { bench async throws in
            let pieces = Counter()
            let error = await failure {
                try await face.upload(bench) { _ in
                    guard pieces.next() == 0 else { return }
                    Self.tamper(tampering, with: face.station.file(.front), size: face.image.size)
                }
            }
            #expect(error == .sourceChanged(path: face.station.file(.front)))
            #expect(error?.remedy == .release)
            #expect(try await bench.contents().uploadedFiles == 0)
            #expect(try await bench.lines().filter { $0 == "PUT /upload" }.count == 1)
        }
    }

    private static func tamper(_ tampering: Tampering, with path: String, size: Int64) {
        do {
            let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            switch tampering {
            case .otherBytes:
                try handle.seek(toOffset: UInt64(size - 20))
                try handle.write(contentsOf: Data([1, 2, 3]))
            case .shrunk: try handle.truncate(atOffset: UInt64(size - 1))
            case .emptied: try handle.truncate(atOffset: 0)
            case .grown:
                try handle.seekToEnd()
                try handle.write(contentsOf: Data([0]))
            }
            try handle.close()
        } catch { Issue.record(error) }
    }

    @Test func `the upload of a file that is gone or has another size does not begin`() async throws {
        let face = try await FaceBench()
        try await Bench.sandbox { bench async throws in
            try Data([1]).write(to: URL(fileURLWithPath: face.station.file(.front)))
            let changed = await failure { try await face.open(with: bench.client) }
            #expect(changed == .sourceChanged(path: face.station.file(.front)))
            try FileManager.default.removeItem(atPath: face.station.file(.front))
            let gone = await failure { try await face.open(with: bench.client) }
            #expect(gone?.remedy == .release)
            #expect(gone?.summary == "\(face.station.file(.front)) does not exist.")
            #expect(try await bench.lines().isEmpty)
        }
    }

    @Test(
        arguments: [
            "http://storage.example.com/x", "http://127.example.com/x", "http://127.0.0.1.example.com/x",
            "http://localhost.example.com/x", "ftp://127.0.0.1.example.com/x", "x", "",
        ]
    )
    func `bytes are sent unencrypted to this machine only`(url: String) async throws {
        let face = try await FaceBench()
        try await Bench.scripted { _, _ in
            .json(#"{"id": 1, "uploadUrl": "\#(url)"}"#)
        } body: { bench, server async throws in
            let sent = Counter()
            let error = await failure { try await face.upload(bench) { sent.add($0) } }
            guard case .notCDF(_, let detail) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(detail.contains("without encryption"))
            #expect(sent.sum == 0)
            #expect(server.calls.count == 1)
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `an upload ends at once when it is told to stop`() async throws {
        let face = try await FaceBench(png: true)
        try await Bench.sandbox(faults: #"{\#(Self.uploads), "then": {"kind": "stall"}}"#) { bench async throws in
            let net = Counter()
            let upload = Task { await failure { try await face.upload(bench) { net.add($0) } } }
            try await bench.control.until { $0.last?.line == "PUT /upload" }
            upload.cancel()
            #expect(await upload.value == .interrupted)
            #expect(net.sum == 0)
        }
    }
}
