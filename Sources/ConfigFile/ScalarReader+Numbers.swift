extension ScalarReader where Value == Int {
    /// A whole number within `range`.
    static func integer(_ range: ClosedRange<Int>) -> ScalarReader {
        ScalarReader(what: "a whole number from \(range.lowerBound) to \(range.upperBound)") { text throws(BadValue) in
            guard let number = Int(text) else {
                throw .quoting("is not a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            guard range.contains(number) else {
                throw .quoting("is not between \(range.lowerBound) and \(range.upperBound)")
            }
            return number
        }
    }
}

extension ScalarReader where Value == Int64 {
    /// A number that CDF gave to something.
    static var internalID: ScalarReader {
        ScalarReader(what: "a positive whole number") { text throws(BadValue) in
            guard let number = Int64(text), number > 0 else { throw .quoting("is not a positive whole number") }
            return number
        }
    }
}

extension ScalarReader where Value == Double {
    /// A length in metres, not larger than the Earth.
    static var metres: ScalarReader {
        ScalarReader(what: "a number of metres") { text throws(BadValue) in
            // `Double` also reads hexadecimal digits, "nan" and "inf".
            guard text.allSatisfy({ $0.isASCII && $0.isNumber || "+-.eE".contains($0) }), let number = Double(text),
                number.isFinite
            else { throw .quoting("is not a number of metres") }
            guard abs(number) <= 1e8 else { throw .quoting("is more than 100,000 km") }
            return number
        }
    }
}

extension ScalarReader where Value == Duration {
    /// A duration within `range`.
    ///
    /// - Parameters:
    ///   - range: What is allowed, both ends included.
    ///   - bareSeconds: Whether a number without a unit means seconds, as Cognite's extractors write it.
    /// - Returns: The reader.
    static func duration(_ range: ClosedRange<Duration>, bareSeconds: Bool = false) -> ScalarReader {
        ScalarReader(what: "a duration", hint: "Durations are written 300ms, 2s, 5m, 1h, 30d.") {
            text throws(BadValue) in
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

extension ScalarReader where Value == ByteRate {
    /// A rate of transfer.
    static var rate: ScalarReader {
        ScalarReader(what: "a rate", hint: "Rates are written 20Mbit/s or 4MB/s.") { text throws(BadValue) in
            guard let rate = ByteRate(text) else { throw .quoting("is not a rate") }
            return rate
        }
    }
}

extension ScalarReader where Value == Timetable {
    /// Rates over the day.
    static var timetable: ScalarReader {
        ScalarReader(
            what: "a timetable",
            hint: "Timetables are written \"07:00,2Mbit/s 19:00,off\", in the order of the day."
        ) {
            text throws(BadValue) in
            guard let timetable = Timetable(text) else { throw .quoting("is not a timetable") }
            return timetable
        }
    }
}

extension ScalarReader where Value == Configuration.NamedTimeZone {
    /// A time zone.
    static var timeZone: ScalarReader {
        ScalarReader(what: "a time zone", hint: "Time zones are written Europe/Oslo, UTC or +02:00.") {
            text throws(BadValue) in
            guard let zone = Configuration.NamedTimeZone(text) else { throw .quoting("is not a time zone") }
            return zone
        }
    }
}
