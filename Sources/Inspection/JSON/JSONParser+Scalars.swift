extension JSONParser {
    private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")

    mutating func number() throws(JSONRefusal) -> JSONValue.Content {
        let start = position
        let negative = take("-")
        if negative, let byte = current, byte == UInt8(ascii: "I") || byte == UInt8(ascii: "i") { return try word() }
        let firstDigit = position
        try skipDigits()
        if bytes[firstDigit] == UInt8(ascii: "0"), position > firstDigit + 1 {
            throw refusal("a number does not start with 0", at: start)
        }
        if take(".") { try skipDigits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try skipDigits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let value = Double(text), value.isFinite else {
            throw JSONRefusal(kind: .notANumber, message: "\(text.prefix(40)) is too large a number", offset: start)
        }
        return .number(value, spelled: text)
    }

    private mutating func skipDigits() throws(JSONRefusal) {
        let start = position
        while let byte = current, Self.digits.contains(byte) { position += 1 }
        if position == start { throw refusal("a digit is missing in a number") }
    }

    /// Reads `true`, `false` or `null`, and explains what is often written instead.
    mutating func word() throws(JSONRefusal) -> JSONValue.Content {
        let start = position
        if let byte = current, byte == UInt8(ascii: "+") { position += 1 }
        while let byte = current, byte | 0x20 >= 0x61, byte | 0x20 <= 0x7A { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        switch text {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "null": return .null
        default: break
        }
        switch text.lowercased() {
        case "nan", "inf", "infinity", "+inf", "+infinity":
            throw JSONRefusal(kind: .notANumber, message: "\(text) is not a valid number", offset: start)
        case "true", "false", "null", "none":
            throw refusal("\(text) is not JSON: write true, false or null", at: start)
        case "+": throw refusal("a number does not start with +", at: start)
        case "":
            position = start
            guard let byte = current else { throw refusal("a value is missing") }
            if byte == UInt8(ascii: "/") || byte == UInt8(ascii: "#") { throw refusal("JSON has no comments") }
            if byte == UInt8(ascii: "'") { throw refusal("text needs double quotes, not single ones") }
            if byte == UInt8(ascii: ".") { throw refusal("a number does not start with a point: write 0.5") }
            throw refusal("\(Self.shown(byte)) is where a value should be")
        default:
            // A word at the end of the file may be an incomplete `true`.
            guard position < bytes.count else { throw refusal("a value is missing") }
            throw refusal("`\(text.prefix(40))` is not a value: text needs double quotes", at: start)
        }
    }

    mutating func string() throws(JSONRefusal) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = current {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text += String(try escape()).utf8
            case 0..<0x20:
                throw refusal("a text contains a line break, tab or control character", at: position - 1)
            default: text.append(byte)
            }
        }
        throw refusal("a text has no end")
    }

    private mutating func escape() throws(JSONRefusal) -> Unicode.Scalar {
        let start = position - 1
        guard let byte = current else { throw refusal("a text has no end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default: throw refusal("\\\(Self.shown(byte)) is not a valid escape; write a backslash as \\\\", at: start)
        }
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800..<0xDC00).contains(first) else { throw refusal("half of a surrogate pair", at: start) }
        guard position < bytes.count else { throw refusal("a text has no end") }
        guard take("\\"), take("u") else { throw refusal("half of a surrogate pair", at: start) }
        let second = try hexadecimal()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw refusal("half of a surrogate pair", at: start) }
        return scalar
    }

    private mutating func hexadecimal() throws(JSONRefusal) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current else { throw refusal("a text has no end") }
            let digit: UInt8
            switch byte {
            case Self.digits: digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw refusal("\\u needs four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
