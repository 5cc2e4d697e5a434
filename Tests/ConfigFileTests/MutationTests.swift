import ConfigFile
import Testing

/// SplitMix64: the same numbers for the same seed, on every machine.
private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

struct MutationTests {
    private static let signs = Array(
        "{}[]:,#&*!|>'\"%@`-? \n\t\\$~\u{0}\u{7}\u{85}\u{2028}\u{E000}é😀0aZ".unicodeScalars
    )

    private func mutate(_ text: String, _ dice: inout Dice) -> String {
        var scalars = Array(text.unicodeScalars)
        for _ in 0..<Int.random(in: 1...6, using: &dice) where !scalars.isEmpty {
            let at = Int.random(in: 0..<scalars.count, using: &dice)
            let until = min(scalars.count, at + Int.random(in: 1...40, using: &dice))
            switch Int.random(in: 0..<6, using: &dice) {
            case 0: scalars.removeSubrange(at..<until)
            case 1: scalars.insert(contentsOf: scalars[at..<until], at: Int.random(in: 0...scalars.count, using: &dice))
            case 2: scalars.insert(Self.signs[Int.random(in: 0..<Self.signs.count, using: &dice)], at: at)
            case 3: scalars[at] = Self.signs[Int.random(in: 0..<Self.signs.count, using: &dice)]
            case 4: scalars.removeLast(scalars.count - at)
            default: scalars.swapAt(at, Int.random(in: 0..<scalars.count, using: &dice))
            }
        }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    @Test(arguments: UInt64(0)..<40)
    func `whatever becomes of the text, it is read or refused with words and lines, and what is read prints right`(
        seed: UInt64
    ) throws {
        var dice = Dice(state: seed)
        for _ in 0..<40 {
            let base = [Configuration.example, Sample.full].randomElement(using: &dice) ?? Sample.full
            let text = mutate(base, &dice)
            let lineCount = text.unicodeScalars.count { "\n\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0) } + 1
            do throws(ConfigurationError) {
                let configuration = try Sample.load(text)
                let printed = configuration.rendered()
                let problems = Sample.problems(printed, environment: [:])
                #expect(problems.isEmpty, "\(problems) in\n\(printed)")
                #expect(try Sample.load(printed, environment: [:]).rendered() == printed)
            } catch {
                #expect(!error.problems.isEmpty)
                for problem in error.problems {
                    #expect(!problem.message.isEmpty)
                    #expect((1...lineCount).contains(problem.line ?? 1), "\(problem) in\n\(text)")
                }
                #expect(error.problems.map { $0.line ?? 0 } == error.problems.map { $0.line ?? 0 }.sorted())
                #expect(!error.description.contains("s3cret-Value!"))
                #expect(!error.description.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
            }
        }
    }
}
