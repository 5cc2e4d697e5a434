import Foundation
import Station

/// Reads the cube's rotation, in exactly one of the forms, and converts it to CDF's angles.
enum RotationReader {
    /// The translation in a 16-number matrix, in the sidecar's unit of length.
    enum MatrixTranslation: Equatable {
        /// There is no such matrix.
        case none
        case carried(Vector3)
        /// There is one, but its numbers are wrong and were refused.
        case unreadable
    }

    struct Reading {
        var angles: EulerAngles?
        var matrixTranslation = MatrixTranslation.none
    }

    /// A form, identified by its key.
    enum Form: String, CaseIterable {
        case flatEuler = "eulerRotationX/Y/Z"
        case eulerRotation
        case euler
        case quaternion
        case heading
        case matrix

        var keys: [String] {
            switch self {
            case .flatEuler: ["eulerRotationX", "eulerRotationY", "eulerRotationZ"]
            case .heading: ["heading", "pitch", "roll"]
            default: [rawValue]
            }
        }
    }

    static func read(_ fields: inout SidecarFields, _ findings: inout SidecarFindings) -> Reading {
        var inner = SidecarFields([], path: "rotation", offset: fields.offset, findings: &findings)
        if let value = fields.take("rotation") {
            guard case .object(let members) = value.content else {
                refuseBare(value, &findings)
                _ = forms(in: &fields)
                return Reading()
            }
            inner = fields.inner(members, key: "rotation", offset: value.offset, &findings)
        }
        let (outside, inside) = (forms(in: &fields), forms(in: &inner))
        let frame = LocalFrameReader.Statement(fields: &fields, inner: &inner)
        defer { inner.noteUnknown(into: &findings) }
        guard outside.count + inside.count <= 1 else {
            let names = (outside.map { "`\($0.rawValue)`" } + inside.map { "`rotation.\($0.rawValue)`" })
            findings.refuse(
                .rotationAmbiguous,
                "The rotation is given in more than one form (\(names.joined(separator: ", "))): keep one."
            )
            inner.markKnown(["unit"])
            return Reading()
        }
        if let form = outside.first { return read(form, &fields, unit: nil, frame, &findings) }
        let unitOffset = inner.offset(of: "unit")
        let unit = inner.text("unit", &findings)
        guard let form = inside.first else {
            findings.refuse(
                .rotationMissing,
                "There is no `rotation`: add one of heading (degrees), quaternion, matrix, euler or eulerRotationX/Y/Z."
            )
            return Reading()
        }
        if unit != nil, form == .quaternion || form == .matrix {
            findings.refuse(
                .unitUnknown,
                "`rotation.unit` does not apply to a \(form.rawValue): remove it.",
                at: unitOffset
            )
        }
        return read(form, &inner, unit: unit, frame, &findings)
    }

    /// The forms present; their keys count as known from now on.
    private static func forms(in fields: inout SidecarFields) -> [Form] {
        fields.markKnown(Form.allCases.flatMap(\.keys))
        return Form.allCases.filter { form in form.keys.contains { fields.has($0) } }
    }

    private static func refuseBare(_ value: JSONValue, _ findings: inout SidecarFindings) {
        if case .array(let list) = value.content, list.count == 4 {
            findings.refuse(
                .quaternionUnnamed,
                "`rotation` is a list of four numbers, and it is unclear which one is w: write "
                    + "{\"quaternion\": {\"w\": …, \"x\": …, \"y\": …, \"z\": …}}.",
                at: value.offset
            )
        } else {
            findings.refuse(
                .rotationInvalid,
                "`rotation` is \(value.words) without the name of its form: write, for instance, {\"heading\": 90} or "
                    + "{\"euler\": {\"x\": …, \"y\": …, \"z\": …, \"unit\": \"degrees\"}}.",
                at: value.offset
            )
        }
    }

    private static func read(
        _ form: Form,
        _ fields: inout SidecarFields,
        unit: String?,
        _ frame: LocalFrameReader.Statement,
        _ findings: inout SidecarFindings
    ) -> Reading {
        switch form {
        case .flatEuler, .eulerRotation, .euler:
            let angles = EulerReader.read(form, &fields, unit: unit, &findings)
            guard frame.isCDF(notApplyingTo: "Euler angles", &findings) else { return Reading() }
            return Reading(angles: angles)
        case .heading:
            let angles = readHeading(&fields, unit: unit, &findings)
            guard frame.isCDF(notApplyingTo: "heading, pitch and roll", &findings) else { return Reading() }
            return Reading(angles: angles)
        case .quaternion:
            guard let value = fields.take("quaternion") else { return Reading() }
            guard case .object(let members) = value.content else {
                findings.refuse(
                    .quaternionUnnamed,
                    "\(fields.name("quaternion")) is \(value.words), and it is unclear which one is w: write "
                        + "{\"w\": …, \"x\": …, \"y\": …, \"z\": …}.",
                    at: value.offset
                )
                return Reading()
            }
            var inner = fields.inner(members, key: "quaternion", offset: value.offset, &findings)
            let local = readQuaternion(&inner, &findings)
            let turned = frame.joined(by: &inner).applied(to: local, &findings)
            inner.noteUnknown(into: &findings)
            return Reading(angles: turned?.eulerAngles)
        case .matrix:
            guard let value = fields.take("matrix") else { return Reading() }
            let (local, translation) = MatrixReader.read(value, called: fields.name("matrix"), &findings)
            return Reading(angles: frame.applied(to: local, &findings)?.eulerAngles, matrixTranslation: translation)
        }
    }

    private static func readQuaternion(
        _ fields: inout SidecarFields,
        _ findings: inout SidecarFindings
    ) -> Rotation? {
        var numbers: [Double] = []
        for key in ["w", "x", "y", "z"] {
            if fields.has(key) {
                if let number = fields.number(key, &findings) { numbers.append(number) }
            } else {
                findings.refuse(
                    .rotationInvalid,
                    "\(fields.name(key)) is missing: a quaternion needs w, x, y and z.",
                    at: fields.offset
                )
            }
        }
        guard numbers.count == 4 else { return nil }
        let length = numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard abs(length - 1) <= 1e-3 else {
            findings.refuse(
                .quaternionNotUnit,
                "The quaternion has the length \(shown(length)), not 1: copy all digits of w, x, y and z.",
                at: fields.offset
            )
            return nil
        }
        return Rotation(quaternionW: numbers[0], x: numbers[1], y: numbers[2], z: numbers[3])
    }

    private static func readHeading(
        _ fields: inout SidecarFields,
        unit: String?,
        _ findings: inout SidecarFindings
    ) -> EulerAngles? {
        if let unit, AngleUnit(unit) != .degrees {
            findings.refuse(.unitUnknown, "heading, pitch and roll are in degrees: convert them and remove `unit`.")
        }
        if !fields.has("heading") {
            findings.refuse(
                .rotationInvalid,
                "pitch or roll is given without `heading`: add it, in degrees clockwise from +Y.",
                at: fields.offset
            )
        }
        let problemsBefore = findings.problems.count
        let degrees = ["heading", "pitch", "roll"].map { fields.number($0, &findings) ?? 0 }
        for (key, angle) in zip(["heading", "pitch", "roll"], degrees) {
            guard let objection = AngleRange.objection(to: angle, limit: key == "pitch" ? 90 : 360) else { continue }
            findings.refuse(.angleImplausible, "\(fields.name(key)) is \(objection)", at: fields.offset(of: key))
        }
        guard fields.has("heading"), findings.problems.count == problemsBefore else { return nil }
        let radians = degrees.map { $0 * .pi / 180 }
        return Rotation(heading: radians[0], pitch: radians[1], roll: radians[2]).eulerAngles
    }

    /// A number with four significant digits.
    static func shown(_ number: Double) -> String { String(format: "%.4g", number) }
}
