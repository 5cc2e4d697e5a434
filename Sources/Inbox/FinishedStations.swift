import DropFolder

/// The finished stations directly in one folder: about fifty bytes each, no watch, no listing.
///
/// A plain value. A line has the stamp under which the station was finished. A listing of the folder above ``markSeen(_:mark:listing:isDeep:)``s
/// each of them, and so finds those that are gone and those that are due for a glance.
struct FinishedStations: Sendable {
    private struct Line {
        var start: UInt32
        var length: UInt16
        var isAlive: Bool
        /// Must be listed.
        var isDue: Bool
        /// The last listing that showed it.
        var listing: UInt32
        var mark: FolderMark
        var stamp: PackedStamp
    }

    // Names are stored one after the other in one array: a hundred thousand strings would each have a box of their own.
    private var names: [UInt8] = []
    private var lines: [Line] = []
    /// Open addressing: a line's number plus one, or 0.
    private var slots: [UInt32] = []
    private(set) var count = 0
    private(set) var dueCount = 0
    private var nextDue = 0

    /// Adds a station, or changes its stamp where it is known.
    mutating func add(_ name: String, stamp: PackedStamp) {
        if let line = find(name) {
            if !lines[line].isAlive { count += 1 }
            setDue(line, false)
            lines[line].isAlive = true
            lines[line].stamp = stamp
            lines[line].mark = .unknown
            return
        }
        if lines.count > 64, count < lines.count / 2 { rebuild() }
        append(Array(name.utf8), stamp, .unknown)
        count += 1
    }

    /// The stamp under which the station was finished; nil where it isn't.
    func stamp(of name: String) -> PackedStamp? {
        guard let line = find(name), lines[line].isAlive else { return nil }
        return lines[line].stamp
    }

    @discardableResult
    mutating func remove(_ name: String) -> PackedStamp? {
        guard let line = find(name), lines[line].isAlive else { return nil }
        remove(line)
        return lines[line].stamp
    }

    /// Notes that a listing of the folder above shows the station's folder; returns whether it is one of these.
    ///
    /// - Parameters:
    ///   - name: The folder's name.
    ///   - mark: The folder's mark in the listing.
    ///   - listing: Its number; 0 where only this name is checked.
    ///   - isDeep: Whether it must be listed whatever its mark is.
    mutating func markSeen(_ name: String, mark: FolderMark, listing: UInt32, isDeep: Bool) -> Bool {
        guard let line = find(name), lines[line].isAlive else { return false }
        if listing != 0 { lines[line].listing = listing }
        if isDeep || lines[line].mark != mark { setDue(line, true) }
        return true
    }

    /// Requests a listing of one; false where it isn't one of these.
    mutating func makeDue(_ name: String) -> Bool {
        guard let line = find(name), lines[line].isAlive else { return false }
        setDue(line, true)
        return true
    }

    /// Removes those that the listing did not show, and returns their names.
    mutating func removeUnseen(by listing: UInt32) -> [String] {
        var unmet: [String] = []
        for line in lines.indices where lines[line].isAlive && lines[line].listing != listing {
            unmet.append(name(of: lines[line]))
            remove(line)
        }
        return unmet
    }

    /// Some of those that must be listed; each once.
    mutating func takeDue(limit: Int) -> [(name: String, stamp: PackedStamp)] {
        var due: [(name: String, stamp: PackedStamp)] = []
        while dueCount > 0, due.count < limit {
            if nextDue >= lines.count { nextDue = 0 }
            if lines[nextDue].isDue {
                due.append((name(of: lines[nextDue]), lines[nextDue].stamp))
                setDue(nextDue, false)
            }
            nextDue += 1
        }
        return due
    }

    /// Notes what the folder looked like when it was found unchanged.
    mutating func note(_ mark: FolderMark, of name: String) {
        if let line = find(name) { lines[line].mark = mark }
    }

    /// In no particular order.
    var allNames: [String] { lines.filter(\.isAlive).map(name) }

    // MARK: The table

    private func name(of line: Line) -> String {
        let start = Int(line.start)
        return String(decoding: names[start..<start + Int(line.length)], as: UTF8.self)
    }

    private mutating func setDue(_ line: Int, _ isDue: Bool) {
        guard lines[line].isDue != isDue else { return }
        lines[line].isDue = isDue
        dueCount += isDue ? 1 : -1
    }

    private mutating func remove(_ line: Int) {
        setDue(line, false)
        lines[line].isAlive = false
        count -= 1
    }

    private func find(_ name: String) -> Int? {
        guard !slots.isEmpty else { return nil }
        var name = name
        return name.withUTF8 { bytes in
            var slot = Self.hash(UnsafeRawBufferPointer(bytes)) & (slots.count - 1)
            while slots[slot] != 0 {
                let number = Int(slots[slot]) - 1
                let line = lines[number]
                if Int(line.length) == bytes.count {
                    let start = Int(line.start)
                    if names[start..<start + bytes.count].elementsEqual(bytes) { return number }
                }
                slot = (slot + 1) & (slots.count - 1)
            }
            return nil
        }
    }

    private static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: bytes)
        return hasher.finalize()
    }

    private mutating func append(_ bytes: [UInt8], _ stamp: PackedStamp, _ mark: FolderMark) {
        let line = Line(
            start: UInt32(names.count),
            length: UInt16(bytes.count),
            isAlive: true,
            isDue: false,
            listing: 0,
            mark: mark,
            stamp: stamp
        )
        names += bytes
        lines.append(line)
        if lines.count * 3 > slots.count * 2 { makeSlots() } else { enter(lines.count - 1) }
    }

    private mutating func makeSlots() {
        var size = 16
        while size * 2 < lines.count * 3 + 3 { size *= 2 }
        slots = [UInt32](repeating: 0, count: size)
        for line in lines.indices { enter(line) }
    }

    private mutating func enter(_ line: Int) {
        let start = Int(lines[line].start)
        let hash = names[start..<start + Int(lines[line].length)].withUnsafeBytes(Self.hash)
        var slot = hash & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = UInt32(line + 1)
    }

    /// Rebuilds the table without the dead lines.
    private mutating func rebuild() {
        let (old, oldNames) = (lines.filter(\.isAlive), names)
        names = []
        lines = []
        slots = []
        dueCount = 0
        nextDue = 0
        for line in old {
            append(Array(oldNames[Int(line.start)..<Int(line.start) + Int(line.length)]), line.stamp, line.mark)
            lines[lines.count - 1].listing = line.listing
            setDue(lines.count - 1, line.isDue)
        }
    }
}
