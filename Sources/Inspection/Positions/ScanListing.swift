package import DropFolder
package import E57
import Foundation
package import Station

/// What an E57 file holds for `extract: here`, without a picture being read.
package struct ScanListing: Equatable, Sendable {
    /// One place where the scanner stood and made a panorama.
    package struct Position: Equatable, Sendable {
        /// Counts the positions of the file from 1.
        package var number: Int
        /// Unique in the file.
        package var stationID: String
        package var name: String
        /// As the file says, plausible or not; nil where it says nothing.
        package var time: CaptureTime?

        package init(number: Int, stationID: String, name: String, time: CaptureTime? = nil) {
            (self.number, self.stationID, self.name, self.time) = (number, stationID, name, time)
        }
    }

    package var positions: [Position]
    /// Images that are no part of a panorama.
    package var notes: [Problem]
    /// Why the file cannot be read, or holds no position.
    package var problems: [Problem]
    /// Why the file could not be listed now; then nothing else is known.
    package var obstacle: Obstacle?

    /// What is not the file's fault.
    package enum Obstacle: Equatable, Sendable {
        /// The file is no longer that of the snapshot, or the caller stopped: list it again.
        case changed
        /// The disk or share does not respond.
        case unavailable(DropFolderError)
    }

    package init(
        positions: [Position] = [],
        notes: [Problem] = [],
        problems: [Problem] = [],
        obstacle: Obstacle? = nil
    ) {
        (self.positions, self.notes, self.problems, self.obstacle) = (positions, notes, problems, obstacle)
    }

    /// Lists an open file; blocks, but only to read its XML.
    package static func read(_ file: borrowing E57File) -> ScanListing {
        do throws(E57Error) {
            return ScanListing(try file.contents())
        } catch {
            return ScanListing(PositionStop(error, of: nil))
        }
    }

    init(_ reason: PositionStop) {
        switch reason.verdict {
        case .rejected(let problems): self.init(problems: problems)
        case .unavailable(let reason): self.init(obstacle: .unavailable(reason))
        default: self.init(obstacle: .changed)
        }
    }

    private init(_ contents: E57Contents) {
        let found = E57Positions(contents)
        let positions = found.positions.map { source in
            Position(
                number: source.number,
                stationID: source.stationID,
                name: source.name,
                time: source.acquired.flatMap(CaptureTime.init)
            )
        }
        self.init(
            positions: positions,
            notes: contents.notes.map { Problem(.imageSkipped, $0) } + contents.faults.map(\.note)
                + found.skipped.map(\.note)
        )
        if positions.isEmpty {
            problems = [
                Problem(
                    .noPanorama,
                    "The E57 file holds no panorama: no spherical image of a whole sphere, and no six images that show all directions. Export it with "
                        + "panoramas, or ask the operator to set `extract: cdf` or `extract: off`."
                )
            ]
        }
    }
}

extension CaptureTime {
    /// Nil for a date that is none.
    init?(_ time: E57Time) {
        let milliseconds = (time.date.timeIntervalSince1970 * 1000).rounded()
        guard abs(milliseconds) < 1e15 else { return nil }
        self.init(milliseconds: Int64(milliseconds))
    }
}
