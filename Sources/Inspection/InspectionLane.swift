import DropFolder

/// Where a station is inspected: stations that take long or much memory have a separate lane, so that they do not block ordinary ones.
package enum InspectionLane: Sendable {
    /// Several at the same time.
    case light
    /// One at a time, without these limits.
    case heavy

    /// The limit for one face's file and its decoder's memory, in bytes; two light stations need twice as much.
    static let lightMemory = 96 << 20
    /// Blocks of 64 coefficients in all scans of all faces: about a second.
    private static let lightBlocks = 40_000_000

    /// The lane of a station, from the headers of its faces, or from the size of the files if those cannot be read.
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
                // The header follows thumbnails and profiles, or there are several scans to count.
                head = try FileContents.head(of: name, in: folder, count: ImageHead.length) ?? head
                facts = head.withUnsafeBufferPointer(ImageHead.facts)
                size = max(size, Int64(head.count))
            }
            guard let facts else {
                // The header is too far into the file to find.
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
