import E57
import Station

extension E57Position {
    /// For messages: `position Setup 1`.
    var shown: String { "position \(printable(name, limit: 80))" }
}

extension E57View {
    /// For messages: `image 7 (Cube front)`.
    var words: String { E57Positions.Skipped.words(image.number, image.name) }
}

extension E57Positions.Skipped {
    fileprivate static func words(_ number: Int, _ name: String?) -> String {
        let name = name.map { " (\(printable($0, limit: 60)))" } ?? ""
        return "image \(number)\(name)"
    }

    /// What was left out, and why.
    var note: Problem { Self.note(number, name, reason) }

    fileprivate static func note(_ number: Int, _ name: String?, _ reason: String) -> Problem {
        Problem(.imageSkipped, "\(words(number, name).capitalised) was left out. \(reason)")
    }
}

extension E57Contents.Fault {
    var note: Problem { E57Positions.Skipped.note(number, name, error.description) }
}
