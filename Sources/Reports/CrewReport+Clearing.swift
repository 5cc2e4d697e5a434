import Foundation
import Ledger
import Station

extension CrewReport {
    /// Where the files of a delivered item are now; empty if they are in the inbox.
    static func lines(of clearing: Clearing?, for record: ItemRecord) -> [String] {
        guard let clearing, clearing.state == .done, let plan = clearing.plan, record.isGone else { return [] }
        let name = record.path.split(separator: "/").last.map(String.init) ?? record.path
        let place = record.kind.place
        guard plan.way == .delete else {
            return ["drop360 has moved the \(place) to \(printable((plan.destination ?? "") + "/" + name))."]
        }
        let when = clearing.doneAt.map { " on \($0.formatted(.iso8601))" } ?? ""
        guard clearing.remaining > 0 else {
            return ["drop360 has deleted the \(place)\(when), as the operator configured."]
        }
        let others = clearing.remaining == 1 ? "One other name in it is" : "\(clearing.remaining) other names in it are"
        return [
            "drop360 has deleted the files of the \(record.kind.noun)\(when), as the operator configured. \(others) not part of it: the folder stays with that."
        ]
    }
}
