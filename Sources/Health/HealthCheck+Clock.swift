package import ConfigFile
package import Foundation
import Station
import Status

// The clock: the time, and the zone.
extension HealthCheck {
    /// Tokens, signatures and the times in the ledger need a clock that is right to within a few minutes.
    static func clock(ahead: TimeInterval?) -> Finding {
        guard let ahead else { return Finding("clock", .warning, "CDF did not report its time.") }
        let words =
            abs(ahead) < 5
            ? "This machine's clock agrees with CDF's to within 5 s."
            : "This machine's clock is \(StoryWords.span(abs(ahead))) \(ahead > 0 ? "ahead of" : "behind") CDF's."
        guard abs(ahead) >= 60 else { return Finding("clock", .good, words) }
        return Finding(
            "clock",
            abs(ahead) < 300 ? .warning : .bad,
            abs(ahead) < 300
                ? words : words + " CDF and the identity provider may refuse to sign in, and capture times look wrong.",
            advice: "sudo timedatectl set-ntp true; then look whether it works: timedatectl timesync-status"
        )
    }

    /// What times of the day are meant by, where the configuration names some.
    ///
    /// - Parameters:
    ///   - configuration: The daemon's.
    ///   - zone: This machine's.
    package static func timeZone(_ configuration: Configuration, _ zone: TimeZone = .current) -> Finding? {
        guard configuration.upload.timetable != nil else { return nil }
        let name = zone.identifier
        guard ["GMT", "UTC", "Etc/UTC", "Etc/GMT"].contains(name) else {
            return Finding(
                "time zone",
                .good,
                "`upload.timetable` is by this machine's local time: \(printable(name))."
            )
        }
        return Finding(
            "time zone",
            .warning,
            "`upload.timetable` is by this machine's local time, and that is UTC.",
            advice:
                "If the times in it are not meant so: sudo timedatectl set-timezone Europe/Oslo; then sudo systemctl restart drop360"
        )
    }
}
