import DropFolder
package import Station

/// Checks an E57 file: signature, the header's own length, and the checksum of every page.
///
/// What the points are is CDF's business. A file that passes was copied whole.
package struct PointCloudCheck: Sendable {
    /// The file's absolute path.
    package let path: String

    package init(path: String) { self.path = path }

    /// What came of it.
    package struct Report: Equatable, Sendable {
        package var path: String
        /// Of the file, in bytes; nil where it could not be opened.
        package var size: Int64?
        /// Empty where the file is whole.
        package var problems: [Problem]
        /// Whether more bytes may mend it: a copy that still runs, rights that are missing, a disk that is away.
        package var mayComplete: Bool
    }

    /// Reads the whole file, a mebibyte at a time; blocks.
    ///
    /// - Parameter progress: Told the bytes read so far and of how many, after each mebibyte.
    package func report(progress: (_ done: Int64, _ size: Int64) -> Void = { _, _ in }) -> Report {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let name = String(path[slash...].drop { $0 == "/" })
        var report = Report(path: path, size: nil, problems: [], mayComplete: false)
        do {
            let folder = try OpenFolder(root: String(path[...slash]))
            let file = try RegularFile(name, in: folder)
            report.size = file.stamp.size
            try Self.check(file, progress: progress)
            if try !file.currentStamp().sameContent(as: file.stamp) {
                report.problems = [
                    Problem(.stillWriting, "The file changed while it was read. Let the copy finish.", file: name)
                ]
                report.mayComplete = true
            }
        } catch let refusal as E57Header.Refusal {
            report.problems = [Problem(refusal.code, refusal.message, file: name)]
            report.mayComplete = refusal.code == .e57Truncated
        } catch DropFolderError.notRegular(_, let kind) {
            report.problems = [
                Problem(
                    .notAFile,
                    "This is \(kind.words), not a regular file. Replace it with the file itself.",
                    file: name
                )
            ]
        } catch DropFolderError.noPermission {
            report.problems = [
                Problem(
                    .noPermission,
                    "drop360 has no permission to read the file. Give it permission (`chmod a+r`).",
                    file: name
                )
            ]
            report.mayComplete = true
        } catch {
            report.problems = [Problem("source-unavailable", "\(error)")]
            report.mayComplete = true
        }
        return report
    }

    private static func check(_ file: borrowing RegularFile, progress: (Int64, Int64) -> Void) throws {
        let size = file.stamp.size
        let header = try E57Header(file.read(at: 0, count: E57Header.length), size: size)
        let page = Int(E57Header.pageSize)
        var done: Int64 = 0
        while done < header.fileLength {
            let block = try file.read(at: done, count: Int(min(1 << 20, header.fileLength - done)))
            // Whole pages were asked for: fewer bytes are a file that shrank, which the stamp tells.
            guard block.count % page == 0, !block.isEmpty else { return }
            if let bad = firstDamagedPage(in: block, pageSize: page) {
                let number = done / E57Header.pageSize + Int64(bad)
                throw E57Header.Refusal(
                    .e57Damaged,
                    "The checksum of page \(number) of \(header.fileLength / E57Header.pageSize) is wrong. Copy the file again; if that does not help, export it again."
                )
            }
            done += Int64(block.count)
            progress(done, size)
        }
    }

    /// The number of the first page whose last four bytes, big-endian, are not the checksum of the others.
    static func firstDamagedPage(in block: [UInt8], pageSize: Int) -> Int? {
        block.withUnsafeBytes { bytes in
            (0..<bytes.count / pageSize).first { number in
                let content = UnsafeRawBufferPointer(rebasing: bytes[number * pageSize..<(number + 1) * pageSize - 4])
                let stored = bytes.loadUnaligned(fromByteOffset: (number + 1) * pageSize - 4, as: UInt32.self)
                return CRC32C.of(content) != UInt32(bigEndian: stored)
            }
        }
    }
}
