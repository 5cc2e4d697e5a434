package import Station

extension Configuration {
    /// One recipient of messages: exactly one of the two is set.
    package struct Notification: Sendable, Equatable {
        package var webhook: Webhook?
        package var command: Command?
    }

    /// A server that gets each message as a POST request.
    package struct Webhook: Sendable, Equatable {
        package var url: WebhookAddress
        /// The absolute path of a file with the secret that signs each message; nil for none.
        package var secretFile: String?
        /// What it gets; never empty.
        package var events = MessageEvent.allCases
    }

    /// A program that gets each message on its standard input.
    package struct Command: Sendable, Equatable {
        /// The absolute path of a program, and its arguments; no shell reads them.
        package var run: [String]
        /// What it gets; never empty.
        package var events = MessageEvent.allCases
        /// It is killed after this time.
        package var timeout = Duration.seconds(30)
    }

    /// What messages say, and when they are sent.
    package struct Messages: Sendable, Equatable {
        /// The name of this machine in messages; nil for its host name.
        package var box: String?
        /// An outage that is shorter makes no message.
        package var offlineAfter = Duration.seconds(600)
        /// Less free space for the state directory makes a message.
        package var diskLow = ByteSize(bytes: 1 << 30)
    }

    /// The address of a webhook.
    ///
    /// Many services put a secret in its path, so that only scheme, host and port are ever shown.
    package struct WebhookAddress: Sendable, Equatable {
        private let whole: Secret
        /// For logs and people: `https://hooks.example.com`, and `/(hidden)` if there is more.
        package let shown: String

        /// - Parameter origin: Scheme, host and port, as they are at the start of `text`.
        init(_ text: String, origin: String) {
            whole = Secret(text)
            shown = text == origin || text == origin + "/" ? text : origin + "/(hidden)"
        }

        /// The address itself, for the request.
        package func reveal() -> String { whole.reveal() }
    }
}
