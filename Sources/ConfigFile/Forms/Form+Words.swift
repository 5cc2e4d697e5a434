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
        let word = scalar("'keep'", hint: "Write 'after: keep'.", print: { .word($0.rawValue) }) {
            text throws(BadValue) in
            if let value = Value(rawValue: text) { return value }
            throw .quoting("is not supported: this version supports only keep")
        }
        // `after: {delete-after: 30d}` and `after: {move: DIR}` are what later versions will accept.
        let map = Form(
            read: { tree, findings in
                findings.report("this version supports only keep", "Write 'after: keep'.", at: tree)
                return nil
            },
            print: word.print
        )
        return .word(word, or: map, isWord: { _ in true })
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
