/// When a folder with files that look cut short is believed to be as it is, and when it is looked into again; a value.
struct RecheckSchedule: Sendable {
    private struct Place: Hashable {
        var inbox: String
        var path: String
    }

    private struct Doubt {
        var stamp: String
        var looks: Int
    }

    /// After the first look, the second, and so on; afterwards only a change of the folder counts.
    static let delays: [Duration] = [.seconds(3), .seconds(60), .seconds(600)]
    /// More folders than these are believed at once.
    private static let capacity = 4096

    private var doubts: [Place: Doubt] = [:]

    /// Takes that a folder was not refused: nothing of it is in doubt.
    mutating func settle(inbox: String, path: String) { doubts[Place(inbox: inbox, path: path)] = nil }

    /// Takes that a folder was refused.
    ///
    /// - Parameters:
    ///   - inbox: Its inbox.
    ///   - path: Below it.
    ///   - stamp: What it looked like.
    ///   - isDoubtful: Nothing was wrong but what a copy that still runs could mend.
    /// - Returns: Whether the refusal stands, and after what time to look again.
    mutating func next(inbox: String, path: String, stamp: String, isDoubtful: Bool) -> (
        isBelieved: Bool, delay: Duration?
    ) {
        let place = Place(inbox: inbox, path: path)
        guard isDoubtful else {
            doubts[place] = nil
            return (true, nil)
        }
        var doubt = doubts[place] ?? Doubt(stamp: stamp, looks: 0)
        if doubt.stamp != stamp { doubt = Doubt(stamp: stamp, looks: 0) }
        guard doubt.looks < Self.delays.count, doubts.count < Self.capacity || doubts[place] != nil else {
            doubts[place] = nil
            return (true, nil)
        }
        let delay = Self.delays[doubt.looks]
        doubt.looks += 1
        doubts[place] = doubt
        return (doubt.looks > 1, delay)
    }
}
