extension Configuration {
    /// The most bytes that a configuration file may have.
    package static let sizeLimit = 1024 * 1024

    /// Reads and checks the file at `path`.
    ///
    /// - Parameters:
    ///   - path: Absolute, or relative to the working directory.
    ///   - environment: What `${NAME}` is replaced from.
    /// - Throws: All errors together, in line order.
    package static func load(
        path: String,
        environment: [String: String]
    ) throws(ConfigurationError) -> Configuration {
        let bytes: [UInt8]
        do throws(ReadingError) {
            bytes = try BoundedFile.read(path, limit: sizeLimit)
        } catch {
            let advice: String? =
                switch error {
                case .missing: "Give its path with --config, or start with what 'drop360 config --example' prints."
                case .forbidden:
                    "Run commands as drop360's user (`sudo -u drop360 drop360 …`), or let only that user read it: it may hold a secret."
                case .tooLarge: "Is it a configuration file?"
                case .directory, .notRegular, .failed: nil
                }
            throw wholeFile(path, "the file could not be read: \(error.words)", advice)
        }
        guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
            throw wholeFile(path, "this is not a text file in UTF-8", "Is it a configuration file?")
        }
        return try parse(text, file: path, environment: environment)
    }

    /// Reads and checks `text`, and nothing else on the machine.
    ///
    /// - Parameters:
    ///   - text: The text of a file, with or without a byte order mark.
    ///   - file: The name that problems are reported under.
    ///   - environment: What `${NAME}` is replaced from.
    /// - Throws: All errors together, in line order.
    package static func parse(
        _ text: String,
        file: String,
        environment: [String: String]
    ) throws(ConfigurationError) -> Configuration {
        guard text.utf8.count <= sizeLimit else {
            throw wholeFile(file, "the file is larger than \(sizeLimit / 1024) KiB", "Is it a configuration file?")
        }
        let hasByteOrderMark = text.unicodeScalars.first == "\u{FEFF}"
        let text = hasByteOrderMark ? String(text.unicodeScalars.dropFirst()) : text
        let findings = Findings()
        let tree = YAMLFile.tree(of: text, environment: environment, findings: findings)
        let configuration = tree.flatMap { keys.read($0, findings) }
        guard let configuration, findings.problems.isEmpty else {
            throw ConfigurationError(file: file, problems: findings.sortedProblems)
        }
        return configuration
    }

    private static func wholeFile(_ file: String, _ message: String, _ suggestion: String?) -> ConfigurationError {
        let problem = ConfigurationProblem(line: nil, column: nil, key: "", message: message, suggestion: suggestion)
        return ConfigurationError(file: file, problems: [problem])
    }
}
