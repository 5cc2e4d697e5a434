import DropFolder
import Testing

struct IgnoreRulesTests {
    private let rules = IgnoreRules()

    /// Rule 15 of the pitfalls, and what drop360 itself writes.
    @Test(arguments: [
        ".DS_Store", "._front.jpg", "._pose.json", "desktop.ini", "Desktop.ini", "Thumbs.db", "THUMBS.DB",
        "ehthumbs.db",
        ".directory", ".localized", ".apdisk", ".nomedia", ".hidden", ".front.jpg", "north-01.REJECTED.txt",
        "north-01.WAITING.txt", "north-01.UPLOADED.txt", ".drop360-report", ".drop360.north-01.tmp",
    ])
    func `junk files are ignored`(name: String) {
        #expect(rules.role(of: name, kind: .file) == .junk)
    }

    @Test(arguments: [
        ".stfolder", ".stversions", "@eaDir", "@EADIR", ".Spotlight-V100", ".Trashes", "__MACOSX", ".Trash-1000",
        "System Volume Information", "$RECYCLE.BIN", "lost+found", ".fseventsd", ".TemporaryItems", "#recycle",
        ".snapshot",
        ".git", ".cache", ".drop360",
    ])
    func `junk folders are ignored`(name: String) {
        #expect(rules.role(of: name, kind: .folder) == .junk)
    }

    /// Rule 14 of the pitfalls.
    @Test(arguments: [
        ".front.jpg.a1B2c3", ".pose.json.XyZ012", "front.jpg.partial", "front.jpg.filepart", "front.jpg.part",
        "FRONT.JPG.PART",
        "Unconfirmed 1.crdownload", "front.jpg.tmp", "front.jpg.temp", "front.jpg.download", "~$pose.json",
        "front.jpg~",
        ".syncthing.front.jpg.tmp", "~syncthing~front.jpg.tmp", ".goutputstream-AB12CD", ".nfs000000000012",
        ".fuse_hidden0001",
        ".pose.json.swp", ".pose.json.swx", "front.jpg.upload", "front.jpg.aria2", ".sb-1234-abcd", ".smbdeleteAAA1",
    ])
    func `a temporary file means that a copy is still running`(name: String) {
        #expect(rules.role(of: name, kind: .file) == .temporary)
    }

    @Test(arguments: [".~tmp~", ".rsync-partial", ".rsync-tmp"])
    func `rsync's folders mean that a copy is still running`(name: String) {
        #expect(rules.role(of: name, kind: .folder) == .temporary)
    }

    @Test(arguments: ["station.part", "north.tmp", "backup~", "a.download"])
    func `a folder named like a temporary file is a folder`(name: String) {
        #expect(rules.role(of: name, kind: .folder) == .folder)
    }

    @Test(arguments: [
        ("front.jpg", EntryRole.image), ("FRONT.JPG", .image), ("a.jpeg", .image), ("a.PNG", .image),
        ("top.tiff", .foreignImage),
        ("top.webp", .foreignImage), ("top.HEIC", .foreignImage), ("pose.json", .json), ("Pose.JSON", .json),
        ("readme.txt", .other),
        ("front", .other), ("scan.e57", .other), ("poses.csv", .other), ("REJECTED.txt", .other),
        ("x.rejected.txt", .other),
        ("front.jpg.gz", .other), ("tmp", .other), ("part", .other), ("partial", .other),
    ])
    func `what crews deliver keeps its role`(name: String, role: EntryRole) {
        #expect(rules.role(of: name, kind: .file) == role)
    }

    @Test(arguments: [".front.jpg.a1B2c", ".front.jpg.a1B2c3d", ".front.jpg.a1B2-3", ".frontXa1B2c3"])
    func `a hidden name that is not rsync's is junk, not a temporary`(name: String) {
        #expect(rules.role(of: name, kind: .file) == .junk)
    }

    @Test(arguments: [EntryKind.symlink, .fifo, .socket, .device])
    func `special files keep the role of their name, so that they are refused where a face should be`(kind: EntryKind) {
        #expect(rules.role(of: "front.jpg", kind: kind) == .image)
        #expect(rules.role(of: "pose.json", kind: kind) == .json)
        #expect(rules.role(of: "north", kind: kind) == .other)
    }

    @Test func `the configuration's patterns are matched against the name alone`() {
        let rules = IgnoreRules(patterns: ["*.bak", "old-*", "raw"])
        #expect(rules.role(of: "front.bak", kind: .file) == .junk)
        #expect(rules.role(of: "old-north", kind: .folder) == .junk)
        #expect(rules.role(of: "raw", kind: .folder) == .junk)
        #expect(rules.role(of: "rawer", kind: .folder) == .folder)
        #expect(rules.role(of: "front.jpg", kind: .file) == .image)
    }
}
