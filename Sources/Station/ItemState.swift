/// How far one item has got on its way to the viewer.
///
///     (seen) ─▶ incomplete ─▶ accepted ─▶ uploading ─▶ uploaded ──────────────────▶ registered
///                  │   ▲          │            │           ├── handed over ─▶ processing ─▲
///                  ▼   │          └────────────┴───────────┴─────┬──────────────┘
///               rejected ◀── (looked at again                    ▼
///                             when it changes)                 failed ── retry ──▶ accepted
///
/// A station is registered when its image is written. A point cloud is handed over to a 3D revision instead, and is registered when CDF
/// has made it. If the pose of a registered image is replaced, it is `uploaded` again until CDF has the image with the new one.
///
/// An item that an operator takes out of CDF again is `withdrawn`, too. An item that disappears before all of its bytes were sent is `withdrawn`. Waiting for a retry is a date on the row, not a state,
/// and being offline is not a state of an item at all.
package enum ItemState: Equatable, Sendable {
    /// Something is missing or still being written; the problems say what.
    case incomplete([Problem])
    /// Inspected and good; nothing of this content has been sent.
    case accepted(ContentDigest)
    /// At least one file is on its way.
    case uploading(ContentDigest)
    /// CDF has confirmed receipt of all files' bytes.
    case uploaded(ContentDigest)
    /// Everything has been sent, and CDF is still working on it.
    case processing(ContentDigest, ModelRevision)
    /// It is in CDF. Nothing is left to do.
    case registered(ContentDigest)
    /// The item's own fault; the crew can fix it.
    case rejected([Problem])
    /// Ours or CDF's fault, and the schedule is used up or the answer was final.
    case failed(ContentDigest, Failure)
    /// It disappeared before it was delivered, or an operator took it out of CDF again.
    case withdrawn

    /// Why an item failed, in words for the operator.
    package struct Failure: Equatable, Codable, Sendable {
        package var summary: String
        package var advice: String?

        package init(summary: String, advice: String? = nil) {
            self.summary = summary
            self.advice = advice
        }
    }

    /// The state's name in commands, JSON and reports.
    package enum Name: String, CaseIterable, Codable, Sendable {
        case incomplete, accepted, uploading, uploaded, processing, registered, rejected, failed, withdrawn

        /// On the way to CDF: drop360 or CDF still has work to do, and no person has to act.
        package static let underWay: [Name] = [.accepted, .uploading, .uploaded, .processing]
        /// Claims its ids in CDF before it is there: no other item may take them.
        package static let claiming: [Name] = underWay + [.failed]
        /// All bytes are in CDF, so the files are no longer needed.
        package static let allSent: [Name] = [.uploaded, .processing, .registered]
        /// A person is asked to act.
        package static let needingHelp: [Name] = [.rejected, .incomplete, .failed]
    }

    package var name: Name {
        switch self {
        case .incomplete: .incomplete
        case .accepted: .accepted
        case .uploading: .uploading
        case .uploaded: .uploaded
        case .processing: .processing
        case .registered: .registered
        case .rejected: .rejected
        case .failed: .failed
        case .withdrawn: .withdrawn
        }
    }

    /// The content that this state refers to; nil if no content has been accepted.
    package var digest: ContentDigest? {
        switch self {
        case .accepted(let digest), .uploading(let digest), .uploaded(let digest), .processing(let digest, _),
            .registered(let digest), .failed(let digest, _):
            digest
        case .incomplete, .rejected, .withdrawn: nil
        }
    }
}

/// What can happen to an item.
package enum ItemEvent: Equatable, Sendable {
    /// Inspection found something missing.
    case foundIncomplete([Problem])
    /// Inspection refused it.
    case refused([Problem])
    /// Inspection found it good, with this content.
    case accepted(ContentDigest)
    /// The same content is already in CDF; nothing needs to be sent.
    case recognised(ContentDigest)
    /// The first file of this content is about to be sent.
    case uploadStarted(ContentDigest)
    /// CDF has confirmed receipt of all files of this content.
    case uploadFinished(ContentDigest)
    /// CDF is missing files of this content after all; they are sent again.
    case filesMissing(ContentDigest)
    /// CDF has begun to make a 3D revision from this content.
    case handedOver(ContentDigest, ModelRevision)
    /// The Image360 of this content is written, or CDF has made the 3D revision from it.
    case registered(ContentDigest)
    /// Nothing more is tried for this content.
    case gaveUp(ContentDigest, ItemState.Failure)
    /// The image stays as it is, except for its pose: it is to be written again.
    case poseReplaced(ContentDigest)
    /// The image of this content has been deleted in CDF, because an operator asked for it.
    case retracted(ContentDigest)
    /// Inspection found what an operator took out of CDF; it is not sent again.
    case leftOut
    /// The folder or file is gone.
    case vanished
    /// An operator retries a failed content.
    case retried(ContentDigest)
    /// An operator wants the item inspected again.
    case reopened
}

/// An event that the state does not allow: a bug in the caller, or an event of content that has since been replaced.
package struct IllegalTransition: Error, Equatable, Sendable, CustomStringConvertible {
    package var from: ItemState.Name
    package var event: ItemEvent

    package var description: String {
        "An item in state \(from.rawValue) cannot take the event \(event). This is a bug in drop360; nothing was changed."
    }
}

extension ItemState {
    /// Returns the state that follows when `event` happens in this one.
    ///
    /// The only place where one state follows another. Events of a delivery carry the digest of their content and are refused
    /// if the item has moved on to other content. Anything not listed is thrown, never ignored.
    package func after(_ event: ItemEvent) throws(IllegalTransition) -> ItemState {
        switch (self, event) {
        // What inspection found in the folder or file as it is now. A delivered one that is being rewritten, or removed
        // file by file, stays delivered until new content is complete.
        case (.uploaded, .foundIncomplete), (.processing, .foundIncomplete), (.registered, .foundIncomplete): self
        case (_, .foundIncomplete(let problems)): .incomplete(problems)
        case (_, .refused(let problems)): .rejected(problems)
        case (_, .accepted(let digest)): self.digest == digest && name != .failed ? self : .accepted(digest)
        case (_, .recognised(let digest)): .registered(digest)

        case (.accepted(let own), .uploadStarted(let digest)) where own == digest: .uploading(digest)
        case (.uploading(let own), .uploadStarted(let digest)) where own == digest: self
        case (.uploading(let own), .uploadFinished(let digest)) where own == digest: .uploaded(digest)
        case (.uploaded(let own), .filesMissing(let digest)) where own == digest: .accepted(digest)
        case (.uploaded(let own), .handedOver(let digest, let revision)) where own == digest:
            .processing(digest, revision)
        // Repeated after a restart: nothing new. There must not be another revision of the same content.
        case (.processing(let own, let known), .handedOver(let digest, let revision))
        where own == digest && known == revision:
            self
        case (.uploaded(let own), .registered(let digest)) where own == digest,
            (.processing(let own, _), .registered(let digest)) where own == digest:
            .registered(digest)

        case (.accepted(let own), .gaveUp(let digest, let failure)) where own == digest,
            (.uploading(let own), .gaveUp(let digest, let failure)) where own == digest,
            (.uploaded(let own), .gaveUp(let digest, let failure)) where own == digest,
            (.processing(let own, _), .gaveUp(let digest, let failure)) where own == digest:
            .failed(digest, failure)
        case (.failed(let own, _), .retried(let digest)) where own == digest: .accepted(digest)

        case (.registered(let own), .poseReplaced(let digest)) where own == digest: .uploaded(digest)
        case (.registered(let own), .retracted(let digest)) where own == digest,
            (.failed(let own, _), .retracted(let digest)) where own == digest:
            .withdrawn
        case (.incomplete, .leftOut), (.rejected, .leftOut), (.withdrawn, .leftOut): .withdrawn

        // All bytes are in CDF from `uploaded` on, so the files are no longer needed.
        case (.uploaded, .vanished), (.processing, .vanished), (.registered, .vanished): self
        case (_, .vanished): .withdrawn

        case (.rejected, .reopened), (.incomplete, .reopened), (.withdrawn, .reopened): .incomplete([])
        default: throw IllegalTransition(from: name, event: event)
        }
    }
}
