import Station

/// Reads the tripod's position, in metres.
enum TranslationReader {
    /// Metres by the folded name of the unit.
    private static let units: [String: Double] = [
        "m": 1, "mm": 0.001, "cm": 0.01, "ft": 0.3048, "usft": 1200.0 / 3937.0,
    ]

    /// Two values of the same translation may differ by this much: metres.
    private static let tolerance = 1e-6

    /// Reads the translation: flat, as an object, as a list, or from the rotation's matrix.
    ///
    /// `matrix` is the translation in the rotation's matrix, in the sidecar's unit.
    static func read(
        _ fields: inout SidecarFields,
        matrix: RotationReader.MatrixTranslation,
        _ findings: inout SidecarFindings
    ) -> Vector3? {
        let problemsBefore = findings.problems.count
        var unit = unit(&fields, &findings)
        var stated: Vector3?
        let isFlat = fields.has("translationX", "translationY", "translationZ")
        fields.markKnown(["translationX", "translationY", "translationZ"])
        if isFlat {
            stated = fields.triple(prefix: "translation", missing: .translationMissing, &findings)
        }
        let grouped = fields.take("translation")
        if let value = grouped {
            if isFlat {
                findings.refuse(
                    .givenTwice,
                    "`translation` and `translationX/Y/Z` are both given: keep one.",
                    at: value.offset
                )
            }
            stated = read(value, in: fields, unit: &unit, &findings)
        }
        if !isFlat, grouped == nil, matrix == .none {
            findings.refuse(
                .translationMissing,
                "There is no `translation`: add the tripod's position as {x, y, z} in metres."
            )
        }
        guard findings.problems.count == problemsBefore else { return nil }
        switch (stated, matrix) {
        case (let stated?, .carried(let carried)):
            let (own, other) = (stated.scaled(by: unit ?? 1), carried.scaled(by: unit ?? 1))
            guard own.distance(to: other) <= tolerance else {
                findings.refuse(
                    .givenTwice,
                    "`translation` differs from the fourth column of the matrix: keep one of them."
                )
                return nil
            }
            return own
        case (let stated?, _): return stated.scaled(by: unit ?? 1)
        case (nil, .carried(let carried)): return carried.scaled(by: unit ?? 1)
        case (nil, _): return nil
        }
    }

    private static func read(
        _ value: JSONValue,
        in fields: SidecarFields,
        unit: inout Double?,
        _ findings: inout SidecarFindings
    ) -> Vector3? {
        switch value.content {
        case .object(let members):
            var inner = fields.inner(members, key: "translation", offset: value.offset, &findings)
            let own = self.unit(&inner, &findings)
            if let own, let outer = unit, own != outer {
                findings.refuse(.givenTwice, "Two different units are given for the translation: keep one.")
            }
            unit = own ?? unit
            defer { inner.noteUnknown(into: &findings) }
            return inner.triple(prefix: "", missing: .translationMissing, &findings)
        case .array(let list):
            return SidecarFields.triple(
                list,
                called: "`translation`",
                code: .translationMissing,
                at: value.offset,
                &findings
            )
        default:
            findings.refuse(
                .valueInvalid,
                "`translation` is \(value.words), but must be {x, y, z} or [x, y, z].",
                at: value.offset
            )
            return nil
        }
    }

    private static func unit(_ fields: inout SidecarFields, _ findings: inout SidecarFindings) -> Double? {
        let offset = fields.offset(of: "unit")
        guard let text = fields.text("unit", &findings) else { return nil }
        if let metres = units[SidecarKeys.folded(text)] { return metres }
        findings.refuse(
            .unitUnknown,
            "\(fields.name("unit")) is \"\(printable(text, limit: 40))\": write m, mm, cm, ft or us-ft. (The unit of angles goes "
                + "inside `rotation.euler`.)",
            at: offset
        )
        return nil
    }
}

extension Vector3 {
    func scaled(by factor: Double) -> Vector3 { Vector3(x: x * factor, y: y * factor, z: z * factor) }
}
