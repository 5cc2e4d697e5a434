import Station
import TestSupport
import Testing

struct ItemStateTests {
    static let digests = [ContentDigest(rawValue: "one"), ContentDigest(rawValue: "two")]
    static let revisions = [1, 2].map { ModelRevision(model: 1, revision: $0) }
    static let failure = ItemState.Failure(summary: "It did not work.", advice: "Try again.")
    static let problem = Problem("face-missing", "The face top is missing.")

    static let events: [ItemEvent] =
        [.foundIncomplete([problem]), .foundIncomplete([]), .refused([problem]), .leftOut, .vanished, .reopened]
        + digests.flatMap { digest -> [ItemEvent] in
            [
                .accepted(digest), .recognised(digest), .uploadStarted(digest), .uploadFinished(digest),
                .filesMissing(digest), .handedOver(digest, revisions[0]), .handedOver(digest, revisions[1]),
                .registered(digest), .gaveUp(digest, failure), .retried(digest), .poseReplaced(digest),
                .retracted(digest),
            ]
        }

    static let states: [ItemState] =
        [.incomplete([problem]), .rejected([problem]), .withdrawn]
        + digests.flatMap { digest -> [ItemState] in
            [
                .accepted(digest), .uploading(digest), .uploaded(digest), .processing(digest, revisions[0]),
                .registered(digest), .failed(digest, failure),
            ]
        }

    /// The step that `event` makes; nil where it is refused, in which case the refusal must name both.
    private static func step(_ state: ItemState, _ event: ItemEvent) -> ItemState? {
        do throws(IllegalTransition) {
            return try state.after(event)
        } catch {
            #expect(error.from == state.name && error.event == event)
            return nil
        }
    }

    /// Walks at random from a fresh station and hands over each step that was made.
    ///
    /// Every other step is news about the content at hand: pure chance seldom gets a station delivered.
    private static func walk(
        seed: UInt64,
        steps: Int = 100,
        _ visit: (ItemState, ItemEvent, ItemState) -> Void
    ) {
        var random = SeededGenerator(seed: seed)
        var state = ItemState.incomplete([])
        for _ in 0..<steps {
            let news = events.filter { state.digest != nil && newsDigest($0) == state.digest }
            let choice = !news.isEmpty && Bool.random(using: &random) ? news : events
            guard let event = choice.randomElement(using: &random), let next = step(state, event) else { continue }
            visit(state, event, next)
            state = next
        }
    }

    /// What delivery, not inspection, has to say, with the content it speaks of.
    private static func newsDigest(_ event: ItemEvent) -> ContentDigest? {
        switch event {
        case .uploadStarted(let digest), .uploadFinished(let digest), .filesMissing(let digest),
            .registered(let digest), .handedOver(let digest, _), .gaveUp(let digest, _), .retried(let digest),
            .poseReplaced(let digest), .retracted(let digest):
            digest
        case .foundIncomplete, .refused, .accepted, .recognised, .leftOut, .vanished, .reopened: nil
        }
    }

    @Test(arguments: UInt64(0)..<200)
    func `a station is registered only after this very content was uploaded, or was already there`(seed: UInt64) {
        var uploaded: Set<ContentDigest> = []
        Self.walk(seed: seed) { state, event, next in
            if case .uploaded(let digest) = next { uploaded.insert(digest) }
            guard case .registered(let digest) = next, state != next else { return }
            let isDue = [.uploaded, .processing].contains(state.name) && state.digest == digest
            #expect(event == .recognised(digest) || (isDue && uploaded.contains(digest)))
        }
    }

    @Test(arguments: UInt64(0)..<200)
    func `content is uploaded only after it was accepted and its upload started`(seed: UInt64) {
        Self.walk(seed: seed) { state, event, next in
            switch next {
            case .uploading(let digest): #expect(state == .accepted(digest) || state == next)
            // What is registered was uploaded; its image alone is written again.
            case .uploaded(let digest) where event == .poseReplaced(digest): #expect(state == .registered(digest))
            case .uploaded(let digest): #expect(state == .uploading(digest) || state == next)
            default: break
            }
        }
    }

    @Test func `events for other content are refused in every state`() {
        for state in Self.states {
            for event in Self.events {
                guard let digest = Self.newsDigest(event), digest != state.digest else { continue }
                #expect(Self.step(state, event) == nil, "\(state) took \(event)")
            }
        }
    }

    @Test(arguments: UInt64(0)..<200)
    func `what CDF holds is withdrawn only when an operator had this very content deleted there`(seed: UInt64) {
        Self.walk(seed: seed) { state, event, next in
            guard next == .withdrawn else { return }
            switch event {
            case .vanished, .leftOut: #expect(!ItemState.Name.allSent.contains(state.name))
            case .retracted(let digest):
                #expect(state.digest == digest)
                #expect([.registered, .failed].contains(state.name))
            default: Issue.record("\(event) withdrew it")
            }
        }
    }

    @Test func `nothing is retracted that is on its way`() {
        for state in Self.states where ItemState.Name.underWay.contains(state.name) {
            for digest in Self.digests { #expect(Self.step(state, .retracted(digest)) == nil, "\(state)") }
        }
    }

    @Test func `what was retracted is left out only where no other content counts`() {
        for state in Self.states {
            #expect((Self.step(state, .leftOut) == .withdrawn) == (state.digest == nil), "\(state)")
        }
    }

    @Test func `what was retracted comes back when an operator retries it, or its content changes`() throws {
        let gone = try ItemState.registered(Self.digests[0]).after(.retracted(Self.digests[0]))
        #expect(try gone.after(.reopened) == .incomplete([]))
        #expect(try gone.after(.accepted(Self.digests[1])) == .accepted(Self.digests[1]))
        #expect(try gone.after(.leftOut) == gone)
    }

    @Test func `an image with another pose is written without its files being sent`() throws {
        let digest = Self.digests[0]
        let writing = try ItemState.registered(digest).after(.poseReplaced(digest))
        #expect(writing == .uploaded(digest))
        #expect(try writing.after(.registered(digest)) == .registered(digest))
        // It is in CDF: its folder is no longer needed.
        #expect(try writing.after(.vanished) == writing)
    }

    /// A folder is not removed in one instant: file by file, it passes through being incomplete.
    @Test func `removing a folder file by file withdraws nothing that CDF has`() throws {
        for state in Self.states where ItemState.Name.allSent.contains(state.name) {
            #expect(try state.after(.foundIncomplete([Self.problem])).after(.vanished) == state)
        }
    }

    @Test(arguments: UInt64(0)..<200)
    func `only new content or an operator brings a failed station back`(seed: UInt64) {
        Self.walk(seed: seed) { state, event, next in
            guard case .failed(let digest, _) = state, next.name == .accepted else { return }
            switch event {
            case .retried(digest), .accepted: break
            default: Issue.record("\(event) brought it back")
            }
        }
    }

    @Test func `inspection results and vanished folders are never refused`() {
        for state in Self.states {
            for event in Self.events {
                switch event {
                case .foundIncomplete, .refused, .accepted, .recognised, .vanished:
                    #expect(Self.step(state, event) != nil, "\(state) refused \(event)")
                default: break
                }
            }
        }
    }

    @Test func `accepting the same content again changes nothing while it is being delivered`() throws {
        for state in Self.states where state.name != .failed {
            guard let digest = state.digest else { continue }
            #expect(try state.after(.accepted(digest)) == state)
        }
    }

    @Test func `a delivered station that is rewritten stays delivered until the new content is accepted`() throws {
        let (old, new) = (Self.digests[0], Self.digests[1])
        let rewriting = try ItemState.registered(old).after(.foundIncomplete([Self.problem]))
        #expect(rewriting == .registered(old))
        #expect(try rewriting.after(.accepted(new)) == .accepted(new))
    }

    @Test(arguments: UInt64(0)..<200)
    func `CDF works only on content that was uploaded, and on one revision of it`(seed: UInt64) {
        Self.walk(seed: seed) { state, event, next in
            guard case .processing(let digest, let revision) = next, state != next else { return }
            #expect(state == .uploaded(digest))
            #expect(event == .handedOver(digest, revision))
        }
    }

    @Test func `what CDF is working on ends registered or failed, and in no second revision`() throws {
        let digest = Self.digests[0]
        let state = ItemState.processing(digest, Self.revisions[0])
        #expect(try state.after(.handedOver(digest, Self.revisions[0])) == state)
        #expect(Self.step(state, .handedOver(digest, Self.revisions[1])) == nil)
        #expect(Self.step(state, .filesMissing(digest)) == nil)
        #expect(try state.after(.registered(digest)) == .registered(digest))
        #expect(try state.after(.gaveUp(digest, Self.failure)) == .failed(digest, Self.failure))
    }

    @Test func `the sets of states are what they say`() {
        for state in Self.states {
            // Whoever is under way or failed speaks of a content, and what is finished claims nothing any more.
            let claims = state.digest != nil && state.name != .registered
            #expect(ItemState.Name.claiming.contains(state.name) == claims, "\(state)")
            #expect(ItemState.Name.underWay.contains(state.name) == (claims && state.name != .failed), "\(state)")
            // What has all been sent outlasts its folder.
            #expect(
                ItemState.Name.allSent.contains(state.name)
                    == (Self.step(state, .vanished) == state && state != .withdrawn)
            )
        }
    }

    @Test func `files that CDF lost are sent again`() throws {
        let digest = Self.digests[0]
        #expect(try ItemState.uploaded(digest).after(.filesMissing(digest)) == .accepted(digest))
    }

    @Test func `every state can be reached from a fresh station, and the walks get there often`() {
        var visits: [ItemState.Name: Int] = [:]
        for seed in UInt64(0)..<500 { Self.walk(seed: seed) { _, _, next in visits[next.name, default: 0] += 1 } }
        for name in ItemState.Name.allCases { #expect(visits[name, default: 0] > 50, "\(name)") }
    }

    @Test func `no state is a dead end`() {
        for state in Self.states {
            #expect(Self.events.contains { Self.step(state, $0).map { $0 != state } ?? false }, "\(state)")
        }
    }

    @Test func `a refused event says that it is a bug and changed nothing`() throws {
        let refusal = try #require(throws: IllegalTransition.self) {
            try ItemState.withdrawn.after(.uploadStarted(Self.digests[0]))
        }
        #expect(refusal.description.contains("withdrawn"))
        #expect(refusal.description.contains("bug in drop360; nothing was changed"))
    }
}
