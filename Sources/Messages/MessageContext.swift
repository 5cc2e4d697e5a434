package import Ledger
package import Logging
package import Timing

/// What everything that makes and sends messages works with.
package struct MessageContext: Sendable {
    package var ledger: ItemLedger
    /// The name of this machine.
    package var box: String
    package var rules: MessageRules
    package var recipients: [Recipient]
    /// What the daemon looks like now.
    package var sight: @Sendable () async -> MessageSight
    package var timeSource: TimeSource
    package var logger: Logger

    package init(
        ledger: ItemLedger,
        box: String,
        rules: MessageRules,
        recipients: [Recipient],
        sight: @escaping @Sendable () async -> MessageSight,
        timeSource: TimeSource,
        logger: Logger
    ) {
        self.ledger = ledger
        self.box = box
        self.rules = rules
        self.recipients = recipients
        self.sight = sight
        self.timeSource = timeSource
        self.logger = logger
    }
}
