import DropFolder
import Testing

/// What a crew deleted, and what a file server keeps of it, must not be delivered.
struct ExcludedFoldersTests {
    private let rules = IgnoreRules()

    @Test(arguments: [
        // QNAP, ASUSTOR
        "@Recycle", "@Recently-Snapshot", ".@__thumb", "@Transcode", ".@upload_cache", "Network Recycle Bin 1",
        // Synology, TerraMaster
        "#recycle", "#snapshot", "@eaDir", "@tmp", "@sharebin", ".SynologyWorkingDirectory",
        // NetApp, ZFS, Btrfs, Isilon, Celerra
        ".snapshot", "~snapshot", ".snapshots", ".zfs", ".ifsvar", ".ckpt", "~SNAPSHOT",
        // Samba and those who ship it
        ".recycle", ".recycled", "Recycle Bin", "RecycleBin", ".Recycle.Bin", "@GMT-2026.05.01-10.00.00", "trashbox",
        "_NAS_Recycle_RAID", "DELETED.SAV",
        // Windows
        "System Volume Information", "RECYCLER", "RECYCLED", "$RECYCLE.BIN", "found.000", "FOUND.017", "Config.Msi",
        "DfsrPrivate", "WindowsImageBackup", "FileHistory",
        // macOS
        ".Trashes", ".Trash", ".DocumentRevisions-V100", ".MobileBackups", "Network Trash Folder", "Temporary Items",
        "Backups.backupdb", "__MACOSX",
        // Unix
        ".Trash-1000", "lost+found",
        // Nextcloud, Syncthing, Resilio, Dropbox, Google Drive, Mega, GoodSync, Allway Sync, FreeFileSync, rdiff-backup
        "files_trashbin", "files_versions", "appdata_oc1a2b3c", ".stversions", ".sync", ".dropbox.cache",
        ".tmp.drivedownload", ".tmp.driveupload", ".debris", "_gsdata_", "_SYNCAPP", "RecycleBin.ffs_tmp",
        "rdiff-backup-data",
    ])
    func `bins, snapshots and version folders are never entered`(name: String) {
        #expect(rules.role(of: name, kind: .folder) == .junk)
    }

    @Test(arguments: [
        "Archive", "archive", "backup", "Trash", "trash", "versions", "snapshot", "recycle", "recycling-plant",
        "found.00",
        "found.0001", "found.abc", "@site", "#1", "~north", "sync", "tmp", "old", "deleted", "cache", "$1", "gmt-1",
    ])
    func `folders with names that crews use are entered`(name: String) {
        #expect(rules.role(of: name, kind: .folder) == .folder)
    }

    @Test func `the configuration can exempt a name, and the last matching pattern decides`() {
        let taken = IgnoreRules(patterns: ["!.recycle", "!RECYCLED", "!.hidden"])
        for name in [".recycle", "RECYCLED", ".hidden"] { #expect(taken.role(of: name, kind: .folder) == .folder) }
        #expect(taken.role(of: ".recycled", kind: .folder) == .junk)
        #expect(taken.role(of: "._front.jpg", kind: .file) == .junk)
        #expect(IgnoreRules(patterns: ["st-*", "!st-1"]).role(of: "st-1", kind: .folder) == .folder)
        #expect(IgnoreRules(patterns: ["st-*", "!st-1"]).role(of: "st-2", kind: .folder) == .junk)
        #expect(IgnoreRules(patterns: ["!st-1", "st-*"]).role(of: "st-1", kind: .folder) == .junk)
    }

    @Test func `drop360's own files cannot be exempted`() {
        let all = IgnoreRules(patterns: ["!*", "!.*"])
        #expect(all.role(of: ".drop360-probe-1", kind: .file) == .junk)
        #expect(all.role(of: "a.REJECTED.txt", kind: .file) == .junk)
    }

    @Test func `a folder named like a report is a folder`() {
        for ending in IgnoreRules.reportSuffixes {
            #expect(rules.role(of: "a" + ending, kind: .folder) == .folder)
            #expect(rules.role(of: "a" + ending, kind: .file) == .junk)
        }
    }
}
