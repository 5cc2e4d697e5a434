import DropFolder
import Foundation
import Ledger
import Station
import TestSupport
import Timing

@testable import AfterDelivery

/// An inbox with a delivered station, and a folder beside it.
final class ClearingScene: Sendable {
    let desk: Desk
    let done: TemporaryFolder

    init() throws {
        desk = try Desk()
        done = try TemporaryFolder()
    }

    func clearer(_ way: ClearingRule.Way? = nil) -> Clearer {
        Clearer(
            ledger: desk.ledger,
            rules: [
                ClearingRule(inbox: desk.inbox.path, way: way ?? .move(to: done.path), ignore: IgnoreRules())
            ],
            timeSource: desk.timeSource,
            steady: { [clock = desk.clock] in clock.now.offset },
            isLost: { _ in false },
            changed: { _ in },
            logger: Desk.silent,
            bell: Doorbell()
        )
    }

    @discardableResult
    func deliver(_ path: String, seed: Int = 1) async throws -> ItemRecord {
        let station = try await InspectedStation.write(to: desk.inbox, named: path, .init(seed: seed))
        try await desk.record(path, .accepted(.station(station.capture)), stamp: station.stamp.rawValue)
        return try await desk.deliver(path)
    }

    /// A folder that may be removed later.
    func emptied() async throws -> EmptiedFolder? {
        try await desk.ledger.emptiedFolder(of: desk.inbox.path, before: desk.clock.date + 86400)
    }

    func events(_ path: String) async throws -> [String] {
        try await desk.ledger.history(of: desk.station(path).id).map(\.event)
    }
}
