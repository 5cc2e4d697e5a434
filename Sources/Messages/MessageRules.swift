package import Foundation
import Station

/// When something is worth a message, in seconds.
package struct MessageRules: Equatable, Sendable {
    /// How long an outage lasts before it is told.
    package var offlineAfter: TimeInterval
    /// How long an inbox is lost before that is told.
    package var lostAfter: TimeInterval = 60
    /// Stations with one cause are gathered until none has come for this long.
    package var quiet: TimeInterval = 10
    /// They are gathered no longer than this.
    package var longestGathering: TimeInterval = 300
    /// Between two messages about refusals with one cause.
    package var betweenRefusals: TimeInterval = 900
    /// Between two messages about failures with one cause: they are rarely the station's own.
    package var betweenFailures: TimeInterval = 3600
    /// Less free space than this is told, in bytes.
    package var diskLow: Int64

    package init(offlineAfter: TimeInterval = 600, diskLow: Int64 = 1 << 30) {
        self.offlineAfter = offlineAfter
        self.diskLow = diskLow
    }

    func pause(after cause: Cause) -> TimeInterval { cause.event == .failed ? betweenFailures : betweenRefusals }
}
