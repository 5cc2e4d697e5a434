import Foundation
import Glibc
import Station
import TestSupport
import Testing

/// Everything that may lie in an inbox, and what is to become of it.
struct Zoo {
    /// One folder, and the verdict on it.
    struct Animal: Sendable {
        let name: String
        let verdict: String
        let codes: Set<String>
    }

    let inbox: String
    let maker = StationMaker()
    private(set) var animals: [Animal] = []

    init(inbox: String) { self.inbox = inbox }

    /// Writes a station and lets `spoil` change its folder.
    private mutating func add(
        _ name: String,
        _ codes: Set<String> = [],
        verdict: String? = nil,
        _ options: StationMaker.Options = .init(),
        _ spoil: (_ folder: String) throws -> Void = { _ in }
    ) throws {
        var options = options
        options.seed = animals.count
        options.siteID = "zoo"
        if options.stationID == nil { options.stationID = "animal-\(animals.count)" }
        try spoil(try maker.write(to: inbox, named: name, options))
        animals.append(Animal(name: name, verdict: verdict ?? (codes.isEmpty ? "accepted" : "rejected"), codes: codes))
    }

    private static func put(_ bytes: some Sequence<UInt8>, _ path: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    private static func remove(_ path: String) throws { try FileManager.default.removeItem(atPath: path) }

    mutating func addGoodOnes() throws {
        try add("good")
        try add("site-x/area 5/a folder with spaces")
        try add("S\u{FC}d composed")
        try add("Su\u{308}d decomposed")
        // The same word twice to a reader, and two folders to Linux.
        try add("K\u{FC}che")
        try add("Ku\u{308}che")
        try add("two\nlines")
        try add("\u{1B}]0;owned\u{7}\u{1B}[31mred")
        try add("'; DROP TABLE station; --")
        try add("$(touch owned) `touch owned` %s %n ..")
        try add("letters", .init(naming: .letters))
        try add("png", .init(fileExtension: "PNG"))
        try add("no time", .init(time: nil))
        try add("beside others") { folder in
            try Self.put("hello".utf8, folder + "/notes.txt")
            try Self.put([0], folder + "/Thumbs.db")
        }
    }

    private mutating func add(_ name: String, _ options: StationMaker.Options) throws { try add(name, [], options) }

    mutating func addBadFaces() throws {
        try add("missing faces", ["face-missing"], verdict: "incomplete", .init(skipping: [.top, .left]))
        try add("no pose", ["sidecar-missing"], verdict: "incomplete", .init(sidecar: .none))
        try add("two candidates", ["face-ambiguous"]) { [maker] in
            try Self.put(try maker.jpeg(.front, seed: 900), $0 + "/scan_front.jpg")
        }
        try add("zero bytes", ["image-empty"]) { try Self.put([], $0 + "/left.jpg") }
        try add("truncated", ["image-truncated"]) { [maker] in
            let whole = try maker.jpeg(.left, seed: 901)
            try Self.put(whole.prefix(whole.count / 2), $0 + "/left.jpg")
        }
        try add("a png named jpg", ["mis-named"]) { [maker] in
            try Self.put(maker.png(.back, seed: 902), $0 + "/back.jpg")
        }
        try add("not square", ["not-square"]) {
            try Self.put(try StationMaker.plainJPEG(width: 640, height: 512), $0 + "/right.jpg")
        }
        try add("unequal", ["sizes-differ"]) {
            try Self.put(try StationMaker(edge: 640).jpeg(.top), $0 + "/top.jpg")
        }
        try add("webp", ["image-format"], .init(skipping: [.front])) {
            try Self.put(Array("RIFF____WEBPVP8 ".utf8), $0 + "/front.webp")
        }
        try add("webp named jpg", ["image-format"]) {
            try Self.put(Array("RIFF\u{4}\u{0}\u{0}\u{0}WEBPVP8 and more".utf8), $0 + "/front.jpg")
        }
        try add("one panorama", ["equirectangular"], .init(skipping: Set(Face.allCases))) {
            try Self.put(try StationMaker.plainJPEG(width: 2048, height: 1024), $0 + "/pano.jpg")
        }
        try add("still copying", ["still-writing"], verdict: "incomplete") {
            try Self.put([1], $0 + "/.front.jpg.Ab12Cd")
        }
    }

    mutating func addImpostors() throws {
        try add("a link to passwd", ["not-a-file"], .init(skipping: [.front])) {
            try #require(symlink("/etc/passwd", $0 + "/front.jpg") == 0)
        }
        try add("a link as pose", ["not-a-file"], .init(sidecar: .none)) {
            try #require(symlink("/etc/passwd", $0 + "/pose.json") == 0)
        }
        try add("a fifo", ["not-a-file"], .init(skipping: [.front])) {
            try #require(mkfifo($0 + "/front.jpg", 0o666) == 0)
        }
        try add("sock", ["not-a-file"], .init(skipping: [.front])) { folder in
            try #require(mknod(folder + "/front.jpg", S_IFSOCK | 0o666, 0) == 0)
        }
        try add("a folder named front.jpg", ["not-a-file"], .init(skipping: [.front])) {
            try FileManager.default.createDirectory(atPath: $0 + "/front.jpg", withIntermediateDirectories: false)
        }
        if geteuid() != 0 {
            try add("not to be read", ["no-permission"], verdict: "incomplete") {
                try #require(chmod($0 + "/front.jpg", 0) == 0)
            }
        }
        // A whole folder behind a link is no part of the inbox.
        try #require(symlink("/etc", inbox + "/linked") == 0)
        animals.append(Animal(name: "linked", verdict: "rejected", codes: ["linked-folder"]))
    }

    mutating func addBadSidecars() throws {
        func text(_ text: String) -> StationMaker.Options { .init(sidecar: .text(text)) }
        let heading = #"{"heading": 0, "pitch": 0, "roll": 0}"#
        try add("sidecar empty", ["sidecar-empty"], text(""))
        try add("sidecar of 2 MiB", ["sidecar-too-large"], text(String(repeating: " ", count: 2 << 20) + "{}"))
        try add("sidecar in utf-16", ["sidecar-encoding"]) {
            let words = Array(StationMaker.sidecar().utf16)
            try Self.put([0xFF, 0xFE] + words.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }, $0 + "/pose.json")
        }
        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        try add("sidecar 200 levels deep", ["sidecar-too-deep"], text("{\"metadata\": \(deep)}"))
        try add(
            "duplicate keys",
            ["key-duplicate"],
            text(StationMaker.sidecar(siteID: "zoo", stationID: "dup", extra: ["Station-ID": "\"other\""]))
        )
        try add(
            "not a number",
            ["not-a-number"],
            text(#"{"site_id": "zoo", "translation": {"x": NaN, "y": 0, "z": 0}, "rotation": \#(heading)}"#)
        )
        try add(
            "two rotations",
            ["rotation-ambiguous"],
            text(
                StationMaker.sidecar(
                    siteID: "zoo",
                    stationID: "two",
                    rotation: #"{"heading": 0, "pitch": 0, "roll": 0, "quaternion": {"w": 1, "x": 0, "y": 0, "z": 0}}"#
                )
            )
        )
        try add(
            "degrees for radians",
            ["looks-like-degrees"],
            text(
                StationMaker.sidecar(
                    siteID: "zoo",
                    stationID: "deg",
                    rotation: #"{"euler": {"x": 0, "y": 0, "z": 180}}"#
                )
            )
        )
        try add("id with escape", ["id-invalid"], .init(stationID: "a\u{1B}[2Jb"))
        try add("label with escape", [], .init()) {
            try Self.put(
                StationMaker.sidecar(
                    siteID: "zoo",
                    stationID: "label",
                    extra: ["unknown\u{1B}[31m": "1", "metadata": "{\"k\": \"plain\"}"]
                ).utf8,
                $0 + "/pose.json"
            )
        }
        try add("far away", ["translation-too-far"], .init(translation: Vector3(x: 500_000, y: 6_000_000, z: 0)))
    }

    /// A station in a folder whose name is no text at all.
    mutating func addNameThatIsNoText() throws {
        let station = try maker.write(to: inbox, named: "moved", .init(seed: 990, siteID: "zoo", stationID: "no-text"))
        var path = Array((inbox + "/no-text-").utf8).map { CChar(bitPattern: $0) }
        path += [CChar(bitPattern: 0xFF), CChar(bitPattern: 0xFE), 0]
        try #require(rename(station, path) == 0)
        animals.append(Animal(name: "no-text-%FF%FE/", verdict: "rejected", codes: ["name-not-utf8"]))
    }
}
