import Foundation
import Glibc
import Station

/// The file that `dashboard.users-file` names: read, and replaced as a whole.
package struct UsersFile: Sendable {
    /// Why the file cannot be used.
    package struct Unusable: Error, Equatable {
        package var isMissing = false
        /// What is wrong, as a sentence.
        package var summary: String
        /// What to do, as a sentence.
        package var advice: String
    }

    /// What distinguishes one version of the file from the next without reading it.
    package struct Mark: Sendable, Equatable {
        var (device, inode, size): (UInt64, UInt64, Int64)
        var (modified, changed): (Int64, Int64)
    }

    package let path: String

    package init(_ path: String) { self.path = path }

    private var shown: String { printable(path) }
    /// In commands to paste.
    private var word: String { shellWord(path) }

    /// The mark of the file as it is now; nil where there is none.
    package func mark() -> Mark? {
        var status = stat()
        return stat(path, &status) == 0 ? Mark(status) : nil
    }

    /// Reads the file, which only its owner and its group may be allowed to read.
    package func read() throws(Unusable) -> (list: UserList, text: String, mark: Mark) {
        let (text, mark) = try contents()
        do throws(UserList.Unusable) {
            let list = try UserList(text)
            guard !list.users.isEmpty else { throw UserList.Unusable(words: "has no users") }
            return (list, text, mark)
        } catch {
            throw Unusable(
                summary:
                    "The users' file \(shown) cannot be used: \(error.line.map { "line \($0)" } ?? "it") \(error.words).",
                advice: "Correct it, or add a user with `drop360 dashboard add-user NAME`."
            )
        }
    }

    /// The file's text; the rights are checked, and nothing of what it says is.
    package func contents() throws(Unusable) -> (text: String, mark: Mark) {
        // Without O_NONBLOCK a FIFO that nobody writes to would block for ever.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            let code = errno
            throw Unusable(
                isMissing: code == ENOENT,
                summary: "The users' file \(shown) could not be read: \(String(cString: strerror(code))).",
                advice: code == ENOENT
                    ? "Create it with `drop360 dashboard add-user NAME`."
                    : "Let the user that drop360 runs as read it: `chgrp drop360 \(word) && chmod 0640 \(word)`."
            )
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Unusable(summary: "The users' file \(shown) is not a regular file.", advice: "Name another one.")
        }
        guard status.st_mode & 0o007 == 0 else {
            throw Unusable(
                summary: "Every user of this machine may read or change the users' file \(shown).",
                advice: "Close it: `chmod o= \(word)`."
            )
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while bytes.count <= UserList.mostBytes {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 {
                let code = errno
                if code == EINTR { continue }
                // A part of the list would look like all of it, and the next change would delete the others.
                throw Unusable(
                    summary: "The users' file \(shown) could not be read: \(String(cString: strerror(code))).",
                    advice: "Check its disk."
                )
            }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        guard bytes.count <= UserList.mostBytes, let text = String(validating: bytes, as: UTF8.self) else {
            throw Unusable(
                summary: "The users' file \(shown) is not a text of at most \(UserList.mostBytes >> 10) KiB.",
                advice: "Is it the right file?"
            )
        }
        return (text, Mark(status))
    }
}

extension UsersFile.Mark {
    fileprivate init(_ status: stat) {
        (device, inode, size) = (UInt64(status.st_dev), UInt64(status.st_ino), Int64(status.st_size))
        modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        changed = Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
    }
}
