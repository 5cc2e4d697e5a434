/// A rate of transfer.
package struct ByteRate: Sendable, Equatable {
    /// Positive.
    package let bytesPerSecond: Int64

    /// Makes a rate out of a number.
    package init(bytesPerSecond: Int64) { self.bytesPerSecond = bytesPerSecond }

    /// Reads `20Mbit/s`, `500kbit/s`, `4MB/s`, `2.5MiB/s`; nil for anything else, for zero, and for `Mb/s`, of which
    /// nobody knows whether bits or bytes are meant.
    package init?(_ text: String) {
        guard let rate = Quantity(text), rate.unit.lowercased().hasSuffix("/s") else { return nil }
        let unit = rate.unit.dropLast(2)
        let bytes: Int64?
        if unit.lowercased().hasSuffix("bit") {
            guard let factor = UnitPrefix.factor(unit.dropLast(3)) else { return nil }
            bytes = rate.number.scaled(by: factor).map { $0 / 8 }
        } else if unit.hasSuffix("B") {
            guard let factor = UnitPrefix.factor(unit.dropLast()) else { return nil }
            bytes = rate.number.scaled(by: factor)
        } else {
            return nil
        }
        guard let bytes, bytes > 0 else { return nil }
        bytesPerSecond = bytes
    }

    /// As it is written in the file.
    package var text: String { "\(bytesPerSecond)B/s" }
}

/// A number of bytes.
package struct ByteSize: Sendable, Hashable, Comparable {
    /// Positive.
    package let bytes: Int64

    package init(bytes: Int64) { self.bytes = bytes }

    /// Reads `16MiB`, `2GiB`, `500MB`; nil for anything else and for zero.
    package init?(_ text: String) {
        guard let size = Quantity(text), size.unit.hasSuffix("B"),
            let factor = UnitPrefix.factor(size.unit.dropLast()),
            let bytes = size.number.scaled(by: factor), bytes > 0
        else { return nil }
        self.bytes = bytes
    }

    static func mebibytes(_ count: Int64) -> ByteSize { ByteSize(bytes: count << 20) }

    /// As it is written in the file, in the largest unit that keeps it whole.
    package var text: String {
        let units: [(String, Int64)] = [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
        guard let (unit, factor) = units.first(where: { bytes % $0.1 == 0 }) else { return "\(bytes)B" }
        return "\(bytes / factor)\(unit)"
    }

    package static func < (lhs: ByteSize, rhs: ByteSize) -> Bool { lhs.bytes < rhs.bytes }
}

private enum UnitPrefix {
    /// What a prefix (nothing, `k`, `Mi`) stands for, ignoring case.
    static func factor(_ prefix: Substring) -> Int64? {
        switch prefix.lowercased() {
        case "": 1
        case "k": 1000
        case "m": 1_000_000
        case "g": 1_000_000_000
        case "t": 1_000_000_000_000
        case "ki": 1 << 10
        case "mi": 1 << 20
        case "gi": 1 << 30
        case "ti": 1 << 40
        default: nil
        }
    }
}

extension Duration {
    /// Reads `300ms`, `2s`, `5m`, `1h`, `30d`: a whole number and one unit; nil for anything else.
    package init?(configurationText text: String) {
        guard let span = Quantity(text), span.number.fraction.isEmpty, let factor = Self.milliseconds[span.unit],
            let milliseconds = span.number.scaled(by: factor)
        else { return nil }
        self = .milliseconds(milliseconds)
    }

    /// As it is written in the file, in the largest unit that keeps it whole; what is finer than a millisecond is cut off.
    package var configurationText: String {
        let whole = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
        let units: [(String, Int64)] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)]
        guard whole != 0, let (unit, factor) = units.first(where: { whole % $0.1 == 0 }) else {
            return whole == 0 ? "0s" : "\(whole)ms"
        }
        return "\(whole / factor)\(unit)"
    }

    private static var milliseconds: [String: Int64] {
        ["ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
    }
}

/// A number that is not negative, and the unit after it.
struct Quantity: Equatable {
    let number: DecimalText
    let unit: String

    /// Splits `2.5MB/s`, also with one space between; nil without a number in front or a unit after it.
    init?(_ text: String) {
        guard let match = text.wholeMatch(of: /([0-9]{1,15})(?:\.([0-9]{1,6}))? ?([A-Za-z][A-Za-z\/]*)/) else {
            return nil
        }
        guard let whole = Int64(match.1) else { return nil }
        number = DecimalText(whole: whole, fraction: String(match.2 ?? ""))
        unit = String(match.3)
    }
}

/// A decimal number in its digits, so that `2.5` times a million is exact.
struct DecimalText: Equatable {
    let whole: Int64
    /// The digits after the point, at most six.
    let fraction: String

    /// The number times `factor`, cut off to a whole number; nil where it does not fit.
    func scaled(by factor: Int64) -> Int64? {
        let (large, overflow) = whole.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        var denominator: Int64 = 1
        for _ in fraction { denominator *= 10 }
        // At most 10^6 times 2^40: fits.
        let small = (Int64(fraction) ?? 0) * factor / denominator
        let (sum, carry) = large.addingReportingOverflow(small)
        return carry ? nil : sum
    }
}
