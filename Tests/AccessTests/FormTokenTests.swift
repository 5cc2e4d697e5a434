import Access
import Testing

/// The tokens of forms.
struct FormTokenTests {
    @Test func `a token is good for its user and this process, and for nothing else`() {
        let tokens = FormTokens()
        let anna = Visitor(name: "anna")
        let token = tokens.token(for: anna)
        #expect(tokens.accepts(token, from: anna))
        // The address may change while a page is open.
        #expect(tokens.accepts(token, from: Visitor(name: "anna", address: "10.0.0.1")))
        for other in [Visitor.local, Visitor(name: "bea"), Visitor(name: ""), Visitor(name: "none")] {
            #expect(!tokens.accepts(token, from: other))
        }
        #expect(!FormTokens().accepts(token, from: anna))
        for wrong in ["", token + "=", String(token.dropLast()), token.uppercased(), String(token.reversed())] {
            #expect(!tokens.accepts(wrong, from: anna))
        }
        #expect(token.utf8.count == 43 && token.allSatisfy { $0.isLetter || $0.isNumber || "-_".contains($0) })
    }

    @Test func `who it was is said without what a terminal would obey`() {
        #expect(Visitor.local.words == "the page on loopback")
        #expect(Visitor(name: "anna", address: "10.0.0.1").words == "user anna")
        #expect(Visitor(name: nil, address: "10.0.0.1").words == "the page, from 10.0.0.1")
        #expect(!Visitor(name: "a\u{1B}[31m").words.contains("\u{1B}"))
    }
}
