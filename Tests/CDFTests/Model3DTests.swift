import Foundation
import Station
import TestSupport
import Testing

@testable import CDF

struct Model3DTests {
    private static func model(_ id: Int, _ name: String, set: Int? = nil, at time: Int) -> String {
        let dataSet = set.map { #", "dataSetId": \#($0)"# } ?? ""
        return #"{"id": \#(id), "name": "\#(name)", "createdTime": \#(time)\#(dataSet)}"#
    }

    @Test func `models of a name are found on all pages, the oldest first`() async throws {
        let first = [
            Self.model(1, "A", set: 7, at: 30), Self.model(2, "a", set: 7, at: 1), Self.model(3, "A", at: 2),
        ]
        let second = [Self.model(9, "A", set: 7, at: 20), Self.model(8, "A", set: 7, at: 20)]
        try await Bench.scripted { _, number in
            number == 0
                ? .json(#"{"items": [\#(first.joined(separator: ", "))], "nextCursor": "a+b/="}"#)
                : .json(#"{"items": [\#(second.joined(separator: ", "))]}"#)
        } body: { bench, server async throws in
            #expect(try await bench.client.models3D(named: "A", dataSetID: 7).map(\.id) == [8, 9, 1])
            let project = "/api/v1/projects/sandbox"
            let calls = server.calls
            #expect(calls.map(\.method) == ["GET", "GET"])
            #expect(
                calls.map(\.target) == [
                    "\(project)/3d/models?limit=1000", "\(project)/3d/models?limit=1000&cursor=a%2Bb%2F%3D",
                ]
            )
            #expect(calls.allSatisfy { $0.headers["authorization"] == "Bearer t" && $0.headers["cdf-version"] == nil })
        }
        try await Bench.scripted { _, _ in
            .json(#"{"items": [\#(first.joined(separator: ", "))]}"#)
        } body: { bench, _ async throws in
            #expect(try await bench.client.models3D(named: "A", dataSetID: nil).map(\.id) == [3])
        }
    }

    @Test(arguments: [true, false])
    func `a list without an end is an error, not half a list`(isSame: Bool) async throws {
        try await Bench.scripted { _, number in
            .json(#"{"items": [], "nextCursor": "c\#(isSame ? 0 : number)"}"#)
        } body: { bench, server async throws in
            let error = await failure { try await bench.client.models3D(named: "A", dataSetID: nil) }
            #expect(error?.remedy == .retry(after: nil))
            #expect(server.calls.count == (isSame ? 2 : 100))
        }
    }

    @Test func `a model is made in its data set, and found by its number`() async throws {
        try await Bench.sandbox { bench async throws in
            let set = try await bench.client.dataSetID(externalID: "sandbox")
            let made = try await bench.client.createModel3D(name: "A", dataSetID: set, metadata: ["by": "drop360"])
            #expect(made.name == "A" && made.dataSetID == set)
            #expect(try await bench.client.model3D(made.id) == made)
            #expect(try await bench.client.models3D(named: "A", dataSetID: set) == [made])
            #expect(try await bench.client.model3D(5) == nil)
        }
    }

    @Test func `a model whose answer was lost is not made twice`() async throws {
        let fault = #"{"match": {"path": "/3d/models"}, "times": 1, "then": {"kind": "lostAnswer"}}"#
        try await Bench.sandbox(faults: fault) { bench async throws in
            let error = await failure { try await bench.client.createModel3D(name: "A", dataSetID: nil) }
            guard case .outcomeUnknown = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(try await bench.client.models3D(named: "A", dataSetID: nil).count == 1)
        }
    }

    @Test(arguments: [#"{"items": []}"#, "{}", "nonsense"])
    func `after an answer that cannot be read the model may exist`(body: String) async throws {
        try await Bench.scripted { _, _ in
            .json(body, status: 201)
        } body: { bench, server async throws in
            let error = await failure { try await bench.client.createModel3D(name: "A", dataSetID: nil) }
            guard case .outcomeUnknown = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(server.calls.count == 1)
            #expect(String(decoding: server.calls[0].body, as: UTF8.self) == #"{"items":[{"name":"A"}]}"#)
        }
    }
}
