import ArgumentParser
import Foundation
import Inspection
import Station
import TestSupport

/// Prints how well the seam check distinguishes good stations from simple mistakes.
@main
struct SeamConfusion: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seam-confusion",
        abstract: "Print the seam check's confusion table for whole stations and variations of them."
    )

    @Argument(help: "Folders of correct stations with faces named front.jpg … bottom.jpg.")
    var stations: [String]

    @Option(help: "Variations of each kind for each station.")
    var variations = 20

    @Option(help: "Mistakes tried with each variation.")
    var mistakes = 5

    @Option(help: "Seed of the random numbers.")
    var seed: UInt64 = 1

    func run() throws {
        var trials: [(name: String, trial: SeamTrial)] = []
        for path in stations {
            let url = URL(fileURLWithPath: path)
            trials.append((url.lastPathComponent, try SeamTrial(folder: url)))
        }
        print("| station | as it is | \(SeamTrial.mistakes.count) mistakes: named | misnamed | undecided | passed |")
        print("|---|---|---|---|---|---|")
        for (name, trial) in trials {
            try row(name, trial)
            try row("\(name), quality 40", trial.reencoded(quality: 40))
        }
        print(
            "\n| variation | good sets | fit | undecided | wrong | apart | with a mistake: named | misnamed | undecided | passed |"
        )
        print("|---|---|---|---|---|---|---|---|---|---|")
        var random = SeededGenerator(seed: seed)
        var sum = Counts()
        for kind in PictureVariation.allCases {
            var counts = Counts()
            for (_, trial) in trials {
                for _ in 0..<variations {
                    counts.add(try Counts(kind.vary(trial.faces, using: &random), mistakes, &random))
                }
            }
            print("| \(kind) | \(counts.row) |")
            sum.add(counts)
        }
        print("| all | \(sum.row) |")
    }

    private func row(_ name: String, _ trial: SeamTrial) throws {
        let verdict = SeamCheck.verdict(of: trial.faces)
        let result =
            switch verdict {
            case .fit: "fit"
            case .unclear: "undecided"
            case .apart(let degrees): "APART: \(degrees.map { "\($0)°" } ?? "no edges meet")"
            case .wrong(let arrangement, _): "WRONG: \(arrangement.words)"
            }
        let outcomes = SeamTrial.mistakes.map(trial.outcome)
        let cells = SeamTrial.Outcome.allCases.map { wanted in "\(outcomes.count { $0 == wanted })" }
        print("| \(name) | \(result) | \(cells.joined(separator: " | ")) |")
    }

    private struct Counts {
        var good = [0, 0, 0, 0]
        var bad: [SeamTrial.Outcome: Int] = [:]

        init() {}

        init(_ faces: [Face: Picture], _ mistakes: Int, _ random: inout SeededGenerator) {
            switch SeamCheck.verdict(of: faces) {
            case .fit: good[0] = 1
            case .unclear: good[1] = 1
            case .wrong: good[2] = 1
            case .apart: good[3] = 1
            }
            for remedy in SeamTrial.mistakes.shuffled(using: &random).prefix(mistakes) {
                bad[SeamTrial(faces: faces).outcome(of: remedy), default: 0] += 1
            }
        }

        mutating func add(_ other: Counts) {
            for index in good.indices { good[index] += other.good[index] }
            bad.merge(other.bad, uniquingKeysWith: +)
        }

        var row: String {
            let cells = [good.reduce(0, +)] + good + SeamTrial.Outcome.allCases.map { bad[$0] ?? 0 }
            return cells.map(String.init).joined(separator: " | ")
        }
    }
}
