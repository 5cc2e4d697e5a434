import DropFolder
import Foundation
import Glibc
import TestSupport
import Testing

/// What looks like a station's and cannot be taken as one.
struct HindranceTests {
    private let inbox: TemporaryFolder
    private static let files = ["front.jpg", "back.jpg", "left.jpg", "right.jpg", "top.jpg", "bottom.jpg", "pose.json"]

    init() throws { inbox = try TemporaryFolder() }

    private func hindrances(in path: String = "", ignoring patterns: [String] = []) throws -> [Hindrance] {
        try FolderSnapshot.take(inbox: inbox.path, path: path, ignoring: IgnoreRules(patterns: patterns)).hindrances
    }

    private func fill(_ folder: String, prefix: String = "") throws {
        for file in Self.files { try inbox.write("x", to: (folder.isEmpty ? "" : folder + "/") + prefix + file) }
    }

    @Test func `a station's files in the inbox itself are a hindrance`() throws {
        try fill("")
        let found = try hindrances()
        #expect(found.map(\.kind) == [.looseFiles])
        #expect(found.first?.path == "loose files/")
        #expect(found.first?.names == Self.files.sorted())
    }

    @Test(arguments: [
        ["front.jpg"], ["pose.json"], ["STATION.JSON"], ["a_left.jpg", "a_right.jpg"],
        ["a_f.jpg", "a_b.jpg", "a_l.jpg"],
        ["skybox0.jpg", "skybox1.jpg", "skybox2.jpg"],
    ])
    func `a few of a station's files are enough`(names: [String]) throws {
        for name in names { try inbox.write("x", to: name) }
        #expect(try hindrances().map(\.kind) == [.looseFiles])
    }

    @Test(arguments: [
        ["README.txt"], ["plan.pdf"], ["plan.jpg"], ["site_top.png"], ["poses.csv"], ["config.json"], ["plan_b.jpg"],
        ["scan.e57"], ["IMG_0001.jpg", "IMG_0002.jpg"], ["a.REJECTED.txt"],
    ])
    func `other files in the inbox are not a hindrance`(names: [String]) throws {
        for name in names { try inbox.write("x", to: name) }
        #expect(try hindrances() == [])
    }

    @Test func `a station's files in its own folder are not a hindrance`() throws {
        try inbox.makeFolder("site/st-1")
        try fill("site/st-1")
        #expect(try hindrances(in: "site/st-1") == [])
        #expect(try hindrances(in: "site") == [])
    }

    private static let noText: [([UInt8], String)] = [
        ([0x53, 0x74, 0xE4, 0x74, 0x74, 0x65], "St%E4tte"), ([0xFF, 0xFE], "%FF%FE"), ([0x31, 0x25, 0x80], "1%25%80"),
        ([0xC3, 0xA4, 0xE4], "ä%E4"), ([0x93, 0xFA, 0x96, 0x7B], "%93%FA%96{"),
    ]

    @Test(arguments: noText)
    func `a folder whose name is not UTF-8 is a hindrance with a unique spelling`(bytes: [UInt8], text: String)
        throws
    {
        let path = Array((inbox.path + "/").utf8) + bytes + [0]
        #expect(mkdir(path.map { CChar(bitPattern: $0) }, 0o755) == 0)
        let found = try #require(try hindrances().first)
        #expect(found.kind == .nameNotUTF8)
        #expect(found.path == text + "/" && found.names == [text])
        let spelling = try #require(EscapedName(text: text))
        #expect(spelling.repaired == String(decoding: bytes, as: UTF8.self))
    }

    @Test(arguments: ["plain", "a%zz", "a%4", "%e4"])
    func `text that is not an escaped name is not read as one`(text: String) {
        #expect(EscapedName(text: text).map { $0.text == "plain" } != false)
    }

    @Test(arguments: [
        "st-1.zip", "ST.ZIP", "a.7z", "a.rar", "a.tar", "a.tgz", "a.tar.gz", "a.tar.xz", "a.tar.zst", "a.7z.001",
        "a.part1.rar", "a.part01.rar", "a.tbz2",
    ])
    func `an archive is a hindrance, unless it was unpacked next to itself`(name: String) throws {
        try inbox.makeFolder("site")
        try inbox.write("PK", to: "site/" + name)
        #expect(try hindrances(in: "site").map(\.path) == ["site/" + name])
        #expect(try hindrances(in: "site", ignoring: ["*" + name.suffix(3)]) == [])
        let stem = try #require(ArchiveNaming.stem(of: name))
        try inbox.makeFolder("site/" + stem)
        #expect(try hindrances(in: "site") == [])
    }

    @Test(arguments: ["a.jpg.gz", "a.gz", "a.7z.002", "a.part2.rar", "zip", ".zip", "a.zip.part", "scan.e57", "a.docx"])
    func `files that are not archives, and further parts of one, are not a hindrance`(name: String) throws {
        try inbox.write("x", to: name)
        #expect(try hindrances() == [])
    }

    @Test func `an archive in a station is an extra file`() throws {
        try inbox.makeFolder("st-1")
        try fill("st-1")
        try inbox.write("x", to: "st-1/raw.zip")
        #expect(try hindrances(in: "st-1") == [])
    }

    @Test(arguments: [
        ("st-1", "/elsewhere/st-1", true), ("st-1.2", "../../elsewhere", true), ("2026.05.01", "/x", true),
        ("st-1", "../st-2", false), ("latest", "st-2", false), ("st-1", "./a/../../b", false),
        ("st-1", "../../x", true),
        ("README.txt", "/elsewhere/README.txt", false), ("plan.pdf", "/x", false),
    ])
    func `a link in place of a folder is a hindrance if it leads out of the inbox`(
        name: String,
        target: String,
        isOne: Bool
    )
        throws
    {
        try inbox.makeFolder("site")
        #expect(symlink(target, inbox.path("site/" + name)) == 0)
        let found = try hindrances(in: "site")
        #expect(found.map(\.kind) == (isOne ? [.link] : []))
        #expect(found.first?.target == (isOne ? target : nil))
    }

    @Test func `a link to a station in the same inbox is not a hindrance, and one to a neighbouring inbox is`() throws {
        #expect(symlink(inbox.path("site/st-1"), inbox.path("a")) == 0)
        #expect(symlink(inbox.path + "-2/st-1", inbox.path("b")) == 0)
        #expect(symlink(inbox.path + "/../st-1", inbox.path("c")) == 0)
        #expect(try hindrances().map(\.path) == ["b", "c"])
    }

    @Test func `a Windows shortcut is a hindrance, and in a station an extra file`() throws {
        try inbox.makeFolder("st-1")
        try fill("st-1")
        for folder in ["", "st-1/"] { try inbox.write("L", to: folder + "st-2 - Shortcut.LNK") }
        #expect(try hindrances().map(\.kind) == [.link])
        #expect(try hindrances(in: "st-1") == [])
    }

    @Test func `files named like Windows paths are one hindrance for each folder that they meant`() throws {
        try fill("", prefix: "site\\st-1\\")
        try fill("", prefix: "site\\st_2\\pano_")
        try inbox.write("x", to: "site\\README.txt")
        let found = try hindrances()
        #expect(found.map(\.kind) == [.backslashes, .backslashes])
        #expect(found.map(\.path) == ["site\\st-1/", "site\\st_2/"])
        #expect(found.first?.names.count == 7)
    }

    @Test func `files with backslashes do not make a folder a station`() throws {
        try inbox.makeFolder("site")
        try fill("site", prefix: "st_1\\pano_")
        let snapshot = try FolderSnapshot.take(inbox: inbox.path, path: "site", ignoring: IgnoreRules())
        #expect(!snapshot.isStation)
    }

    @Test func `the stamp changes when there is something else to report`() throws {
        try inbox.write("x", to: "a.zip")
        let first = try #require(try hindrances().first)
        try inbox.write("other", to: "a.zip")
        #expect(try hindrances().first?.stamp == first.stamp)
        try inbox.write("x", to: "front.jpg")
        let loose = try #require(try hindrances().first)
        try inbox.write("x", to: "back.jpg")
        #expect(try hindrances().first?.stamp != loose.stamp)
    }
}
