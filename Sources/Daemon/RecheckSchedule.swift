import Station

/// Decides when a folder with files that look cut short is refused, and when it is inspected again; a value.
struct RecheckSchedule: Sendable {
    private struct Doubt {
        var stamp: Stamp
        var looks: Int
    }

    /// After the first inspection, the second, and so on; after the last only a change of the folder counts.
    static let delays: [Duration] = [.seconds(3), .seconds(60), .seconds(600)]
    /// Beyond this number of folders, such files are refused immediately.
    private static let capacity = 4096

    private var doubts: [ItemPath: Doubt] = [:]

    /// Records that a folder was not refused: nothing in it is in doubt.
    mutating func forget(_ item: ItemPath) { doubts[item] = nil }

    /// Records that a folder was refused.
    ///
    /// - Parameters:
    ///   - item: The folder.
    ///   - stamp: What it looked like.
    ///   - isDoubtful: Whether a copy in progress could fix everything that is wrong.
    /// - Returns: Whether the refusal stands, and after what time to inspect again.
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
