import Synchronization

/// The active rules, and how often each has matched and struck.
final class FaultPlan: Sendable {
    private struct Plan {
        var rules: [FaultRule] = []
        var random = SplitMix(state: 0)
    }

    private let plan = Mutex(Plan())

    /// Replaces all rules with those of `{"seed"?, "rules": […]}`.
    func replace(_ body: JSON) throws(APIError) {
        var rules: [FaultRule] = []
        for json in try body.items(0...100, in: "rules") { rules.append(try FaultRule(json)) }
        let fresh = Plan(rules: rules, random: SplitMix(state: UInt64(bitPattern: try body.integer("seed") ?? 0)))
        plan.withLock { $0 = fresh }
    }

    func clear() { plan.withLock { $0 = Plan() } }

    /// Counts a request with all rules that match it, and returns the fault of the first that strikes.
    func strike(method: String, path: String) -> (name: String, fault: Fault)? {
        plan.withLock { plan in
            var first: Int?
            for index in plan.rules.indices {
                let strikes = plan.rules[index].counts(method: method, path: path, random: &plan.random)
                if strikes, first == nil { first = index }
            }
            guard let first else { return nil }
            plan.rules[first].strike()
            return (plan.rules[first].name, plan.rules[first].fault)
        }
    }

    var json: JSON { plan.withLock { ["rules": .array($0.rules.map(\.json))] } }
}
