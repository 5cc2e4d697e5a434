import ConfigFile
import Testing

/// A change to ``Sample/full`` and the only thing that must be said about it.
struct Refusal: Sendable, CustomTestStringConvertible {
    let old: String
    let new: String
    let line: Int
    let says: String

    init(_ old: String, _ new: String, line: Int, _ says: String) {
        self.old = old
        self.new = new
        self.line = line
        self.says = says
    }

    var testDescription: String { new }

    /// Makes the change and expects exactly this refusal.
    func check() throws {
        try #require(Sample.full.contains(old))
        let lines = Sample.lines(Sample.full.replacing(old, with: new))
        #expect(lines == ["c.yaml:\(line): \(says)"])
    }
}
