extension Form where Value == Int {
    /// A whole number within `range`.
    static func integer(_ range: ClosedRange<Int>) -> Form {
        let what = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return scalar(what, print: { .number("\($0)") }) { text throws(BadValue) in
            guard let number = Int(text) else { throw .quoting("is not \(what)") }
            guard range.contains(number) else {
                throw .quoting("is not between \(range.lowerBound) and \(range.upperBound)")
            }
            return number
        }
    }
}

extension Form where Value == Int64 {
    /// A number that CDF gave to something.
    static var internalID: Form {
        scalar("a positive whole number", print: { .number("\($0)") }) { text throws(BadValue) in
            guard let number = Int64(text), number > 0 else { throw .quoting("is not a positive whole number") }
            return number
        }
    }
}

extension Form where Value == Double {
    /// A length in metres, not larger than the Earth.
    static var metres: Form {
        scalar("a number of metres", print: { .number("\($0)") }) { text throws(BadValue) in
            // `Double` also reads hexadecimal digits, "nan" and "inf".
            guard text.allSatisfy({ $0.isASCII && $0.isNumber || "+-.eE".contains($0) }), let number = Double(text),
                number.isFinite
            else { throw .quoting("is not a number of metres") }
            guard abs(number) <= 1e8 else { throw .quoting("is more than 100,000 km") }
            return number
        }
    }
}

extension Form where Value == Duration {
    /// A duration within `range`.
    ///
    /// - Parameters:
    ///   - range: What is allowed, both ends included.
    ///   - bareSeconds: Whether a number without a unit means seconds, as Cognite's extractors write it.
    /// - Returns: The reader.
    static func duration(_ range: ClosedRange<Duration>, bareSeconds: Bool = false) -> Form {
        scalar(
            "a duration",
            hint: "Durations are written 300ms, 2s, 5m, 1h, 30d.",
            print: { .text($0.configurationText) }
        ) { text throws(BadValue) in
            let written =
                bareSeconds && !text.isEmpty && text.allSatisfy { $0.isASCII && $0.isNumber } ? "\(text)s" : text
            guard let duration = Duration(configurationText: written) else { throw .quoting("is not a duration") }
            guard range.contains(duration) else {
                throw .quoting(
                    "is not between \(range.lowerBound.configurationText) and \(range.upperBound.configurationText)"
                )
            }
            return duration
        }
    }
}

extension Form where Value == ByteSize {
    /// A size within `range`.
    static func size(_ range: ClosedRange<ByteSize>) -> Form {
        scalar("a size", hint: "Sizes are written 16MiB, 2GiB or 500MB.", print: { .text($0.text) }) {
            text throws(BadValue) in
            guard let size = ByteSize(text) else { throw .quoting("is not a size") }
            guard range.contains(size) else {
                throw .quoting("is not between \(range.lowerBound.text) and \(range.upperBound.text)")
            }
            return size
        }
    }
}

extension Form where Value == ByteRate {
    /// A rate of transfer.
    static var rate: Form {
        scalar("a rate", hint: "Rates are written 20Mbit/s or 4MB/s.", print: { .text($0.text) }) {
            text throws(BadValue) in
            guard let rate = ByteRate(text) else { throw .quoting("is not a rate") }
            return rate
        }
    }
}

extension Form where Value == Timetable {
    /// Rates over the day.
    static var timetable: Form {
        scalar(
            "a timetable",
            hint: "Timetables are written \"07:00,2Mbit/s 19:00,off\", in the order of the day.",
            print: { .text($0.text) }
        ) { text throws(BadValue) in
            guard let timetable = Timetable(text) else { throw .quoting("is not a timetable") }
            return timetable
        }
    }
}

extension Form where Value == Configuration.NamedTimeZone {
    /// A time zone.
    static var timeZone: Form {
        scalar(
            "a time zone",
            hint: "Time zones are written Europe/Oslo, UTC or +02:00.",
            print: { .text($0.name) }
        ) { text throws(BadValue) in
            guard let zone = Configuration.NamedTimeZone(text) else { throw .quoting("is not a time zone") }
            return zone
        }
    }
}
