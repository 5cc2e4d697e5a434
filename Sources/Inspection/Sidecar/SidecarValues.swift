import Foundation
import Station

/// Typed values from a sidecar's fields; an invalid value is refused and returned as nil.
extension SidecarFields {
    mutating func number(_ key: String, _ findings: inout SidecarFindings) -> Double? {
        guard let value = take(key) else { return nil }
        return Self.number(value, called: name(key), &findings)
    }

    static func number(_ value: JSONValue, called name: String, _ findings: inout SidecarFindings) -> Double? {
        switch value.content {
        case .number(let number, _): return number
        case .string(let text):
            let trimmed = text.trimmingCharacters(in: .whitespaces)
            let shown = printable(trimmed, limit: 40)
            if let number = Double(trimmed) {
                let advice = number.isFinite ? "remove the quotes." : "write a number."
                findings.refuse(.numberInText, "\(name) is \"\(shown)\" in quotes: \(advice)", at: value.offset)
            } else if Double(trimmed.replacing(",", with: ".")) != nil {
                findings.refuse(
                    .numberInText,
                    "\(name) is \"\(shown)\", a text with a decimal comma: write "
                        + "\(printable(trimmed.replacing(",", with: "."), limit: 40)) without quotes.",
                    at: value.offset
                )
            } else {
                findings.refuse(
                    .valueInvalid,
                    "\(name) is the text \"\(shown)\", but must be a number.",
                    at: value.offset
                )
            }
        default:
            findings.refuse(.valueInvalid, "\(name) is \(value.words), but must be a number.", at: value.offset)
        }
        return nil
    }

    /// Text; with `allowingNumber` also a whole number as written, since ids are often numbers.
    mutating func text(_ key: String, allowingNumber: Bool = false, _ findings: inout SidecarFindings) -> String? {
        guard let value = take(key) else { return nil }
        switch value.content {
        case .string(let text): return text
        case .number(_, let spelled) where allowingNumber && spelled.allSatisfy({ $0.isNumber || $0 == "-" }):
            return spelled
        default:
            findings.refuse(
                .valueInvalid,
                "\(name(key)) is \(value.words), but must be text in quotes.",
                at: value.offset
            )
            return nil
        }
    }

    /// The time that a number at `key` counts from 1970, without marking it as known; nil if there is no such number.
    func instant(_ key: String) -> CaptureTime? {
        guard case .number(_, let spelled) = peek(key), case .time(let time) = PoseTime.number(spelled) else {
            return nil
        }
        return time
    }

    /// The fields of the object at `key`; nil, with a problem, if it is something else.
    mutating func object(_ key: String, _ findings: inout SidecarFindings) -> SidecarFields? {
        guard let value = take(key) else { return nil }
        guard case .object(let members) = value.content else {
            findings.refuse(.valueInvalid, "\(name(key)) is \(value.words), but must be an object.", at: value.offset)
            return nil
        }
        return inner(members, key: key, offset: value.offset, &findings)
    }

    func inner(
        _ members: [JSONMember],
        key: String,
        offset: Int,
        _ findings: inout SidecarFindings
    ) -> SidecarFields {
        SidecarFields(members, path: path.isEmpty ? key : "\(path).\(key)", offset: offset, findings: &findings)
    }

    /// The three numbers `\(prefix)X`, `\(prefix)Y`, `\(prefix)Z`; nil, with a problem, if one is missing or not a number.
    ///
    /// With an empty prefix: `x`, `y`, `z`.
    mutating func triple(
        prefix: String,
        missing code: ProblemCode,
        default fallback: Double? = nil,
        _ findings: inout SidecarFindings
    ) -> Vector3? {
        var numbers: [Double?] = []
        for axis in ["x", "y", "z"] {
            let key = prefix.isEmpty ? axis : prefix + axis.uppercased()
            if has(key) {
                numbers.append(number(key, &findings))
            } else {
                markKnown([key])
                numbers.append(fallback)
                if fallback == nil {
                    findings.refuse(code, "\(name(key)) is missing: give all three of x, y and z.", at: offset)
                }
            }
        }
        guard let x = numbers[0], let y = numbers[1], let z = numbers[2] else { return nil }
        return Vector3(x: x, y: y, z: z)
    }

    /// The three numbers of a list.
    static func triple(
        _ list: [JSONValue],
        called name: String,
        code: ProblemCode,
        at offset: Int,
        _ findings: inout SidecarFindings
    ) -> Vector3? {
        guard list.count == 3 else {
            let hint = list.count > 3 ? " Decimal commas? Use decimal points." : ""
            findings.refuse(code, "\(name) needs three numbers, not \(list.count).\(hint)", at: offset)
            return nil
        }
        var numbers: [Double] = []
        for (value, axis) in zip(list, ["x", "y", "z"]) {
            if let number = number(value, called: "\(name) (\(axis))", &findings) { numbers.append(number) }
        }
        return numbers.count == 3 ? Vector3(x: numbers[0], y: numbers[1], z: numbers[2]) : nil
    }
}
