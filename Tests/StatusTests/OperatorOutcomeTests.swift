import Testing

@testable import Status

/// What is told of an action.
struct OperatorOutcomeTests {
    @Test func `what was left as it was is told first`() {
        let outcome = OperatorActions.Outcome(
            words: "Station 1 is accepted and due now.\nStation 3 is accepted and due now.",
            leftOut: ["Station 2 is withdrawn."]
        )
        #expect(outcome.lines == ["Station 2 is withdrawn.", outcome.words])
    }

    @Test func `where nothing was done, only the reasons are told`() {
        #expect(OperatorActions.Outcome(words: "", leftOut: ["Because."]).lines == ["Because."])
        #expect(OperatorActions.Outcome(words: "Resumed.").lines == ["Resumed."])
    }
}
