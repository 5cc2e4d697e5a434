/// Folders in which file servers, desktops and sync tools keep deleted, replaced or moved files, under names that no crew would
/// give a station: their contents must never be delivered.
///
/// The names come from the makers' documentation. `docs/operators/configuration.md` lists them; `ignore` can exempt one (``IgnoreRules/patterns``).
enum ExcludedFolders {
    /// - Parameter lower: A folder's name in lower case.
    static func contains(_ lower: String) -> Bool {
        names.contains(lower) || prefixes.contains(where: lower.hasPrefix) || suffixes.contains(where: lower.hasSuffix)
            || isRecoveredByCheckDisk(lower)
    }

    /// In lower case.
    ///
    /// Those that start with a dot would also be ignored as hidden folders.
    private static let names: Set<String> = [
        // QNAP, ASUSTOR and their mobile apps.
        "@recycle", "@recently-snapshot", ".@__thumb", ".@__qini", ".@__comp", ".@upload_cache", ".@backup_config",
        ".@backup_qbox", ".@qsync", ".qsync", "@transcode", "@downloadstationtempfiles", "@qmariadb",
        "network recycle bin", "network recycle bin 1", ".@recycle", "@snapshot",
        // Synology, TerraMaster, UGREEN.
        "#recycle", "@recycle bin", "#snapshot", "@eadir", "@tmp", "@sharebin", "@sharesnap", "@synologydrive",
        "@synologycloudsync", ".synologyworkingdirectory", "@synocloudsync", "@database", "@appstore", "@quarantine",
        "@img_bkp_cache", "@s2s", "@cloudsync", "@cloudstation", "@snapshots",
        // NetApp, Azure NetApp Files, FSx, Isilon, GPFS, Celerra, HNAS, Qumulo, Nasuni, Ceph, Gluster, VxFS, ZFS, Btrfs.
        ".snapshot", "~snapshot", ".snapshots", "~snapshots", ".ckpt", "~ckpt", ".snap", ".snaps", ".glusterfs",
        ".trashcan", ".vxfsckpts", ".zfs", ".ifsvar", ".snapdir", "$__ndmp__", "timeshift-btrfs",
        // Samba's recycle bin under its own and its distributors' names; Buffalo, Thecus, NetWare, Unraid, Zentyal.
        ".recycle", ".recycled", ".recycler", ".recyclebin", ".recycle bin", ".recycle.bin", "recycle.bin",
        "recycle bin", "recyclebin", ".deleted", ".deleted files", "trashbox", ".trashbox", "deleted.sav",
        "_netware", "._netware",
        // Windows and its servers.
        "$recycle.bin", "$recycle", "recycler", "recycled", "system volume information", "config.msi", "dfsrprivate",
        "$extend", "$winreagent", "$sysreset", "$windows.~bt", "$windows.~ws", "msocache", "windowsimagebackup",
        "filehistory", "do_not_remove_ntfrs_preinstall_directory", "ntfrs_preexisting___see_eventlog",
        // macOS, also over AFP and SMB.
        ".trash", ".trashes", ".spotlight-v100", ".fseventsd", ".temporaryitems", ".documentrevisions-v100",
        ".mobilebackups", ".mobilebackups.trash", "mobilebackups.trash", "backups.backupdb", "network trash folder",
        "temporary items", "cleanup at startup", "thevolumesettingsfolder", "thefindbycontentfolder", ".appledouble",
        ".appledb", ".appledesktop", ".hfs+ private directory data", ".fbclockfolder", "__macosx", "$macosx",
        // Unix desktops.
        "lost+found", ".trash-folder", ".thumbnails", ".gvfs",
        // Nextcloud, ownCloud, Seafile, Pydio.
        "files_trashbin", "files_versions", "files_encryption", "files_external", ".seafile-data", "seafile-data",
        "recycle_bin",
        // Syncthing, Resilio, Dropbox, OneDrive, Google Drive, Box, Mega, pCloud, Tresorit, Synology Drive, rclone.
        ".stversions", ".stfolder", ".sync", ".syncarchive", ".synctrash", ".syncignore", ".bzvol", ".dropbox",
        ".dropbox.cache", ".849c9593-d756-4e56-8d6e-42412f2a707b", ".tmp.drivedownload", ".tmp.driveupload",
        ".encrypted", ".shortcut-targets-by-id", ".file-revisions-by-id", ".boxsync", ".debris", "syncdebris",
        ".pcloud", ".tresorit", ".owncloudsync", ".csync",
        // GoodSync, Allway Sync, FreeFileSync, rdiff-backup, Unison.
        "_gsdata_", "_syncapp", "recyclebin.ffs_tmp", "rdiff-backup-data", ".unison",
    ]

    private static let prefixes = [
        // Windows' previous versions, as Samba shows them: `@GMT-2026.05.01-10.00.00`.
        "@gmt-",
        // The freedesktop.org rule: `.Trash-1000`.
        ".trash-",
        // Thecus: `_NAS_Recycle_RAID`.
        "_nas_recycle_",
        // Nextcloud's own data: `appdata_oc…`.
        "appdata_oc",
        // EOS's versions of a file.
        ".sys.v#.",
    ]

    /// FreeFileSync renames folders like this while it works.
    private static let suffixes = [".ffs_tmp"]

    /// `found.000`: files that Windows' `chkdsk` recovers.
    private static func isRecoveredByCheckDisk(_ lower: String) -> Bool {
        lower.hasPrefix("found.") && lower.count == 9 && lower.dropFirst(6).allSatisfy { $0.isASCII && $0.isNumber }
    }
}
