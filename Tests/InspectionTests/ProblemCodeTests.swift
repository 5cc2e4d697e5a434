import Foundation
import Inspection
import Testing

struct ProblemCodeTests {
    @Test(arguments: ProblemCode.allCases) func `each code is a word in kebab-case with a meaning`(code: ProblemCode) {
        #expect(code.rawValue.allSatisfy { $0.isLowercase || $0 == "-" || $0.isNumber })
        #expect(!code.meaning.isEmpty && code.meaning.count < 120)
    }

    @Test func `no two codes mean the same`() {
        #expect(Set(ProblemCode.allCases.map(\.meaning)).count == ProblemCode.allCases.count)
    }
}
