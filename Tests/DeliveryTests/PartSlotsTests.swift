import CDF
import Foundation
import Ledger
import Station
import Synchronization
import TestSupport
import Testing

@testable import Delivery

/// How many parts are under way at once.
@Suite(.timeLimit(.minutes(15)))
struct PartSlotsTests {
    /// Keeps the parts that a server holds until the gate opens, and counts them.
    private final class Crowd: Sendable {
        private let state = Mutex<(now: Int, most: Int, isOpen: Bool)>((0, 0, false))

        var now: Int { state.withLock { $0.now } }
        var most: Int { state.withLock { $0.most } }

        func open() { state.withLock { $0.isOpen = true } }

        func pass() {
            state.withLock { state in
                state.now += 1
                state.most = max(state.most, state.now)
            }
            while !state.withLock({ $0.isOpen }) { sched_yield() }
            state.withLock { $0.now -= 1 }
        }
    }

    @Test(arguments: [(1, 6, 3), (1, 2, 2), (1, 1, 1), (2, 6, 6), (2, 4, 4)])
    func `parts of one file are sent three at once, and of all files no more than there are slots`(
        faces: Int,
        slots: Int,
        expected: Int
    ) async throws {
        let crowd = Crowd()
        let urls = (0..<8).map { #""/put/\#($0)""# }.joined(separator: ", ")
        let server = try ScriptedServer { request, _ in
            switch (request.method, request.target) {
            case (_, "/oauth2/token"): return .json(#"{"access_token": "t", "expires_in": 3600}"#)
            case ("PUT", _):
                crowd.pass()
                return .answer(201)
            case (_, let path) where path.contains("init"):
                return .json(#"{"id": 1, "uploadId": "u", "uploadUrls": [\#(urls)]}"#)
            default: return .json(#"{"items": []}"#)
            }
        }
        defer { server.stop() }
        try await Depot.run { depot async throws in
            let id = try await depot.accept("site/st")
            let station = try await depot.ledger.item(id)
            let digest = try #require(station.state.digest)
            let capture = try #require(station.capture)
            try await depot.session(parts: PartRules(threshold: 1), host: server.base) { session async throws in
                let shared = Slots { slots }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (face, image) in capture.orderedFaces.prefix(faces) {
                        var context = session.context
                        context.parts.preferredSize = (image.size + 7) / 8
                        let source = try await context.client.openFace(
                            image,
                            inbox: station.inbox,
                            folder: station.path
                        )
                        let parted = PartedFile(
                            context: context,
                            slots: shared,
                            key: FileKey(item: id, digest: digest, role: .face(face)),
                            source: source
                        )
                        let description = LegacyModel(space: "sandbox").file(face, image, of: capture, dataSetID: nil)
                        group.addTask {
                            let receipt = try await parted.send(description)
                            #expect(receipt.rawValue == 1)
                        }
                    }
                    // Three of each file have asked; those without a slot wait for one.
                    // A test that fails opens the gate as well, since a thread of the server turns at it for each part.
                    defer { crowd.open() }
                    var waiting = 0
                    while crowd.now < expected || waiting < 3 * faces - expected {
                        try Task.checkCancellation()
                        await Task.yield()
                        waiting = await shared.waitingCount
                    }
                    crowd.open()
                    try await group.waitForAll()
                }
            }
        }
        #expect(crowd.most == expected)
        #expect(server.requests.filter { $0.method == "PUT" }.count == 8 * faces)
    }
}
