import Station

extension FaceArrangement {
    /// What looks wrong with the files as named: "left and right look swapped; top looks turned by 90° clockwise".
    package var words: String {
        var words = cycles.map { cycle in
            cycle.count == 2
                ? "\(cycle[0]) and \(cycle[1]) look swapped"
                : cycle.map { "\(self[$0].file) looks like \($0)" }.joined(separator: ", ")
        }
        let turned = Face.allCases.filter { self[$0].turn != .none }
        for turn in FaceTurn.all {
            let files = turned.filter { self[$0].turn == turn }.map { self[$0].file.rawValue }
            guard !files.isEmpty else { continue }
            words.append(
                "\(FaceFinding.list(files, limit: files.count)) \(files.count == 1 ? "looks" : "look") \(turn.wordsOfMistake)"
            )
        }
        return words.joined(separator: "; ")
    }

    /// How to fix it, in this order: "turn top by 90° counter-clockwise; rename right to left, left to right".
    package var remedy: String {
        var words: [String] = []
        // Turns first: after renaming, the names belong to other pictures.
        for face in Face.allCases where self[face].turn != .none {
            words.append("\(self[face].turn.wordsOfRemedy(self[face].file.rawValue))")
        }
        for cycle in cycles {
            words.append("rename " + cycle.map { "\(self[$0].file) to \($0)" }.joined(separator: ", "))
        }
        return words.joined(separator: "; ")
    }
}

extension FaceTurn {
    /// The mistake that this turn undoes.
    fileprivate var wordsOfMistake: String {
        if isMirrored {
            return switch quarters {
            case 0: "mirrored left to right"
            case 2: "mirrored top to bottom"
            default: "mirrored and turned by 90°"
            }
        }
        return switch quarters {
        case 1: "turned by 90° counter-clockwise"
        case 2: "turned by 180°"
        default: "turned by 90° clockwise"
        }
    }

    fileprivate func wordsOfRemedy(_ file: String) -> String {
        var words: [String] = []
        switch (isMirrored, quarters) {
        case (true, 2): return "mirror \(file) top to bottom"
        case (true, _): words.append("mirror \(file) left to right")
        case (false, _): break
        }
        let object = words.isEmpty ? file : "it"
        switch quarters {
        case 1: words.append("turn \(object) by 90° clockwise")
        case 2: words.append("turn \(object) by 180°")
        case 3: words.append("turn \(object) by 90° counter-clockwise")
        default: break
        }
        return words.joined(separator: ", then ")
    }
}
