import Crypto
import DropFolder
import Foundation
import Station
import TestSupport
import Testing

@testable import Inspection

/// What the page shows of the faces of accepted stations.
struct FacePreviewTests {
    private let clock = ManualClock()
    private let inspector = Inspector(threads: 1)
    private let previews: FacePreviews
    private let inbox: TemporaryFolder
    private let station: InspectedStation

    init() async throws {
        previews = FacePreviews(besides: inspector) { [clock] in try await clock.sleep(for: $0) }
        inbox = try TemporaryFolder()
        station = try await InspectedStation.write(to: inbox, named: "site/hall")
    }

    private func file(_ face: Face = .front) throws -> FaceFile {
        FaceFile(
            try #require(station.capture.faces[face]),
            of: ItemPath(inbox: station.inbox, path: station.path),
            rendered: ConvertedFaces(state: inbox.path("state"))
        )
    }

    private func files() throws -> [Face: FaceFile] {
        try Dictionary(uniqueKeysWithValues: Face.allCases.map { ($0, try file($0)) })
    }

    @Test(arguments: [(128, 128), (200, 200), (512, 512), (1024, 512)])
    func `a face is shown scaled, and never larger than it is`(edge: Int, expected: Int) async throws {
        let shown = try await previews.picture(of: file(), edge: edge)
        #expect(shown.digest == station.capture.faces[.front]?.digest)
        let picture = try Picture.decode(shown.jpeg)
        #expect(picture.width == expected)
        #expect(picture.height == expected)
        let whole = try Picture.decode(try [UInt8](Data(contentsOf: URL(fileURLWithPath: station.file(.front)))))
        // The same picture: its quarters have the same brightness.
        for (x, y) in [(1, 1), (3, 1), (1, 3), (3, 3)] {
            let (small, large) = (picture.mean(aroundQuarter: x, y), whole.mean(aroundQuarter: x, y))
            #expect(abs(small - large) < 6, "at \(x), \(y): \(small) and \(large)")
        }
    }

    @Test func `a file that is gone, another one of its size, and another size are not shown, each with words`()
        async throws
    {
        let name = station.path + "/front.jpg"
        let bytes = try inbox.read(name)
        try inbox.remove(name)
        await #expect(throws: FaceRefusal.gone(try file())) { try await previews.picture(of: file(), edge: 256) }
        var other = bytes
        other[other.count / 2] ^= 0x55
        try inbox.write(other, to: name)
        await #expect(throws: FaceRefusal.changed(try file())) { try await previews.picture(of: file(), edge: 256) }
        try inbox.write(bytes + [0], to: name)
        await #expect(throws: FaceRefusal.changed(try file())) { try await previews.picture(of: file(), edge: 256) }
        let words = await previews.missing(of: try files())
        #expect(words.keys.map(\.rawValue) == ["front"])
        #expect(words[.front]?.words.contains("front.jpg has changed since it was accepted") == true)
    }

    @Test func `a link, a pipe and a folder in a face's place are never followed or opened`() async throws {
        let name = station.path + "/front.jpg"
        let elsewhere = try TemporaryFolder()
        try elsewhere.write(try inbox.read(name), to: "same.jpg")
        try inbox.remove(name)
        try FileManager.default.createSymbolicLink(
            atPath: inbox.path(name),
            withDestinationPath: elsewhere.path("same.jpg")
        )
        await #expect(throws: FaceRefusal.gone(try file())) { try await previews.picture(of: file(), edge: 256) }
        try inbox.remove(name)
        #expect(mkfifo(inbox.path(name), 0o600) == 0)
        await #expect(throws: FaceRefusal.gone(try file())) { try await previews.picture(of: file(), edge: 256) }
        try inbox.remove(name)
        try inbox.makeFolder(name)
        await #expect(throws: FaceRefusal.gone(try file())) { try await previews.picture(of: file(), edge: 256) }
        // The same where the station's folder became a link.
        try inbox.move(station.path, to: "moved")
        try FileManager.default.createSymbolicLink(
            atPath: inbox.path(station.path),
            withDestinationPath: inbox.path("moved")
        )
        await #expect(throws: FaceRefusal.gone(try file(.back))) {
            try await previews.picture(of: file(.back), edge: 256)
        }
    }

    @Test func `bytes that were accepted and do not decode are told from others`() async throws {
        let junk = [UInt8](repeating: 0x20, count: 4000)
        let name = station.path + "/front.jpg"
        try inbox.write(junk, to: name)
        var image = try #require(station.capture.faces[.front])
        (image.size, image.digest) = (4000, FileDigest(SHA256.hash(data: junk)))
        let odd = FaceFile(
            image,
            of: ItemPath(inbox: station.inbox, path: station.path),
            rendered: ConvertedFaces(state: "/nowhere")
        )
        let error = await #expect(throws: FaceRefusal.self) { try await previews.picture(of: odd, edge: 256) }
        guard case .undecodable = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.words.contains("can no longer be decoded") == true)
    }

    @Test func `the faces of a lost inbox are not called gone`() async throws {
        let image = try #require(station.capture.faces[.front])
        let lost = FaceFile(
            image,
            of: ItemPath(inbox: inbox.path("unmounted"), path: station.path),
            rendered: ConvertedFaces(state: "/nowhere")
        )
        let error = await #expect(throws: FaceRefusal.self) { try await previews.picture(of: lost, edge: 256) }
        #expect(
            error?.words == "front.jpg cannot be read at the moment. The inbox is not there: check its disk or share."
        )
    }

    @Test func `of many requests at once each is answered, by a picture or as busy`() async throws {
        let file = try file()
        let answers = await withTaskGroup(of: String.self) { group in
            for _ in 0..<4 * FacePreviews.mostWaiting {
                group.addTask {
                    do throws(FaceRefusal) {
                        return try await previews.picture(of: file, edge: 256).jpeg.isEmpty ? "empty" : "picture"
                    } catch {
                        return error == .busy ? "busy" : "\(error)"
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
        #expect(Set(answers.keys).isSubset(of: ["picture", "busy"]))
        #expect(answers.values.reduce(0, +) == 4 * FacePreviews.mostWaiting)
        #expect(answers["picture", default: 0] >= FacePreviews.mostWaiting)
    }

    @Test func `seams are compared edge by edge, and swapped faces do not meet`() async throws {
        let good = try await previews.seams(of: try files(), in: station.capture.digest)
        #expect(good.seams.count == 12)
        #expect(good.seams.allSatisfy { $0.match == .meets || $0.match == .plain })
        #expect(good.verdict == .fit)
        var swapped = try files()
        (swapped[.left], swapped[.right]) = (swapped[.right], swapped[.left])
        let bad = try await previews.seams(of: swapped, in: nil)
        #expect(bad.seams.contains { $0.match == .apart })
        #expect(bad.verdict.words.contains("left and right look swapped"))
        // The same content is not compared again, so a file that goes in the meantime is no matter.
        try inbox.remove(station.path + "/back.jpg")
        #expect(try await previews.seams(of: try files(), in: station.capture.digest) == good)
    }

    @Test func `a report is read, and nothing that a link in its place leads to`() async throws {
        let path = inbox.path("site/hall.UPLOADED.txt")
        try inbox.write("It is in CDF.\n", to: "site/hall.UPLOADED.txt")
        #expect(try await previews.text(of: path, inbox: inbox.path) == "It is in CDF.\n")
        try inbox.remove("site/hall.UPLOADED.txt")
        await #expect(throws: ReportRefusal.gone) { try await previews.text(of: path, inbox: inbox.path) }
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/etc/passwd")
        await #expect(throws: ReportRefusal.gone) { try await previews.text(of: path, inbox: inbox.path) }
    }
}

extension Picture {
    /// The mean brightness around a point that is `x` and `y` quarters of the picture away from its upper left corner.
    fileprivate func mean(aroundQuarter x: Int, _ y: Int) -> Int {
        let reach = width / 16
        let (left, top) = (width * x / 4 - reach, height * y / 4 - reach)
        var sum = 0
        for row in top..<top + 2 * reach {
            for column in left..<left + 2 * reach {
                let index = (row * width + column) * 3
                sum += Int(pixels[index]) + Int(pixels[index + 1]) + Int(pixels[index + 2])
            }
        }
        return sum / (reach * reach * 12)
    }
}
