import Foundation

/// Detects angles that are too large to be degrees.
enum AngleRange {
    /// The allowed rounding error: degrees.
    private static let rounding = 1e-3

    /// What is wrong with an angle that should be at most `limit` degrees either way, as the rest of a sentence; nil if nothing.
    static func objection(to angle: Double, limit: Double) -> String? {
        guard abs(angle) > limit + rounding else { return nil }
        let shown = String(format: "%.6g", angle)
        let most = limit < 360 ? "but pitch is from -90 to 90 degrees" : "but a full turn has 360 degrees"
        func like(_ unit: String, _ degrees: Double) -> String {
            "\(shown), \(most). It looks like \(unit), which would be \(String(format: "%.6g", degrees)) degrees. Write degrees."
        }
        let (gon, mils) = ("gon (400 to a turn)", "mils (6400 to a turn)")
        if limit < 360 {
            // -0.5 written as 359.5.
            if (270...360 + rounding).contains(angle) {
                return "\(shown), \(most): write \(String(format: "%.6g", angle - 360))."
            }
            if abs(angle) <= 100 { return like(gon, angle * 0.9) }
            if abs(angle) > 360, abs(angle) <= 1600 { return like(mils, angle * 360 / 6400) }
            return "\(shown), \(most): write degrees above the horizon."
        }
        if abs(angle) <= 400 { return like(gon, angle * 0.9) }
        if abs(angle) <= 6400 { return like(mils, angle * 360 / 6400) }
        return "\(shown), \(most): write degrees."
    }
}
