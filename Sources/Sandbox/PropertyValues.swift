import Foundation

extension PropertyType {
    /// Refuses a value that the property can't have; the caller handles nulls.
    func check(_ value: JSON, property: String) throws(APIError) {
        let problem = "Invalid value for property '\(property)'."
        switch self {
        case .text:
            guard let text = value.string else { throw .badRequest("\(problem) Expected text, got \(value.kind).") }
            try Sandbox.check(text.utf8.count <= 128_000, "\(problem) The text has more than 128000 bytes.")
        case .file:
            guard let text = value.string else {
                throw .badRequest("\(problem) Expected the external id of a file, got \(value.kind).")
            }
            try Sandbox.check((1...255).contains(text.utf16.count), "\(problem) Not the external id of a file.")
        case .textList:
            guard let list = value.array, list.count <= 1000, list.allSatisfy({ $0.string != nil }) else {
                throw .badRequest("\(problem) Expected a list of texts.")
            }
        case .float64, .float32:
            guard let number = value.number, number.isFinite else {
                throw .badRequest("\(problem) Expected a number, got \(value.kind).")
            }
            try Sandbox.check(self == .float64 || Float(number).isFinite, "\(problem) Too large for a float32.")
        case .boolean:
            guard value.bool != nil else { throw .badRequest("\(problem) Expected a boolean, got \(value.kind).") }
        case .timestamp:
            guard let text = value.string, Timestamps.isValid(text) else {
                throw .badRequest("\(problem) Expected a timestamp 'YYYY-MM-DDTHH:MM:SS[.millis][Z|time zone]'.")
            }
        case .direct: try Self.checkReference(value, problem)
        case .directList(_, let limit):
            guard let list = value.array, list.count <= limit else {
                throw .badRequest("\(problem) Expected a list of at most \(limit) direct relations.")
            }
            for element in list { try Self.checkReference(element, problem) }
        case .enumeration(let values):
            guard let text = value.string, values.contains(text) else {
                throw .badRequest("\(problem) Expected one of \(values.joined(separator: ", ")).")
            }
        }
    }

    private static func checkReference(_ value: JSON, _ problem: String) throws(APIError) {
        guard let members = value.object, members.count == 2, members["space"]?.string != nil,
            members["externalId"]?.string != nil
        else { throw .badRequest("\(problem) Expected a direct relation {space, externalId}, got \(value.kind).") }
    }

    /// The form in which equal values compare equal: times in UTC, numbers as fractions.
    func canonical(_ value: JSON) -> JSON {
        switch self {
        case .timestamp: value.string.flatMap(Timestamps.canonical).map(JSON.string) ?? value
        case .float64: value.number.map(JSON.double) ?? value
        case .float32: value.number.map { .double(Double(Float($0))) } ?? value
        default: value
        }
    }

    /// The container in which the nodes that a value refers to must have data.
    var targetContainer: ContainerID? {
        switch self {
        case .direct(let target), .directList(let target, limit: _): target.container
        default: nil
        }
    }

    /// The nodes that a value of this type refers to.
    func targets(_ value: JSON) throws(APIError) -> [InstanceID] {
        switch self {
        case .direct: [try value.instanceID()]
        case .directList:
            try (value.array ?? []).map { element throws(APIError) in try element.instanceID() }
        default: []
        }
    }
}

/// Timestamps as data modelling writes them.
enum Timestamps {
    private static func milliseconds(_ text: String) -> Int64? {
        guard
            let match = text.wholeMatch(
                of: /(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?/
            )
        else { return nil }
        var parts = DateComponents()
        (parts.year, parts.month, parts.day) = (Int(match.1), Int(match.2), Int(match.3))
        (parts.hour, parts.minute, parts.second) = (Int(match.4), Int(match.5), Int(match.6))
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        parts.calendar = calendar
        guard parts.isValidDate, let date = calendar.date(from: parts) else { return nil }
        var milliseconds = Int64(date.timeIntervalSince1970) * 1000
        if let fraction = match.7 { milliseconds += Int64((fraction + "00").prefix(3)) ?? 0 }
        if let zone = match.8, zone != "Z" {
            guard let hours = Int64(zone.dropFirst().prefix(2)), let minutes = Int64(zone.suffix(2)), hours < 19,
                minutes < 60
            else { return nil }
            milliseconds -= (zone.first == "-" ? -1 : 1) * (hours * 60 + minutes) * 60_000
        }
        return milliseconds
    }

    static func isValid(_ text: String) -> Bool { milliseconds(text) != nil }

    static func canonical(_ text: String) -> String? { milliseconds(text).map(self.text) }

    /// `2024-05-01T10:00:00.000+00:00`.
    static func text(_ milliseconds: Int64) -> String {
        let seconds = milliseconds.quotientAndRemainder(dividingBy: 1000)
        let (whole, rest) = seconds.remainder < 0 ? (seconds.quotient - 1, seconds.remainder + 1000) : seconds
        let date = Date(timeIntervalSince1970: TimeInterval(whole))
        let stamp = date.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: false))
        let fraction = String(1000 + rest).dropFirst()
        return "\(stamp).\(fraction)+00:00"
    }
}
