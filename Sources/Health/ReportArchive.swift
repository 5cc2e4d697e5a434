import CZlib
package import Foundation
import Glibc

/// A small `tar.gz`: text files, readable by their owner alone.
package struct ReportArchive: Sendable {
    /// Why no archive was written.
    package struct NotWritten: Error, Equatable, CustomStringConvertible {
        package var description: String
    }

    private let folder: String
    private let time: Date
    private var tar: [UInt8] = []
    /// The files in it with their sizes in bytes, in order.
    package private(set) var contents: [(name: String, size: Int)] = []

    /// - Parameters:
    ///   - folder: What all files are in; ASCII, at most 50 characters.
    ///   - time: Of all files.
    package init(folder: String, time: Date) { (self.folder, self.time) = (folder, time) }

    /// - Parameters:
    ///   - name: ASCII, at most 40 characters.
    ///   - text: Already without secrets.
    package mutating func add(_ name: String, _ text: String) {
        let bytes = Array(text.utf8)
        tar += header(folder + "/" + name, size: bytes.count) + bytes
        tar += [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
        contents.append((name, bytes.count))
    }

    /// POSIX ustar.
    private func header(_ name: String, size: Int) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            block.replaceSubrange(offset..<(offset + text.utf8.count), with: text.utf8)
        }
        func octal(_ value: Int, _ digits: Int) -> String {
            let text = String(value, radix: 8)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        put(String(name.utf8.prefix(99).map { Character(UnicodeScalar($0)) }), at: 0)
        put(octal(0o600, 7), at: 100)
        put(octal(0, 7), at: 108)
        put(octal(0, 7), at: 116)
        put(octal(size, 11), at: 124)
        put(octal(max(0, Int(time.timeIntervalSince1970)), 11), at: 136)
        put("0", at: 156)
        put("ustar", at: 257)
        put("00", at: 263)
        // The checksum counts its own field as spaces.
        put("        ", at: 148)
        put(octal(block.reduce(0) { $0 + Int($1) }, 6) + "\0 ", at: 148)
        return block
    }

    /// Writes the archive to a new file that only this user can read.
    ///
    /// - Throws: ``NotWritten``, also where there is a file already: nothing is ever overwritten.
    package func write(to path: String) throws(NotWritten) {
        let bytes = try Self.gzip(tar + [UInt8](repeating: 0, count: 1024))
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw NotWritten(
                description: errno == EEXIST
                    ? "\(path) exists already, and nothing is overwritten. Give another name."
                    : "\(path) cannot be created: \(String(cString: strerror(errno)))."
            )
        }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let reason = String(cString: strerror(errno))
                unlink(path)
                throw NotWritten(description: "\(path) cannot be written: \(reason).")
            }
            rest.removeFirst(count)
        }
    }

    private static func gzip(_ bytes: [UInt8]) throws(NotWritten) -> [UInt8] {
        var stream = z_stream()
        // 16 selects gzip's header. `deflateInit2` is a macro, which Swift does not see.
        let size = Int32(MemoryLayout<z_stream>.size)
        guard deflateInit2_(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK
        else { throw NotWritten(description: "There is not enough memory to compress the archive.") }
        defer { deflateEnd(&stream) }
        var (input, output) = (bytes, [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count)))))
        let status = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                return deflate(&stream, Z_FINISH)
            }
        }
        guard status == Z_STREAM_END else { throw NotWritten(description: "The archive could not be compressed.") }
        return Array(output.prefix(Int(stream.total_out)))
    }
}
