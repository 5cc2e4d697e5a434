import Foundation

/// How long to wait between the tries of one request.
enum Backoff {
    /// Full jitter: uniform in 0…min(0.5 s · 2ⁿ, 30 s) before try n+1; the server's `Retry-After` takes precedence.
    ///
    /// - Parameters:
    ///   - attempt: Tries made so far, from 1.
    ///   - retryAfter: What the server asked for.
    ///   - random: Uniform in 0..<1.
    static func pause(afterAttempt attempt: Int, retryAfter: Duration?, random: Double) -> Duration {
        let ceiling = min(0.5 * pow(2, Double(attempt)), 30)
        let jitter = Duration.milliseconds(Int64(ceiling * random * 1000))
        // A little on top of Retry-After, so that clients with the same value do not all come back at the same time.
        guard let retryAfter else { return jitter }
        return retryAfter + .milliseconds(Int64(250 * random))
    }

    /// The longest `Retry-After` that is waited for inside a request; a longer one postpones the station instead.
    static let longestInside = Duration.seconds(60)

    /// Reads a `Retry-After` header: seconds, or an HTTP date.
    static func retryAfter(_ header: String?, now: Date) -> Duration? {
        guard let header = header?.trimmingCharacters(in: .whitespaces), !header.isEmpty else { return nil }
        if let seconds = Double(header), seconds.isFinite {
            return .milliseconds(Int64(max(0, min(seconds, 86400)) * 1000))
        }
        guard let date = httpDate(header) else { return nil }
        return .milliseconds(Int64(max(0, min(date.timeIntervalSince(now), 86400)) * 1000))
    }

    /// Reads the date of a header: `Wed, 25 Nov 2026 19:00:00 GMT`.
    static func httpDate(_ text: String) -> Date? {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 0)
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        return format.date(from: text)
    }
}
