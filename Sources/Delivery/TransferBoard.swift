import Foundation
package import Ledger
import Synchronization

/// What is being sent right now, for displays and the watchdog.
package final class TransferBoard: Sendable {
    /// One station being sent.
    package struct Transfer: Equatable, Sendable {
        package var station: ItemNumber
        package var path: String
        /// Bytes of the files that were still to be sent.
        package var total: Int64
        package var sent: Int64
    }

    /// The scan that is being read right now.
    package struct Reading: Equatable, Sendable {
        package var scan: ItemNumber
        package var path: String
        /// From 1.
        package var position: Int
        package var count: Int
    }

    /// All transfers at one moment.
    package struct Picture: Equatable, Sendable {
        package var transfers: [Transfer] = []
        package var reading: Reading?
        /// Bytes handed to the network since the start, including retries.
        package var bytes: Int64 = 0
        /// Counts every piece of progress; what the watchdog looks at.
        package var steps: UInt64 = 0
    }

    private let picture = Mutex(Picture())

    package init() {}

    package var now: Picture { picture.withLock { $0 } }

    func begin(_ station: ItemNumber, path: String, total: Int64) {
        picture.withLock {
            $0.transfers.append(Transfer(station: station, path: path, total: total, sent: 0))
            $0.steps += 1
        }
    }

    func add(_ bytes: Int64, to station: ItemNumber) {
        picture.withLock { picture in
            if bytes > 0 { picture.bytes += bytes }
            picture.steps += 1
            if let index = picture.transfers.firstIndex(where: { $0.station == station }) {
                picture.transfers[index].sent += bytes
            }
        }
    }

    /// Counts bytes of the station that CDF had accepted before, perhaps in an earlier run: sent, but not now.
    func addTaken(_ bytes: Int64, of station: ItemNumber) {
        picture.withLock { picture in
            picture.steps += 1
            if let index = picture.transfers.firstIndex(where: { $0.station == station }) {
                picture.transfers[index].sent += bytes
            }
        }
    }

    func end(_ station: ItemNumber) {
        picture.withLock {
            $0.transfers.removeAll { $0.station == station }
            $0.steps += 1
        }
    }

    /// Shows which position of a scan is read next.
    package func beginReading(_ scan: ItemNumber, path: String, position: Int, of count: Int) {
        picture.withLock {
            $0.reading = Reading(scan: scan, path: path, position: position, count: count)
            $0.steps += 1
        }
    }

    /// Shows that no scan is being read.
    package func endReading() {
        picture.withLock {
            $0.reading = nil
            $0.steps += 1
        }
    }

    func step() { picture.withLock { $0.steps += 1 } }
}
