import Foundation
import Glibc
import Station

extension UsersFile {
    /// Replaces the file as a whole: whoever reads it meanwhile sees the old or the new one.
    ///
    /// It keeps its owner, group and rights. A new file may be read by its owner only, unless root makes it and `model` may be read by a
    /// group: then by that group, too, since the daemon is no use without it.
    ///
    /// - Parameters:
    ///   - text: The new text.
    ///   - model: A file that the daemon can read: the configuration.
    package func replace(with text: String, like model: FileRights?) throws(Unusable) {
        // Behind a link is the file that is meant.
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let folder = (target as NSString).deletingLastPathComponent
        var mode: UInt32 = 0o600
        var owner: (UInt32, UInt32)?
        if let old = FileRights(of: target) {
            (mode, owner) = (old.mode & 0o770, (old.owner, old.group))
        } else if geteuid() == 0, let model, model.mode & 0o040 != 0 {
            (mode, owner) = (0o640, (model.owner, model.group))
        }
        let draft = "\(folder)/.\((target as NSString).lastPathComponent).\(UInt64.random(in: 0 ... .max))"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw notWritten() }
        defer { close(descriptor) }
        do throws(Unusable) {
            if let owner, owner != (geteuid(), getegid()), fchown(descriptor, owner.0, owner.1) != 0 {
                throw notWritten()
            }
            guard fchmod(descriptor, mode) == 0, Self.write(Array(text.utf8), to: descriptor), fsync(descriptor) == 0,
                rename(draft, target) == 0
            else { throw notWritten() }
        } catch {
            unlink(draft)
            throw error
        }
        Self.sync(folder)
    }

    private func notWritten() -> Unusable {
        let reason = String(cString: strerror(errno))
        return Unusable(
            summary: "The users' file \(printable(path)) could not be written: \(reason). It is as it was.",
            advice: "Run the command as a user who may write in its folder: `sudo drop360 dashboard add-user NAME`."
        )
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }

    /// So that the new name outlives a power cut.
    private static func sync(_ folder: String) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
