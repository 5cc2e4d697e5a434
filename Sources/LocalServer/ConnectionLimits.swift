import Glibc
package import NIOCore

/// How much of the process's resources one server may use.
///
/// Any client can open any number of connections; the process needs its descriptors for the inbox, the ledger and CDF.
package struct ConnectionLimits: Sendable, Equatable {
    /// Connections at a time; a further one closes the one that has been idle longest.
    package var connections: Int
    /// A connection without a complete request within this time is closed.
    package var idle: TimeAmount
    /// The request line and the headers together, in bytes.
    package var head: Int
    /// Whether every answer takes only moments: if no connection is idle, the oldest one is then closed.
    ///
    /// Otherwise the newest one is.
    package var answersAreShort: Bool
    /// A connection whose ``ShortAnswer`` has not been taken within this time is closed.
    package var answer: TimeAmount
    /// What a client still sends of a request that has its ``ShortAnswer``, it must send within this time.
    package var rest: TimeAmount
    /// What is still open this long after the server was stopped is closed; nil where a stop waits for every answer.
    package var parting: TimeAmount?

    package init(
        connections: Int,
        idle: TimeAmount,
        head: Int = 16 << 10,
        answersAreShort: Bool,
        answer: TimeAmount = .seconds(60),
        rest: TimeAmount = .seconds(2),
        parting: TimeAmount? = nil
    ) {
        self.connections = connections
        self.idle = idle
        self.head = head
        self.answersAreShort = answersAreShort
        self.answer = answer
        self.rest = rest
        self.parting = parting
    }

    /// The status page: few people use it, and each answer takes milliseconds.
    ///
    /// - Parameter descriptors: How many the process may have; the page gets at most an eighth of them.
    package static func page(descriptors: Int = Self.allowedDescriptors) -> Self {
        Self(
            connections: min(64, max(4, descriptors / 8)),
            idle: .seconds(15),
            answersAreShort: true,
            parting: .seconds(1)
        )
    }

    /// The sandbox, which receives large files over slow links.
    package static func sandbox(descriptors: Int = Self.allowedDescriptors) -> Self {
        Self(connections: min(256, max(16, descriptors / 4)), idle: .seconds(120), answersAreShort: false)
    }

    /// How many descriptors this process may have (`RLIMIT_NOFILE`).
    package static var allowedDescriptors: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        return Int(clamping: limit.rlim_cur)
    }
}
