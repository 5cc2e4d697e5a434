import Foundation

/// Numbers as plans write them: with a point, whatever the machine's language, and never NaN or −0.
package enum PlanNumber {
    /// A number with at most `decimals` decimals and no zeros at the end.
    package static func text(_ value: Double, decimals: Int) -> String {
        guard value.isFinite else { return "0" }
        var text = String(format: "%.\(decimals)f", value)
        if text.contains(".") {
            while text.hasSuffix("0") { text.removeLast() }
            if text.hasSuffix(".") { text.removeLast() }
        }
        return text == "-0" ? "0" : text
    }

    /// A distance in words: `0.5 m`, `380 m`, `1.2 km`.
    package static func distance(_ metres: Double) -> String {
        if metres >= 1000 { return "\(text(metres / 1000, decimals: metres < 10_000 ? 1 : 0)) km" }
        return "\(text(metres, decimals: metres < 10 ? 1 : 0)) m"
    }
}
