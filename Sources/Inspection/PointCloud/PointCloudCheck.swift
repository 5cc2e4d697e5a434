package import DropFolder
import E57
package import Station

/// Checks an E57 file: signature, the header's own length, and the checksum of every page.
///
/// What the points are is CDF's business. A file that passes was copied whole.
package struct PointCloudCheck: Sendable {
    private let item: ItemPath
    /// What the file was when it was found; nil to take it as it is.
    private let expected: FileStamp?

    /// - Parameter item: Links are followed up to its inbox, and none below it.
    package init(_ item: ItemPath) {
        self.item = item
        expected = nil
    }

    /// Checks the file that was found, and no other one in its place.
    package init(_ snapshot: FileSnapshot) {
        item = snapshot.item
        expected = snapshot.fileStamp
    }

    /// What came of it.
    package struct Report: Equatable, Sendable {
        package var path: String
        /// Of the file, in bytes; nil where it could not be opened.
        package var size: Int64?
        /// Empty where the file is whole.
        package var problems: [Problem]
        /// Whether more bytes may fix it: a copy that still runs, rights that are missing, a disk that is away.
        package var mayComplete: Bool

        package init(path: String, size: Int64?, problems: [Problem], mayComplete: Bool) {
            self.path = path
            self.size = size
            self.problems = problems
            self.mayComplete = mayComplete
        }
    }

    /// Reads the whole file, a mebibyte at a time; blocks.
    ///
    /// - Parameters:
    ///   - stop: Ends it between two pieces.
    ///   - progress: Called with the bytes read so far and of how many, after each mebibyte.
    /// - Returns: Nil where it was stopped.
    package func report(
        stop: StopSignal = StopSignal(),
        progress: (_ done: Int64, _ size: Int64) -> Void = { _, _ in }
    ) -> Report? {
        let name = String(item.path.split(separator: "/").last ?? "")
        var report = Report(path: path, size: nil, problems: [], mayComplete: false)
        do {
            let file = try RegularFile(at: item)
            report.size = file.stamp.size
            let refusal = try Self.refusal(of: file, stop: stop, progress: progress)
            // A file that is being written looks damaged as well.
            if try file.currentStamp() != file.stamp || !file.stamp.sameContent(as: expected ?? file.stamp) {
                report.problems = [
                    Problem(.stillWriting, "The file changed while it was read. Let the copy finish.", file: name)
                ]
                report.mayComplete = true
            } else if let refusal {
                report.problems = [Problem(Self.code(refusal.kind), refusal.description, file: name)]
                report.mayComplete = refusal.kind == .truncated
            }
        } catch is Interruption {
            return nil
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

    private var path: String { (item.inbox == "/" ? "" : item.inbox) + "/" + item.path }

    /// What is wrong with the file's content; nil where nothing is.
    private static func refusal(
        of file: borrowing RegularFile,
        stop: StopSignal,
        progress: (Int64, Int64) -> Void
    ) throws -> E57Error? {
        let size = file.stamp.size
        let head = try file.read(at: 0, count: E57Header.length)
        let header: E57Header
        do throws(E57Error) {
            header = try E57Header(head, size: size)
        } catch {
            return error
        }
        let page = Int(E57Header.pageSize)
        var done: Int64 = 0
        while done < header.fileLength {
            try stop.check()
            let block = try file.read(at: done, count: Int(min(1 << 20, header.fileLength - done)))
            // Whole pages were asked for: fewer bytes are a file that shrank, which the stamp tells.
            guard block.count % page == 0, !block.isEmpty else { return nil }
            if let bad = E57Pages.firstDamaged(in: block) {
                let number = done / E57Header.pageSize + Int64(bad)
                return E57Error(
                    .damaged,
                    "The checksum of page \(number) of \(header.fileLength / E57Header.pageSize) is wrong. Copy the file again; if that does not help, export it again."
                )
            }
            done += Int64(block.count)
            progress(done, size)
        }
        return nil
    }

    private static func code(_ kind: E57Error.Kind) -> String {
        switch kind {
        case .format: ProblemCode.e57Format.rawValue
        case .truncated: ProblemCode.e57Truncated.rawValue
        case .length: ProblemCode.e57Length.rawValue
        case .damaged, .tooLarge: ProblemCode.e57Damaged.rawValue
        case .unreadable: "source-unavailable"
        }
    }
}
