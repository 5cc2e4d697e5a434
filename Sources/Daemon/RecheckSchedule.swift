import Station

/// When a folder with files that look cut short is believed to be as it is, and when it is looked into again; a value.
struct RecheckSchedule: Sendable {
    private struct Doubt {
        var stamp: Stamp
        var looks: Int
    }

    /// After the first look, the second, and so on; afterwards only a change of the folder counts.
    static let delays: [Duration] = [.seconds(3), .seconds(60), .seconds(600)]
    /// More folders than these are believed at once.
    private static let capacity = 4096

    private var doubts: [ItemPath: Doubt] = [:]

    /// Takes that a folder was not refused: nothing of it is in doubt.
    mutating func forget(_ item: ItemPath) { doubts[item] = nil }

    /// Takes that a folder was refused.
    ///
    /// - Parameters:
    ///   - item: Which.
    ///   - stamp: What it looked like.
    ///   - isDoubtful: Nothing was wrong but what a copy that still runs could fix.
    /// - Returns: Whether the refusal stands, and after what time to look again.
    mutating func next(_ item: ItemPath, stamp: Stamp, isDoubtful: Bool) -> (
        isBelieved: Bool, delay: Duration?
    ) {
        guard isDoubtful else {
            doubts[item] = nil
            return (true, nil)
        }
        var doubt = doubts[item] ?? Doubt(stamp: stamp, looks: 0)
        if doubt.stamp != stamp { doubt = Doubt(stamp: stamp, looks: 0) }
        guard doubt.looks < Self.delays.count, doubts.count < Self.capacity || doubts[item] != nil else {
            doubts[item] = nil
            return (true, nil)
        }
        let delay = Self.delays[doubt.looks]
        doubt.looks += 1
        doubts[item] = doubt
        return (doubt.looks > 1, delay)
    }
}
