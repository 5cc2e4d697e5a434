import DropFolder
import E57
import Synchronization

/// The positions of the file that was read last: a scan is inspected position by position, and its XML may be long.
final class LastPositions: Sendable {
    private let known = Mutex<(file: FileSnapshot, positions: [E57Position])?>(nil)

    /// The positions of `file`; `read` is called only if another file, or this one as it was before, was read last.
    func positions(
        of file: FileSnapshot,
        read: () throws(E57Error) -> [E57Position]
    ) throws(E57Error) -> [E57Position] {
        if let known = known.withLock({ $0 }), known.file == file { return known.positions }
        let positions = try read()
        known.withLock { $0 = (file, positions) }
        return positions
    }
}
