import Foundation
import Sandbox
import Station
import TestSupport
import Testing

@testable import CDF

struct InstanceTests {
    private let model = NodeReference(space: "sandbox", externalId: "c")

    private func collection(_ id: String, label: String = "C") -> NodeWrite {
        NodeWrite(
            NodeReference(space: "sandbox", externalId: id),
            view: LegacyModel.collection,
            properties: ["label": .string(label)]
        )
    }

    @Test func `writing equal values again changes nothing`() async throws {
        try await Bench.sandbox { bench async throws in
            let first = try await bench.client.apply([collection("a")], asked: "a")
            #expect(first == [NodeReceipt(space: "sandbox", externalId: "a", version: 1, wasModified: true)])
            let again = try await bench.client.apply([collection("a")], asked: "a")
            #expect(again == [NodeReceipt(space: "sandbox", externalId: "a", version: 1, wasModified: false)])
            let other = try await bench.client.apply([collection("a", label: "D")], asked: "a")
            #expect(other.map(\.version) == [2])
        }
    }

    @Test func `a write whose answer was lost is repeated and takes effect once`() async throws {
        let fault = #"{"match": {"path": "/models/instances"}, "times": 1, "then": {"kind": "lostAnswer"}}"#
        try await Bench.sandbox(faults: fault) { bench async throws in
            let receipts = try await bench.client.apply([collection("a"), collection("b")], asked: "two")
            #expect(receipts.map(\.externalId) == ["a", "b"])
            #expect(try await bench.contents().collections == 2)
        }
    }

    @Test func `an answer that leaves out a node is not believed`() async throws {
        let receipt = #"{"space": "sandbox", "externalId": "a", "version": 1, "wasModified": true}"#
        try await Bench.scripted { _, _ in
            .json(#"{"items": [\#(receipt)]}"#)
        } body: { bench, _ async throws in
            let error = await failure {
                try await bench.client.apply([collection("a"), collection("b")], asked: "two")
            }
            #expect(
                error == .unexpectedAnswer(asked: "two", detail: "no receipt for node b", requestID: nil)
            )
        }
    }

    @Test func `a batch with one bad node leaves no trace`() async throws {
        try await Bench.sandbox { bench async throws in
            let bad = collection(String(repeating: "x", count: 257))
            let error = await failure { try await bench.client.apply([collection("a"), bad], asked: "two") }
            #expect(error?.remedy == .giveUp)
            #expect(try await bench.contents().collections == 0)
        }
    }

    @Test func `removing nodes that do not exist is not an error`() async throws {
        try await Bench.sandbox { bench async throws in
            _ = try await bench.client.apply([collection("a")], asked: "a")
            let nodes = ["a", "never"].map { NodeReference(space: "sandbox", externalId: $0) }
            try await bench.client.deleteNodes(nodes, asked: "the removal")
            #expect(try await bench.contents().collections == 0)
        }
    }

    @Test func `a number that JSON cannot hold is refused before it is sent`() async throws {
        try await Bench.sandbox { bench async throws in
            let node = NodeWrite(model, view: LegacyModel.image, properties: ["translationX": .number(.nan)])
            let error = await failure { try await bench.client.apply([node], asked: "a node") }
            #expect(error?.remedy == .giveUp)
            #expect(try await bench.lines().isEmpty)
        }
    }
}
