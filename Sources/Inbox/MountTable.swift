/// What is mounted where: `/proc/self/mountinfo`.
struct MountTable: Sendable {
    struct Mount: Equatable, Sendable {
        var point: String
        /// The kernel's name for the file system: `ext4`, `nfs4`, `fuse.sshfs`.
        var kind: String
    }

    private(set) var mounts: [Mount] = []

    init(parsing text: String) {
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 4, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count else { continue }
            mounts.append(Mount(point: Self.unescaped(fields[4]), kind: String(fields[dash + 1])))
        }
    }

    /// The table of this process; empty where there is no `/proc`.
    static func current() -> MountTable {
        // Without it no mount is known, and inotify is trusted: the rescan finds what it misses.
        MountTable(parsing: KernelFile.text("/proc/self/mountinfo") ?? "")
    }

    /// The mount that holds `path`, which is absolute and without links: the last one of the longest that lead to it.
    func mount(of path: String) -> Mount? {
        var best: Mount?
        for mount in mounts where mount.point == "/" || path == mount.point || path.hasPrefix(mount.point + "/") {
            if mount.point.utf8.count >= best?.point.utf8.count ?? 0 { best = mount }
        }
        return best
    }

    /// What is mounted below `folder`.
    func mounts(below folder: String) -> [Mount] { mounts.filter { $0.point.hasPrefix(folder + "/") } }

    /// Whether changes can happen on the file system that inotify does not report: other machines write to it behind the mount.
    static func isSilent(_ kind: String) -> Bool {
        let kinds: Set<String> = [
            "nfs", "nfs4", "smb", "smb2", "smb3", "smbfs", "cifs", "fuse", "fuseblk", "9p", "overlay", "ceph", "afs",
            "ncpfs",
            "virtiofs", "vboxsf", "vmhgfs", "prl_fs", "lustre", "gfs2", "ocfs2", "beegfs",
        ]
        return kinds.contains(kind) || kind.hasPrefix("fuse.")
    }

    /// Blanks and the like are written in octal: `\040`.
    private static func unescaped(_ field: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(field.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3,
                let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
