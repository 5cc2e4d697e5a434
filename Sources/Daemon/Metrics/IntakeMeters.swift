import CoreMetrics
import DropFolder
import Foundation
import Ledger
import Meters
import Station

/// What the intake counts: how long it took from the last change of an item's files until the item was accepted.
struct IntakeMeters: Sendable {
    private static let detection = MetricDeclaration(
        "drop360_detection_seconds",
        .histogram(upTo: [1, 2.5, 5, 10, 30, 60, 300, 1800, 3600]),
        help: "From the last change of an item's files, or the daemon's start if that was later, until it was accepted."
    )
    static let declarations = [detection]

    private let duration: CoreMetrics.Timer
    /// What was dropped while no daemon ran was not detected late.
    private let started: Date

    /// - Parameters:
    ///   - factory: Where the counts go; without one, nowhere.
    ///   - started: The start of the daemon.
    init(_ factory: any MetricsFactory = NOOPMetricsHandler.instance, started: Date = .distantPast) {
        duration = CoreMetrics.Timer(label: Self.detection.name, factory: factory)
        self.started = started
    }

    /// Called when an item was recorded; counts it if its content was accepted just now.
    ///
    /// - Parameters:
    ///   - record: As it was recorded.
    ///   - changed: When its files last changed, by the clock of their disk.
    ///   - begun: When recording it began: what had been accepted before has an earlier date.
    func note(_ record: ItemRecord, changed: Date?, since begun: Date) {
        // The ledger's dates have milliseconds.
        guard case .accepted = record.state, let changed, record.changedAt.timeIntervalSince(begun) > -0.001
        else { return }
        // A share's clock may be ahead.
        duration.recordSeconds(max(0, record.changedAt.timeIntervalSince(max(changed, started))))
    }
}

extension FolderSnapshot {
    /// When a file of the station last changed, or was put under its name; nil for a folder without files.
    var lastChange: Date? {
        entries.filter { $0.stamp.kind == .file }.map(\.stamp.changed).max().map(Date.init(nanoseconds:))
    }
}

extension FileSnapshot {
    /// When the file or its sidecar last changed.
    var lastChange: Date { Date(nanoseconds: max(fileStamp.changed, sidecar?.stamp.changed ?? fileStamp.changed)) }
}

extension Date {
    fileprivate init(nanoseconds: Int64) { self.init(timeIntervalSince1970: Double(nanoseconds) / 1_000_000_000) }
}
