extension Configuration {
    /// The effective configuration as YAML, every default filled in and the secret hidden.
    ///
    /// Reading it again gives this configuration, but for an inline secret, which reads `(hidden)`.
    package func rendered() -> String { Self.keys.rendering(of: self).yaml() }

    /// The same as JSON, in the same order.
    package func renderedJSON() -> String { Self.keys.rendering(of: self).json() }

    /// A file to begin with, which explains every key; what `drop360 config --example` prints.
    ///
    /// It parses as it is where the environment has `COGNITE_CLIENT_ID` and `COGNITE_CLIENT_SECRET`.
    package static var example: String {
        let introduction = """
            # The configuration of drop360, usually /etc/drop360/config.yaml.
            #
            # - A key that drop360 does not know is an error, and so is a value that it cannot read; all of them are
            #   printed at once, with their lines. `drop360 config` prints what is in effect.
            # - ${NAME} in a value without quotes is taken from the environment. In quotes everything stands for itself.
            # - Durations: 300ms, 2s, 5m, 1h, 30d. Rates: 20Mbit/s, 4MB/s.
            # - What is commented out is optional. Where a value is shown behind '#' it is the default, unless it says 'for instance'.

            """
        return ([introduction] + keys.outline.example()).joined(separator: "\n") + "\n"
    }
}
