/// What a fault does to the request it strikes.
enum Fault: Sendable {
    /// The answer has this status, and nothing is done.
    case status(Int, retryAfter: Int?, body: String?, headers: [String: String])
    /// The connection is reset before the body is read, or after this many bytes of it.
    case reset(afterBytes: Int)
    /// The connection is reset once the body has arrived; nothing is done.
    case resetAfterBody
    /// The request is carried out, but the connection is reset instead of an answer.
    case lostAnswer
    /// The request is read and never answered.
    case stall
    /// The body of a PUT is read, or any other answer is written, at this rate.
    case slow(bytesPerSecond: Int)
    /// 200 with an HTML page, as from a captive portal.
    case garbage
    /// The upload URLs or the nonce issued are already expired; on a PUT, its URL has expired.
    case expiredURL
    /// `uploaded` becomes true only after this many look-ups or milliseconds.
    case lateUploaded(polls: Int, delay: Int64)
    /// All tokens issued so far become invalid.
    case expireTokens
    /// How the processing of a revision goes that this request creates.
    case revision(RevisionCourse)

    /// Reads the member `then` of a rule.
    init(_ json: JSON) throws(APIError) {
        switch json["kind"]?.string {
        case "status":
            guard let status = try json.integer("status"), (200...599).contains(status) else {
                throw .badRequest("A fault of kind 'status' must have a 'status' between 200 and 599")
            }
            let headers = (json["headers"]?.object ?? [:]).compactMapValues(\.string)
            let retryAfter = try json.integer("retryAfter").map { Int($0) }
            self = .status(Int(status), retryAfter: retryAfter, body: json["body"]?.string, headers: headers)
        case "reset": self = .reset(afterBytes: Int(try json.integer("afterBytes") ?? 0))
        case "resetAfterBody": self = .resetAfterBody
        case "lostAnswer": self = .lostAnswer
        case "stall": self = .stall
        case "slow":
            guard let rate = try json.integer("bytesPerSecond"), rate > 0 else {
                throw .badRequest("A fault of kind 'slow' must have 'bytesPerSecond' above 0")
            }
            self = .slow(bytesPerSecond: Int(rate))
        case "garbage": self = .garbage
        case "expiredURL", "expiredNonce": self = .expiredURL
        case "lateUploaded":
            let (polls, seconds) = (try json.integer("polls"), json["seconds"]?.number)
            try check(polls != nil || seconds != nil, "A fault of kind 'lateUploaded' must have 'polls' or 'seconds'")
            self = .lateUploaded(polls: Int(polls ?? 0), delay: Int64((seconds ?? 0) * 1000))
        case "expireTokens": self = .expireTokens
        case "revision": self = .revision(try RevisionCourse(json))
        case let kind: throw .badRequest("Unknown fault kind '\(kind ?? "")'")
        }
    }
}

/// When a fault strikes.
struct FaultRule: Sendable {
    enum Choice: Sendable {
        case all
        case nth(Set<Int>)
        case every(Int)
        case probability(Double)
    }

    let fault: Fault
    private let kind: String
    private let method: String?
    private let path: String?
    private let choice: Choice
    private let times: Int?
    private let source: JSON
    private var matched = 0
    private var struck = 0

    init(_ json: JSON) throws(APIError) {
        guard let then = json["then"] else { throw .badRequest("A rule must have 'then'") }
        fault = try Fault(then)
        kind = then["kind"]?.string ?? ""
        method = json["match"]?["method"]?.string?.uppercased()
        path = json["match"]?["path"]?.string
        times = try json.integer("times").map { Int($0) }
        source = json
        if let nth = json["nth"] {
            guard let numbers = nth.array, numbers.allSatisfy({ ($0.int ?? 0) > 0 }) else {
                throw .badRequest("'nth' must be an array of numbers from 1")
            }
            choice = .nth(Set(numbers.compactMap { $0.int.map { Int($0) } }))
        } else if let every = try json.integer("every") {
            try check(every > 0, "'every' must be above 0")
            choice = .every(Int(every))
        } else if let probability = json["probability"] {
            guard let number = probability.number, (0...1).contains(number) else {
                throw .badRequest("'probability' must be between 0 and 1")
            }
            choice = .probability(number)
        } else {
            choice = .all
        }
    }

    /// The kind of the fault, as in rules and the request log.
    var name: String { kind }

    /// Counts the request, and returns whether the rule would strike it.
    mutating func counts(method: String, path: String, random: inout SplitMix) -> Bool {
        guard self.method.map({ $0 == method }) ?? true, matches(path) else { return false }
        matched += 1
        // Drawn whether or not it is needed, so that the sequence depends on the requests alone.
        let draw = Double.random(in: 0..<1, using: &random)
        if let times, struck >= times { return false }
        switch choice {
        case .all: return true
        case .nth(let numbers): return numbers.contains(matched)
        case .every(let number): return matched.isMultiple(of: number)
        case .probability(let probability): return draw < probability
        }
    }

    mutating func strike() { struck += 1 }

    private func matches(_ path: String) -> Bool {
        guard let pattern = self.path else { return true }
        let pieces = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard pieces.count > 1, let first = pieces.first, let last = pieces.last else { return pattern == path }
        // Each `*` stands for any text; those between the first and the last take as little as they can.
        guard path.hasPrefix(first) else { return false }
        var rest = path.dropFirst(first.count)
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let found = rest.firstRange(of: piece) else { return false }
            rest = rest[found.upperBound...]
        }
        return rest.hasSuffix(last)
    }

    var json: JSON {
        .object(
            (source.object ?? [:]).merging(["matched": .int(Int64(matched)), "struck": .int(Int64(struck))]) { _, new in
                new
            }
        )
    }
}

/// The same numbers for the same seed, everywhere.
struct SplitMix: RandomNumberGenerator, Sendable {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
