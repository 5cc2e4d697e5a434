import Foundation
import Ledger
import Station
import Status
import TestSupport
import Testing

@testable import Dashboard

/// The page of one station, its pictures and its seams.
@Suite(.timeLimit(.minutes(15)))
struct StationPageTests {
    private static let now = Date(timeIntervalSince1970: 1_777_629_600)

    private static func detail(_ name: String, hidden: [Face: HiddenFace] = [:]) async throws -> ItemDetail {
        let inbox = try TemporaryFolder()
        var capture = try await InspectedStation.write(to: inbox, named: "site/hall").capture
        (capture.siteName, capture.stationName, capture.label) = (name, name, name)
        capture.metadata = [name: name]
        let problem = Problem("image-damaged", "In \(name) something is wrong.", file: name)
        let record = ItemRecord.sample(name, .rejected([problem]))
        let facts = StoryFacts(record: record, history: [], daemon: StatusPageTests.status(), now: now)
        return ItemDetail(
            summary: StationSummary(record),
            story: StationStory(facts),
            folder: record.folder,
            problems: [problem],
            notes: [problem],
            capture: capture,
            cube: CubeDetail(capture, pose: capture.pose, poseOf: 3, hidden: hidden),
            files: [
                FileDetail(
                    role: .face(.front),
                    externalID: name,
                    size: 1,
                    digest: FileDigest(rawValue: name),
                    state: "sent"
                )
            ],
            visits: [1, 2].map {
                VisitDetail(item: $0, path: name, state: .registered, image: name + "\($0)", time: nil)
            },
            versions: [0, 1].map {
                VersionDetail(digest: capture.digest, externalID: name, acceptedAt: now.addingTimeInterval($0))
            },
            report: ReportDetail(path: name, text: "first line\n\(name)\nlast line"),
            sameAs: 5,
            scan: 6
        )
    }

    private static func read(_ detail: ItemDetail) throws -> ReadPage {
        let frame = PageFrame(try Pages(), navigation: [])
        let page = StationPage(detail, now: now)
        return try ReadPage(frame.html(.station, title: page.title, content: page))
    }

    @Test(arguments: [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "a'b&c&lt;",
        "{{now}}{{{now}}}", "</pre></section>", "\u{1B}[31m\u{202E}evil",
        "\u{0D4E}<b>x", "\"\u{0301} data-x=1", "<\u{0301}b>",
    ])
    func `nothing of a crew's names is read as markup, in text or in attributes`(name: String) async throws {
        let (page, plain) = (try Self.read(try await Self.detail(name)), try Self.read(try await Self.detail("plain")))
        #expect(page.elements == plain.elements)
        #expect(page.attributeNames == plain.attributeNames)
        #expect(page.texts.contains(printable(name, limit: 2000)))
        #expect(!page.text.unicodeScalars.contains { ["\u{1B}", "\u{202E}"].contains($0) })
    }

    @Test func `a report keeps its lines`() async throws {
        let page = try Self.read(try await Self.detail("middle"))
        #expect(page.texts.contains("first line\nmiddle\nlast line"))
    }

    @Test func `a face that cannot be shown has words, and no address`() async throws {
        let hidden = [Face.front: HiddenFace(.gone, "front.jpg is gone.")]
        let page = try Self.read(try await Self.detail("x", hidden: hidden))
        #expect(page.texts.contains("front.jpg is gone."))
        #expect(page.values(of: "data-picture").count == 5)
        #expect(page.values(of: "data-seams-from").isEmpty)
        #expect(page.values(of: "data-edge").count == 24)
    }

    @Test func `the cube is turned as the pose says`() async throws {
        var detail = try await Self.detail("x")
        detail.cube?.pose?.eulerRotation = EulerAngles(x: 0, y: 0, z: .pi / 2)
        let page = try Self.read(detail)
        let rotation = try #require(page.values(of: "data-rotation").first).split(separator: " ").compactMap {
            Double($0)
        }
        let expected = [0.0, -1, 0, 1, 0, 0, 0, 0, 1]
        #expect(zip(rotation, expected).allSatisfy { abs($0 - $1) < 1e-9 } && rotation.count == 9)
        #expect(page.text.contains("The front face looks 90.0° clockwise from +Y."))
    }

    @Test func `faces that were not accepted are shown as far as there are any, and say so`() async throws {
        var detail = try await Self.detail("x")
        let glimpse = try #require(Glimpse(faces: [.front: "a.jpg", .top: "b.jpg"], pose: nil))
        detail.cube = CubeDetail(glimpse, revision: 7)
        let page = try Self.read(detail)
        #expect(page.values(of: "data-picture").allSatisfy { $0.hasSuffix("?of=revision-7") })
        #expect(page.values(of: "data-picture").count == 2)
        #expect(page.values(of: "data-seams-from").isEmpty)
        #expect(page.texts.count { $0 == "No file of this face was found in the folder." } == 4)
        #expect(page.text.contains("it has not been accepted. Its pose is not known"))
    }

    @Test(arguments: [(HiddenFace.Cause.unavailable, ["15"]), (.gone, []), (.undecodable, [])])
    func `a page looks again for faces that may come back, and only for those`(
        cause: HiddenFace.Cause,
        seconds: [String]
    ) async throws {
        let hidden = [Face.top: HiddenFace(cause, "The folder does not answer.")]
        let page = try Self.read(try await Self.detail("x", hidden: hidden))
        #expect(page.values(of: "data-live-every") == seconds)
    }

    // MARK: Addresses

    private static func sources(_ answer: FaceAnswer) -> DashboardSources {
        var sources = DashboardSources(status: { StatusPageTests.status() })
        sources.station = StationPageSource(
            item: { _ in nil },
            face: { number, _, _ in number == 7 ? answer : .unknown },
            seams: { _ in .hidden(HiddenFace(.unavailable, "The inbox is not there.")) }
        )
        return sources
    }

    private static let digest = FileDigest(rawValue: String(repeating: "ab", count: 32))

    private func ask(_ path: String, port: Int, _ field: String = "") async throws -> String {
        try await RawConnection.ask(port: port, "GET \(path) HTTP/1.1\r\nHost: localhost:\(port)\(field)")
    }

    @Test func `a picture is kept by its digest, and asked for again without one`() async throws {
        let picture = FaceAnswer.picture(jpeg: Array("JPEG".utf8), digest: Self.digest)
        try await RunningPage.serve(sources: Self.sources(picture)) { port in
            let answer = try await ask("/stations/7/faces/front", port: port)
            #expect(answer.hasPrefix("HTTP/1.1 200") && answer.hasSuffix("\r\n\r\nJPEG"))
            let head = answer.lowercased()
            #expect(head.contains("content-type: image/jpeg") && head.contains("cache-control: private, no-cache"))
            #expect(head.contains("etag: \"abababababababab-512\""))
            let named = try await ask("/stations/7/faces/front?of=abababababababab&size=256", port: port)
            #expect(named.lowercased().contains("cache-control: private, max-age=86400, immutable"))
            let other = try await ask("/stations/7/faces/front?of=cdcdcdcdcdcdcdcd", port: port)
            #expect(other.lowercased().contains("cache-control: private, no-cache"))
        }
    }

    @Test(arguments: [
        ("\"abababababababab-512\"", true), ("W/\"abababababababab-512\"", true), ("*", true),
        ("\"old, with a comma\",W/\"x\" ,\t\"abababababababab-512\"", true), ("\"abababababababab-256\"", false),
        ("abababababababab-512", false), ("\"abababababababab-512", false), ("\"*\"", false), ("", false), (",", false),
        ("w/\"abababababababab-512\"", false),
    ])
    func `what the browser has is not decoded again`(field: String, isKnown: Bool) async throws {
        var sources = Self.sources(.hidden(HiddenFace(.unavailable, "It was decoded.")))
        sources.station?.digest = { number, _ in number == 7 ? Self.digest : nil }
        try await RunningPage.serve(sources: sources) { port in
            let answer = try await ask("/stations/7/faces/front", port: port, "\r\nIf-None-Match: \(field)")
            #expect(answer.hasPrefix(isKnown ? "HTTP/1.1 304" : "HTTP/1.1 503"), "\(field)")
            #expect(answer.contains("It was decoded.") != isKnown)
            #expect(answer.lowercased().contains("etag: \"abababababababab-512\"") == isKnown)
            let unknown = try await ask("/stations/8/faces/front", port: port, "\r\nIf-None-Match: \(field)")
            #expect(!unknown.hasPrefix("HTTP/1.1 304"))
        }
    }

    @Test(arguments: [
        (HiddenFace.Cause.gone, "410"), (.undecodable, "415"), (.unavailable, "503"),
    ])
    func `a picture that cannot be shown has its status and words`(cause: HiddenFace.Cause, status: String) async throws
    {
        try await RunningPage.serve(sources: Self.sources(.hidden(HiddenFace(cause, "Because of that.")))) { port in
            let answer = try await ask("/stations/7/faces/top", port: port)
            #expect(answer.hasPrefix("HTTP/1.1 \(status)") && answer.hasSuffix("\r\n\r\nBecause of that.\n"))
            #expect(answer.lowercased().contains("retry-after: 5") == (cause == .unavailable))
        }
    }

    @Test(arguments: [
        ("/stations/8/faces/front", "404"), ("/stations/7/faces/pose.json", "404"), ("/stations/x/faces/front", "404"),
        ("/stations/7/faces/..%2F..%2Fetc%2Fpasswd", "404"), ("/stations/7/faces/front?size=100000", "400"),
        ("/stations/7/faces/front?size=512%00", "400"), ("/stations/99999999999999999999", "404"),
        ("/stations/0", "404"), ("/stations/-7", "404"), ("/stations/7", "404"), ("/stations/7/seams", "503"),
    ])
    func `whatever is asked for, there is an answer in words`(path: String, status: String) async throws {
        let picture = FaceAnswer.picture(jpeg: [], digest: Self.digest)
        try await RunningPage.serve(sources: Self.sources(picture)) { port in
            let answer = try await ask(path, port: port)
            #expect(answer.hasPrefix("HTTP/1.1 \(status)"), "\(answer.prefix(30))")
            #expect(answer.components(separatedBy: "\r\n\r\n").last?.isEmpty == false)
        }
    }
}
