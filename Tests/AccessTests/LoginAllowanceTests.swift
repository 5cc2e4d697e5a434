import Access
import Foundation
import Testing

/// How often passwords may be guessed.
struct LoginAllowanceTests {
    private let start = Date(timeIntervalSince1970: 1_777_629_600)

    @Test func `after ten wrong passwords one more is checked every half minute`() {
        var allowance = LoginAllowance(at: start)
        for _ in 0..<10 { #expect(allowance.take("a", at: start) == nil) }
        #expect(allowance.take("a", at: start) == 30)
        #expect(allowance.take("a", at: start + 29) == 1)
        #expect(allowance.take("a", at: start + 30) == nil)
        #expect(allowance.take("a", at: start + 30) != nil)
        // Others are not concerned.
        #expect(allowance.take("b", at: start + 30) == nil)
    }

    @Test func `right passwords cost nothing`() {
        var allowance = LoginAllowance(at: start)
        for _ in 0..<1000 {
            #expect(allowance.take("a", at: start) == nil)
            allowance.giveBack("a")
        }
    }

    @Test func `however many addresses guess, a core has little to do`() {
        var allowance = LoginAllowance(at: start)
        var checked = 0
        for second in 0..<600 {
            for client in 0..<200 where allowance.take("\(second).\(client)", at: start + Double(second)) == nil {
                checked += 1
            }
        }
        // 60 at once, and then one every two seconds.
        #expect(checked >= 355 && checked <= 365, "\(checked)")
    }

    @Test func `a clock that is put back gives nothing and takes nothing`() {
        var allowance = LoginAllowance(at: start)
        for _ in 0..<10 { _ = allowance.take("a", at: start) }
        #expect(allowance.take("a", at: start - 86400) != nil)
        #expect(allowance.take("a", at: start - 86400 + 30) == nil)
    }

    @Test func `failed logins are logged at once, and then once an hour with their number`() {
        var failed = FailedLogins()
        #expect(failed.note("a", at: start) == .init(client: "a", count: 1))
        for second in 1..<3600 { #expect(failed.note("a", at: start + Double(second)) == nil) }
        #expect(failed.note("b", at: start + 10) == .init(client: "b", count: 1))
        #expect(failed.note("a", at: start + 3600) == .init(client: "a", count: 3600))
        #expect(failed.note("a", at: start + 3601) == nil)
    }
}
