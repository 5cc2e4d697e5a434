import Testing

@testable import Dashboard

/// What a page says once, after an action.
struct NoticeTests {
    @Test func `each item of an action has its line, and of very many the rest is counted`() {
        let two = Notice(.init(words: "Station 1 is retried.\nStation 2\u{1b} is retried.", isDone: true))
        #expect(two.lines.map(\.renderText) == ["Station 1 is retried.", "Station 2\\u{1b} is retried."])
        let words = (1...300).map { "Station \($0) is retried." }.joined(separator: "\n")
        let many = Notice(.init(words: words, isDone: false))
        #expect(many.lines.count == 21)
        #expect(many.lines.last?.renderText == "And 280 more.")
        #expect(many.mood == "bad")
    }
}
