import Station

/// The unit of an angle.
enum AngleUnit {
    case radians, degrees

    init?(_ text: String) {
        switch SidecarKeys.folded(text) {
        case "radians", "radian", "rad": self = .radians
        case "degrees", "degree", "deg": self = .degrees
        default: return nil
        }
    }
}

/// Reads CDF's Euler angles.
///
/// They are kept as given, not recomputed from a matrix.
enum EulerReader {
    static func read(
        _ form: RotationReader.Form,
        _ fields: inout SidecarFields,
        unit: String?,
        _ findings: inout SidecarFindings
    ) -> EulerAngles? {
        guard form != .flatEuler else {
            let angles = fields.triple(prefix: "eulerRotation", missing: .rotationInvalid, &findings)
            return radians(angles, unit: unit, called: "`eulerRotationX/Y/Z`", at: fields.offset, &findings)
        }
        let key = form.rawValue
        guard let value = fields.take(key) else { return nil }
        if case .array(let list) = value.content, form == .eulerRotation {
            let angles = SidecarFields.triple(
                list,
                called: fields.name(key),
                code: .rotationInvalid,
                at: value.offset,
                &findings
            )
            return radians(angles, unit: unit, called: fields.name(key), at: value.offset, &findings)
        }
        guard case .object(let members) = value.content else {
            findings.refuse(
                .rotationInvalid,
                "\(fields.name(key)) is \(value.words), but must be {\"x\": …, \"y\": …, \"z\": …, \"unit\": \"degrees\"}.",
                at: value.offset
            )
            return nil
        }
        var inner = fields.inner(members, key: key, offset: value.offset, &findings)
        defer { inner.noteUnknown(into: &findings) }
        let angles = inner.triple(prefix: "", missing: .rotationInvalid, &findings)
        let own = inner.text("unit", &findings)
        if let own, let unit, AngleUnit(own) != AngleUnit(unit) {
            findings.refuse(.givenTwice, "Two different units are given for the angles: keep one.", at: value.offset)
        }
        refuseOther(&inner, "order", allowed: "XZY", &findings)
        refuseOther(&inner, "frame", allowed: "cdf", &findings)
        return radians(angles, unit: own ?? unit, called: fields.name(key), at: value.offset, &findings)
    }

    /// Refuses another order or frame: it would otherwise be ignored as an unknown key, and the picture shown the wrong way.
    private static func refuseOther(
        _ fields: inout SidecarFields,
        _ key: String,
        allowed: String,
        _ findings: inout SidecarFindings
    ) {
        let offset = fields.offset(of: key)
        guard let text = fields.text(key, &findings), SidecarKeys.folded(text) != allowed.lowercased() else { return }
        findings.refuse(
            .rotationInvalid,
            "\(fields.name(key)) is \"\(printable(text, limit: 40))\", but only CDF's Euler angles (R = Rx·Rz·Ry) are supported: "
                + "convert them, or give a quaternion or matrix.",
            at: offset
        )
    }

    private static func radians(
        _ angles: Vector3?,
        unit: String?,
        called name: String,
        at offset: Int,
        _ findings: inout SidecarFindings
    ) -> EulerAngles? {
        guard let parsed = unit.map(AngleUnit.init) ?? .some(.radians) else {
            findings.refuse(
                .unitUnknown,
                "The unit of \(name) is \"\(printable(unit ?? "", limit: 40))\": write radians or degrees.",
                at: offset
            )
            return nil
        }
        guard let angles else { return nil }
        switch parsed {
        case .degrees:
            for angle in [angles.x, angles.y, angles.z] {
                guard let objection = AngleRange.objection(to: angle, limit: 360) else { continue }
                findings.refuse(.angleImplausible, "\(name) has the angle \(objection)", at: offset)
                return nil
            }
            let factor = Double.pi / 180
            return EulerAngles(x: angles.x * factor, y: angles.y * factor, z: angles.z * factor)
        case .radians:
            // A full turn may be rounded up: 6.2832.
            guard let large = [angles.x, angles.y, angles.z].first(where: { abs($0) > 2 * .pi + 1e-3 }) else {
                return EulerAngles(x: angles.x, y: angles.y, z: angles.z)
            }
            findings.refuse(
                .looksLikeDegrees,
                "\(name) has the angle \(RotationReader.shown(large)), which looks like degrees, but the unit is radians: write "
                    + "{\"euler\": {…, \"unit\": \"degrees\"}} in `rotation`.",
                at: offset
            )
            return nil
        }
    }
}
