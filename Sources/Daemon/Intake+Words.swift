import Ledger
import Logging
import Station

/// What the log says of an item that was recorded.
extension Intake {
    /// Logs the item's new state, and passes it on.
    func announce(_ record: ItemRecord) {
        let what = record.kind == .station ? "station" : "E57 file"
        var metadata: Logger.Metadata = ["station.path": "\(printable(record.path))", "station.number": "\(record.id)"]
        switch record.state {
        case .rejected(let problems):
            metadata["problems"] = "\(problems.messages)"
            logger.warning("\(what) is rejected", metadata: metadata)
        case .incomplete(let problems):
            metadata["missing"] = "\(problems.messages)"
            logger.info("\(what) is incomplete", metadata: metadata)
        case .accepted where record.sameAs != nil, .registered:
            logger.info("\(what) was delivered before with the same content; nothing is sent", metadata: metadata)
        case .accepted: logger.info("\(what) is accepted", metadata: metadata)
        case .withdrawn: logger.info("\(what) is withdrawn", metadata: metadata)
        case .uploading, .uploaded, .processing, .failed: break
        }
        changed(record)
    }
}
