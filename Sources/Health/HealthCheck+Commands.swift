import DropFolder
import Glibc
import Station

// What to type about what is wrong with the machine: complete commands, with the real paths.
extension HealthCheck {
    /// - Parameters:
    ///   - path: A state directory that cannot be written.
    ///   - error: The kernel's.
    static func command(forState path: String, _ error: Int32) -> String {
        let word = shellWord(path)
        switch error {
        case ENOENT: return "sudo install -d -o drop360 -g drop360 -m 0750 \(word)"
        case EROFS:
            return
                "Its file system is read-only. See why, then make it writable: findmnt -T \(word); sudo mount -o remount,rw \"$(findmnt -no TARGET -T \(word))\""
        default:
            return
                "Run this as drop360's user: sudo -u drop360 drop360 doctor. If that says the same: sudo chown -R drop360:drop360 \(word)"
        }
    }

    static func commandForSpace(of path: String) -> String {
        "Free space: drop360 stops sending when it cannot record what it sends. What uses it: df -h \(shellWord(path)); sudo du -xh --max-depth=2 \(shellWord(path)) | sort -h | tail"
    }

    /// To be allowed to write into a folder of the crew's, without taking anything from others.
    static func commandForReports(in path: String) -> String {
        "sudo setfacl -m u:drop360:rwx \(shellWord(path)), or set `reports` to a folder."
    }

    static func command(forInbox path: String, _ error: DropFolderError) -> String? {
        let word = shellWord(path)
        return switch error {
        case .missing: "If it is on a disk or share: sudo mount \(word). Otherwise: sudo install -d -m 2775 \(word)"
        case .noPermission: "sudo setfacl -R -m u:drop360:rX -m d:u:drop360:rX \(word)"
        case .notRegular, .unavailable: error.advice
        }
    }
}
