import Foundation
import Glibc
import Station

/// Where an export goes: standard output, or a file that appears under its name once all of it is on the disk.
final class ExportOutput {
    /// Why an export could not be written.
    struct Failure: Error, Equatable, CustomStringConvertible {
        var path: String?
        var errorNumber: Int32

        var description: String {
            let place = path.map { printable($0) } ?? "standard output"
            let advice =
                path == nil
                ? "" : " Nothing of it was left behind. Check the folder, its permissions and its free space."
            return "The export could not be written to \(place): \(String(cString: strerror(errorNumber))).\(advice)"
        }
    }

    private let path: String?
    private let partPath: String?
    private let descriptor: Int32
    private var buffer = ""
    private var isDone = false

    /// - Parameter path: Absolute; nil for standard output.
    init(_ path: String?) throws(Failure) {
        self.path = path
        guard let path else {
            partPath = nil
            descriptor = STDOUT_FILENO
            return
        }
        let part = path + ".part-\(getpid())"
        partPath = part
        descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            isDone = true
            throw Failure(path: path, errorNumber: errno)
        }
    }

    func write(_ text: String) throws(Failure) {
        buffer += text
        if buffer.utf8.count > 64 << 10 { try flush() }
    }

    /// Writes what is left; a file gets its name.
    func finish() throws(Failure) {
        try flush()
        guard let path, let partPath else { return }
        guard fsync(descriptor) == 0, rename(partPath, path) == 0 else {
            throw Failure(path: path, errorNumber: errno)
        }
        isDone = true
        close(descriptor)
    }

    private func flush() throws(Failure) {
        guard put(buffer, to: descriptor) else { throw Failure(path: path, errorNumber: errno) }
        buffer = ""
    }

    deinit {
        guard let partPath, !isDone else { return }
        close(descriptor)
        unlink(partPath)
    }
}
