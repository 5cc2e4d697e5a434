import Foundation
import Glibc
import Station

extension UsersFile {
    /// Changes the file: reads it, and replaces it as a whole by what `edit` makes of its text.
    ///
    /// Two commands at once wait for each other, so neither loses what the other writes; whoever only reads sees the old or the new file.
    /// It keeps its owner, group and rights. A new file may be read by its owner only, unless root makes it and `model` may be read by a
    /// group: then by that group, too, since the daemon is no use without it.
    ///
    /// - Parameters:
    ///   - model: A file that the daemon can read: the configuration.
    ///   - edit: Called with the text, empty where there is no file yet; again where another command was first to create it.
    package func change(like model: FileRights?, _ edit: (_ text: String) throws -> String) throws {
        while true {
            guard let held = try hold() else {
                if leadsNowhere { throw Self.nowhere(path) }
                let text = try edit("")
                guard try write(text, like: model, replacing: false) else { continue }
                return
            }
            defer { close(held) }
            try write(try edit(try contents().text), like: model, replacing: true)
            return
        }
    }

    /// Replaces the file, whatever it says.
    package func replace(with text: String, like model: FileRights?) throws(Unusable) {
        try write(text, like: model, replacing: true)
    }

    /// Waits until no other command changes the file.
    ///
    /// The lock is on the file itself, which nobody but its owner and group may open: others cannot hold it.
    ///
    /// - Returns: The locked file, to be closed; nil where there is none.
    private func hold() throws(Unusable) -> Int32? {
        while true {
            let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
            if descriptor < 0 {
                guard errno == ENOENT else { throw notWritten() }
                return nil
            }
            while flock(descriptor, LOCK_EX) != 0 {
                guard errno == EINTR else {
                    defer { close(descriptor) }
                    throw notWritten()
                }
            }
            var status = stat()
            // Who held it before has put another file in its place.
            if fstat(descriptor, &status) == 0, mark()?.inode == UInt64(status.st_ino) { return descriptor }
            close(descriptor)
        }
    }

    /// - Parameter replacing: Whether a file that is there is replaced.
    /// - Returns: False where there is one that must not be replaced; nothing was written.
    @discardableResult
    private func write(_ text: String, like model: FileRights?, replacing: Bool) throws(Unusable) -> Bool {
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
            guard fchmod(descriptor, mode) == 0, Self.write(Array(text.utf8), to: descriptor), fsync(descriptor) == 0
            else { throw notWritten() }
            if replacing {
                guard rename(draft, target) == 0 else { throw notWritten() }
            } else {
                let isFirst = link(draft, target) == 0
                guard isFirst || errno == EEXIST else { throw notWritten() }
                unlink(draft)
                guard isFirst else { return false }
            }
        } catch {
            unlink(draft)
            throw error
        }
        Self.sync(folder)
        return true
    }

    /// Whether the file is a link to a file that is not there: it looks absent, and its name is taken.
    private var leadsNowhere: Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK && mark() == nil
    }

    private static func nowhere(_ path: String) -> Unusable {
        Unusable(
            summary: "The users' file \(printable(path)) is a link that leads nowhere. Nothing was changed.",
            advice: "Create what it leads to, or remove the link."
        )
    }

    private func notWritten() -> Unusable {
        let reason = String(cString: strerror(errno))
        return Unusable(
            summary: "The users' file \(printable(path)) could not be written: \(reason). It is as it was.",
            advice: "Run the command as a user who may write in its folder: with `sudo`."
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
