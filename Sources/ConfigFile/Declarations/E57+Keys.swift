import Station

extension Configuration.E57 {
    static var keys: Keys<Self> {
        Keys(
            home: "'e57' of an inbox",
            blank: Self(),
            keys: [
                Key("extract", \.extract, .choice)
                    .commentedOut("who makes the 360° images: cdf, here, or off (E57 files are left alone)"),
                Key("model", \.modelName, .text(limit: 255))
                    .forInstance("\"Site A scans\"", "cdf: the 3D model in the data set, created if it is missing"),
                Key("model-id", \.modelNumber, .internalID)
                    .insteadOf("model")
                    .forInstance("123", "cdf: or the number of an existing 3D model"),
                Key(
                    "scratch",
                    .size(.mebibytes(64)...(.mebibytes(1 << 20))),
                    get: \.ownScratch,
                    set: { $0.scratch = $1 }
                )
                .commentedOut("here: the most that rendered faces take of the state folder", as: "2GiB"),
                Key("azimuth", .choice, get: \.ownAzimuth, set: { $0.azimuth = $1 })
                    .commentedOut("here: where the middle of a spherical image looks; or edge-x", as: "centre-x"),
            ],
            check: check
        )
    }

    private var modelName: String? {
        get { if case .name(let name) = model { name } else { nil } }
        set { if let newValue { model = .name(newValue) } }
    }

    private var modelNumber: Int64? {
        get { if case .number(let number) = model { number } else { nil } }
        set { if let newValue { model = .number(newValue) } }
    }

    // Printed only where they have an effect: elsewhere they would be refused when they are read again.

    private var ownScratch: ByteSize? { extract == .here ? scratch : nil }
    private var ownAzimuth: SphereAzimuth? { extract == .here ? azimuth : nil }

    private static func check(_ section: Section, _ e57: inout Self) {
        // Nothing can be said about the others where this one is invalid, which was reported.
        guard !section.has("extract") || section.isReadable("extract") else { return }
        let wanted = e57.extract == .here ? ["scratch", "azimuth"] : e57.extract == .cdf ? ["model", "model-id"] : []
        for key in ["model", "model-id", "scratch", "azimuth"] where !wanted.contains(key) && section.has(key) {
            section.report(
                "has no effect with 'extract: \(e57.extract.rawValue)'",
                key: key,
                suggestion: "Delete it, or write 'extract: \(key.hasPrefix("model") ? "cdf" : "here")'."
            )
        }
        guard e57.extract == .cdf, !section.has("model"), !section.has("model-id") else { return }
        section.missing(
            "model",
            or: "model-id",
            suggestion:
                "CDF puts the scans into a 3D model: give its name, or 'model-id', the number of an existing one."
        )
    }
}
