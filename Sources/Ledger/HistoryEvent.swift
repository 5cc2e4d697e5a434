import Station

/// What a line of an item's history records; the raw values are its names in the ledger and in `explain --json`.
///
/// Whatever is recorded is one of these: the story of an item has a sentence for each, and does not compile without it.
package enum HistoryEvent: String, CaseIterable, Sendable {
    // What is found.
    case seen, incomplete, rejected, accepted, recognised, withdrawn
    // What is delivered.
    case uploadStarted = "upload-started"
    case uploaded
    case filesMissing = "files-missing"
    case handedOver = "handed-over"
    case registered, failed, postponed, overtaken, promoted
    // What operators want.
    case retried, reopened, adopted, replaced
    case poseReplaced = "pose-replaced"
    case retractionRequested = "retraction-requested"
    case retracted
    case retractionFinished = "retraction-finished"
    case retractionFailed = "retraction-failed"
    case leftOut = "left-out"
    // What becomes of the files in the inbox.
    case clearingBegun = "clearing-begun"
    case cleared
    case clearingEnded = "clearing-ended"
}

extension ItemEvent {
    /// The event's line in the history.
    var historyEvent: HistoryEvent {
        switch self {
        case .foundIncomplete: .incomplete
        case .refused: .rejected
        case .accepted: .accepted
        case .recognised: .recognised
        case .uploadStarted: .uploadStarted
        case .uploadFinished: .uploaded
        case .filesMissing: .filesMissing
        case .handedOver: .handedOver
        case .registered: .registered
        case .gaveUp: .failed
        case .poseReplaced: .poseReplaced
        case .retracted: .retracted
        case .leftOut: .leftOut
        case .vanished: .withdrawn
        case .retried: .retried
        case .reopened: .reopened
        }
    }
}
