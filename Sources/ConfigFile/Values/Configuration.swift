/// Everything an operator decides about one drop360: where stations come from, and where they go.
///
/// A plain value, checked once when it is loaded and passed on from there. Where a field has a default, the default is
/// the one of a file that leaves the key out. Outside this target nobody can make one that has not been checked.
package struct Configuration: Sendable, Equatable {
    /// The project in Cognite Data Fusion (CDF), and how to sign in to it.
    package var cognite: Cognite
    /// What is written in the project.
    package var target: Target
    /// The folder that holds `ledger.sqlite`: absolute, normalised, in no inbox.
    package var state = Configuration.defaultState
    /// The folders that are watched, in file order; never empty, none inside another.
    package var inboxes: [Inbox]
    /// How much is sent at a time.
    package var upload = Upload()
    /// The status page.
    package var dashboard = Dashboard()
    /// The Prometheus endpoint; nil where the file has none.
    package var metrics: Metrics?
    /// Who gets messages, in file order.
    package var notifications: [Notification] = []
    /// What messages say, and when they are sent.
    package var messages = Messages()
    /// What goes to the log.
    package var logger = Logger()

    /// Where the state is kept when the file does not say.
    package static let defaultState = "/var/lib/drop360"
    /// Where `drop360` looks for its configuration without `--config`.
    package static let defaultPath = "/etc/drop360/config.yaml"
}
