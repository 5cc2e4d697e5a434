import DropFolder

/// Where a station is inspected: what takes long or much memory goes by itself, so that ordinary stations pass it.
package enum InspectionLane: Sendable {
    /// Several at once.
    case light
    /// One at a time, whatever it takes.
    case heavy

    /// Bytes of one face's file and of what its decoder keeps; two light stations take twice as much.
    private static let lightMemory = 96 << 20
    /// Blocks of 64 coefficients in all scans of all faces: about a second.
    private static let lightBlocks = 40_000_000

    /// The lane of a station, by the heads of its faces; where they do not tell, by the size of the files.
    ///
    /// Blocks.
    static func of(_ files: [String], in folder: borrowing OpenFolder) throws(Interruption) -> InspectionLane {
        var blocks = 0
        for name in files {
            guard var (head, size) = try FileContents.headAndSize(of: name, in: folder, count: firstLook) else {
                continue
            }
            var facts = head.withUnsafeBufferPointer(ImageHead.facts)
            if size > firstLook, facts == nil || (facts?.effort.memory ?? 0) > 0 {
                // A header behind thumbnails and profiles; or several scans, which are to be counted.
                head = try FileContents.head(of: name, in: folder, count: ImageHead.length) ?? head
                facts = head.withUnsafeBufferPointer(ImageHead.facts)
                size = max(size, Int64(head.count))
            }
            guard let facts else {
                // A header that stands far behind: nobody knows what of.
                if size > ImageHead.length { return .heavy }
                continue
            }
            if Int(size) + facts.effort.memory > lightMemory { return .heavy }
            blocks += facts.effort.blocks
        }
        return blocks > lightBlocks ? .heavy : .light
    }

    /// Enough for the header of nearly every file.
    private static let firstLook = 1 << 16
}
