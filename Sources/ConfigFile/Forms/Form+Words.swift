import Station

extension Form where Value == Configuration.Target.Model {
    /// The family of views.
    static var model: Form {
        scalar("'auto', 'image360' or 'core'", print: { .word($0.rawValue) }) { text throws(BadValue) in
            guard let model = Value(rawValue: text) else {
                throw .quoting("is not a model; it must be 'auto', 'image360' or 'core'")
            }
            return model
        }
    }
}

extension Form where Value == Configuration.AfterSuccess {
    /// What happens after success.
    static var after: Form {
        let advice = "Write keep, {move: /srv/drop360/delivered} or {delete-after: 30d}."
        let word = scalar("'keep', or a map with move or delete-after", hint: advice, print: { _ in .word("keep") }) {
            text throws(BadValue) in
            guard text == "keep" else { throw .quoting("is not supported here") }
            return .keep
        }
        let keys = Keys<Clearing>(
            blank: Clearing(),
            keys: [
                Key("move", \.move, .absolutePath),
                Key("delete-after", \.deleteAfter, .duration(.seconds(3600)...(.seconds(3650 * 86400))))
                    .insteadOf("move"),
            ],
            check: { section, _ in
                guard !section.has("move"), !section.has("delete-after") else { return }
                section.missing("move", or: "delete-after", suggestion: advice)
            }
        )
        let map = Form.map(keys, value: \.value, written: Clearing.init)
        return .word(word, or: map, isWord: { $0 == .keep })
    }

    /// The map, as it is written.
    private struct Clearing {
        var move: String?
        var deleteAfter: Duration?

        init() {}

        init(_ value: Configuration.AfterSuccess) {
            switch value {
            case .keep: break
            case .move(let folder): move = folder
            case .delete(let time): deleteAfter = time
            }
        }

        var value: Configuration.AfterSuccess? { move.map { .move($0) } ?? deleteAfter.map { .delete(after: $0) } }
    }
}

extension Form where Value == ReportDestination {
    /// Where the reports for the crew go.
    static var reports: Form {
        scalar(
            "beside, off or a folder",
            hint: "Write beside, off or the absolute path of a folder.",
            print: { reports in
                switch reports {
                case .beside: .word("beside")
                case .off: .word("off")
                case .directory(let folder): .text(folder)
                }
            }
        ) { text throws(BadValue) in
            switch text {
            case "beside": return .beside
            case "off": return .off
            default:
                guard text.hasPrefix("/") else { throw .quoting("is neither beside, off nor an absolute path") }
                return .directory(try Form<String>.normalisedPath(text))
            }
        }
    }
}
