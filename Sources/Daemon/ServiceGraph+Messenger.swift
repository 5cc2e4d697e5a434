import CDF
import ConfigFile
import Messages

extension ServiceGraph {
    /// Nil where nobody gets messages.
    func messenger(_ signs: Pulse.Signs, untilIdle: Bool) -> Messenger? {
        let configuration = turn.configuration
        let recipients = configuration.recipients
        guard !recipients.isEmpty else { return nil }
        let context = MessageContext(
            ledger: turn.ledger,
            box: configuration.box,
            rules: configuration.messageRules,
            recipients: recipients,
            sight: {
                await .take(link: signs.link(), inboxes: signs.inboxes(), state: configuration.state)
            },
            timeSource: turn.timeSource,
            logger: turn.logger
        )
        return Messenger(
            context,
            connection: turn.client.settings.connection,
            feed: feed,
            isUntilIdle: untilIdle
        )
    }
}
