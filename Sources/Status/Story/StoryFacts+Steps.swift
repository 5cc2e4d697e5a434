import Foundation
import Ledger
import Station

extension StoryFacts {
    /// What a person can do, the most useful first; empty where there is nothing.
    var steps: [StationStory.Step] {
        var steps: [StationStory.Step] = []
        let (noun, place) = (record.kind.noun, record.kind.place)
        if !daemon.running, record.state.name != .registered {
            steps.append(.init("Start the daemon.", command: "sudo systemctl start drop360"))
        }
        switch record.state {
        case .incomplete where record.scan == nil && !record.isGone:
            steps.append(.init("The crew can add what is missing; nothing else is needed."))
        case .rejected(let problems):
            if problems.contains(where: { $0.code == "conflict" }) {
                steps.append(
                    .init(
                        "If this \(noun) is meant to take the place of the delivered one, say so.",
                        command: "drop360 replace \(record.id)"
                    )
                )
            }
            if record.scan == nil { steps.append(.init("The crew can correct the \(place), or copy it again.")) }
            steps.append(.init("To have it inspected now although it has not changed:", command: retry))
        case .failed(_, let failure):
            if let advice = failure.advice { steps.append(.init(printable(advice, limit: 1000))) }
            steps.append(.init("Once the cause is removed, try it again.", command: retry))
        case .accepted, .uploading, .uploaded, .processing: steps += hindrances
        case .withdrawn where record.isRetracted && !record.isGone:
            steps.append(.init("To have it sent again after all:", command: retry))
        case .withdrawn where isLeftAlone:
            steps.append(
                .init("To have it delivered, set `e57.extract` for its inbox to `cdf` or `here`, and reload drop360.")
            )
        case .withdrawn: steps.append(.init("Copy the \(place) into the inbox again if it is to be delivered."))
        case .incomplete, .registered: break
        }
        for image in record.leftBehind.prefix(5) {
            let command = "drop360 retract \(shellWord(image))"
            steps.append(
                .init("An image delivered from here before is still in the viewer. To take it out:", command: command)
            )
        }
        let more = record.leftBehind.count - 5
        if more > 0 {
            steps.append(.init("\(more) more such images are in:", command: "drop360 explain \(record.id) --json"))
        }
        if !record.visitsElsewhere.isEmpty {
            let command = "drop360 replace \(record.id) --with-visits"
            steps.append(.init("Other visits still have the old pose. To give them the new one:", command: command))
        }
        for retraction in retractions {
            guard let failure = retraction.failure else { continue }
            if let advice = failure.advice { steps.append(.init(printable(advice, limit: 1000))) }
            steps.append(.init("To try again:", command: "drop360 retract \(shellWord(retraction.externalID))"))
        }
        return steps
    }

    /// What can be done about an item that is on its way and held up.
    private var hindrances: [StationStory.Step] {
        if daemon.pausedSince != nil { return [.init("To continue sending:", command: "drop360 resume")] }
        if daemon.running, !daemon.online, daemon.offlineSince != nil {
            return [.init("To find out where the way to CDF breaks:", command: "sudo drop360 doctor")]
        }
        guard record.sameAs == nil, record.notBefore > now, record.attempts > 0 else { return [] }
        return [.init("To try now instead of waiting:", command: retry)]
    }
}
