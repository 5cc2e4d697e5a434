import Foundation
import GRDB
import Station

/// Who asks for something, and when.
struct OperatorRequest {
    /// "user anna"; nil for a command on this machine.
    var requester: String?
    var now: Date

    init(by requester: String?, at now: Date) { (self.requester, self.now) = (requester, now) }

    /// For sentences of the history.
    var name: String { requester ?? "an operator" }

    /// A detail of the history, with who asked.
    func words(_ detail: String?) -> String? {
        guard let requester else { return detail }
        return detail.map { "\($0), by \(requester)" } ?? "by \(requester)"
    }
}

extension ItemRow {
    /// Applies `event`, which an operator has asked for.
    mutating func take(_ event: ItemEvent, for request: OperatorRequest, _ db: Database) throws {
        try take(event, at: request.now, detail: request.words(event.historyDetail), db)
    }
}
