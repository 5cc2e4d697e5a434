/// The text of a configuration file that may be shown, valid or not, line for line.
///
/// Only values of known keys are shown, and of those only what their forms allow: what is in a wrong place may be a secret. Comments are hidden too.
package struct MaskedFile: Sendable {
    /// As many lines as the file has, so that the problems' line numbers fit.
    package private(set) var text = ""
    /// What stood in the places of secrets, or looked like one, in clear.
    package private(set) var secrets: Set<String> = []
    /// Absolute paths of files that hold secrets.
    package private(set) var secretFiles: Set<String> = []
    /// The state directory that the file names; nil where none can be read.
    package private(set) var state: String?

    /// - Parameters:
    ///   - text: Of the file.
    ///   - environment: Where variables in the places of secrets are looked up.
    package init(_ text: String, environment: [String: String] = [:]) {
        var lines = MaskedLines(environment: environment)
        let all = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        self.text = all.map { lines.masked(String($0)) }.joined(separator: "\n")
        (secrets, secretFiles, state) = (lines.secrets, lines.secretFiles, lines.state)
    }

    /// Reads the file at `path`, whatever is in it.
    ///
    /// - Throws: ``Unreadable``.
    package init(path: String, environment: [String: String]) throws(Unreadable) {
        let bytes: [UInt8]
        do throws(ReadingError) { bytes = try BoundedFile.read(path, limit: Configuration.sizeLimit) } catch {
            throw Unreadable(description: "\(shown(path)) could not be read: \(error.words).")
        }
        self.init(String(decoding: bytes, as: UTF8.self), environment: environment)
    }

    /// Why there is no text.
    package struct Unreadable: Error, CustomStringConvertible {
        package var description: String
    }
}
