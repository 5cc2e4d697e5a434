import Foundation

/// Numbers as plans write them: with a point, whatever the machine's language, and never NaN or −0.
package enum PlanNumber {
    private static let powers: [Double] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000]

    /// A number with at most `decimals` decimals and no zeros at the end.
    package static func text(_ value: Double, decimals: Int) -> String {
        var text: [UInt8] = []
        append(value, decimals: decimals, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// The same, written behind what is there already: a plan has tens of thousands, and formatting by Foundation takes most of its time.
    package static func append(_ value: Double, decimals: Int, to text: inout [UInt8]) {
        guard value.isFinite else { return text.append(UInt8(ascii: "0")) }
        // Exact halves are rounded as C does it.
        let scaled = (abs(value) * powers[decimals]).rounded(.toNearestOrEven)
        // No coordinate has as many digits.
        guard scaled < 9e15 else { return text += Array(String(format: "%.0f", value).utf8) }
        var (digits, decimals) = (Int(scaled), decimals)
        while decimals > 0, digits % 10 == 0 { (digits, decimals) = (digits / 10, decimals - 1) }
        if value < 0, digits > 0 { text.append(UInt8(ascii: "-")) }
        var unit = 1
        for _ in 0..<decimals { unit *= 10 }
        append(digits / unit, to: &text)
        guard decimals > 0 else { return }
        text.append(UInt8(ascii: "."))
        var rest = digits % unit
        while unit > 1 {
            unit /= 10
            text.append(UInt8(ascii: "0") + UInt8(rest / unit))
            rest %= unit
        }
    }

    /// - Parameter number: Not negative.
    package static func append(_ number: Int, to text: inout [UInt8]) {
        var unit = 1
        while number / unit > 9 { unit *= 10 }
        var rest = number
        while unit > 0 {
            text.append(UInt8(ascii: "0") + UInt8(rest / unit))
            rest %= unit
            unit /= 10
        }
    }

    /// A distance in words: `0.5 m`, `380 m`, `1.2 km`.
    package static func distance(_ metres: Double) -> String {
        if metres >= 1000 { return "\(text(metres / 1000, decimals: metres < 10_000 ? 1 : 0)) km" }
        return "\(text(metres, decimals: metres < 10 ? 1 : 0)) m"
    }
}
