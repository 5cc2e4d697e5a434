extension Configuration {
    /// The effective configuration as YAML, every default filled in and secrets hidden.
    ///
    /// Reading it again gives this configuration, except for inline secrets, what follows the host of a webhook, and arguments of programs, which
    /// become `(hidden)`.
    package func rendered() -> String { Self.keys.rendering(of: self).yaml() }

    /// The same as JSON, in the same order.
    package func renderedJSON() -> String { Self.keys.rendering(of: self).json() }

    /// A file to start with, which explains every key; what `drop360 config --example` prints.
    ///
    /// It is valid as it is if the environment has `COGNITE_CLIENT_ID` and `COGNITE_CLIENT_SECRET`.
    package static var example: String {
        let introduction = """
            # The configuration of drop360, usually /etc/drop360/config.yaml.
            #
            # - Unknown keys and invalid values are errors; all of them are
            #   printed at once, with their lines. `drop360 config` prints what is in effect.
            # - ${NAME} in a value without quotes is taken from the environment. In quotes everything is taken literally.
            # - Durations: 300ms, 2s, 5m, 1h, 30d. Rates: 20Mbit/s, 4MB/s. Sizes: 16MiB, 2GiB.
            # - Keys that are commented out are optional. The value shown is the default, unless it says 'for instance'.

            """
        return ([introduction] + keys.outline.example()).joined(separator: "\n") + "\n"
    }
}
