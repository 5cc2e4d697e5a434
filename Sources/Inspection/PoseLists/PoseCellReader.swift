import Station

/// Reads the cells of one row by the roles of their columns.
struct PoseCellReader {
    let columns: [PoseColumn]
    let cells: [String]
    let line: Int

    /// One of several numbers that belong together.
    typealias Part = (part: Int, value: Double?)

    func cell(_ index: Int) -> String? {
        guard index < cells.count, !cells[index].isEmpty else { return nil }
        return cells[index]
    }

    func column(_ role: PoseColumn.Role) -> PoseColumn? { columns.first { $0.role == role } }

    func cell(_ column: PoseColumn) -> String? {
        columns.firstIndex(of: column).flatMap { cell($0) }
    }

    func cell(key: String) -> String? {
        columns.firstIndex { $0.key == key }.flatMap { cell($0) }
    }

    /// The number in a column; nil if its cell is empty.
    func number(_ column: PoseColumn) throws(PoseListRefusal) -> Double? {
        guard let cell = cell(column) else { return nil }
        do throws(PoseNumber.Objection) {
            return try PoseNumber.read(cell, column: column.title, line: line)
        } catch {
            throw PoseListRefusal(message: error.words, code: error.code)
        }
    }

    func numbers(_ roles: PoseColumn.Role...) throws(PoseListRefusal) -> [Part] {
        var parts: [Part] = []
        for (part, role) in roles.enumerated() {
            guard let column = column(role) else {
                parts.append((part, nil))
                continue
            }
            parts.append((part, try number(column)))
        }
        return parts
    }

    /// Refuses the row if one of the parts is missing.
    func require(_ parts: [Part], _ names: [String]) throws(PoseListRefusal) {
        guard let missing = parts.first(where: { $0.value == nil }) else { return }
        throw PoseListRefusal(message: "has no value for \(names[missing.part]) in line \(line)")
    }
}
