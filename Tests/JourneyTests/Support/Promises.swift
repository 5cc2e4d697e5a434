import Foundation
import Ledger
import Station
import TestSupport
import Testing

extension Site {
    /// What may never be otherwise once everything was delivered, whatever happened on the way: each of the stations `station-1` … stands
    /// registered exactly once, here, in CDF and beside its folder, and nothing else does.
    func expectDeliveredOnce(_ stations: Int, _ comment: Comment) async throws {
        try await sandbox.contents().expectWhole(images: stations, comment)
        let ledger = try ItemLedger(directory: state, exclusively: false)
        #expect(try await ledger.integrityProblems() == [], comment)
        let records = try await ledger.items()
        #expect(Set(records.map(\.path)) == Set((1...stations).map { "station-\($0)" }), comment)
        for record in records {
            #expect(record.state.name == .registered, comment)
            let history = try await ledger.history(of: record.id)
            #expect(history.count { $0.event == "registered" } == 1, "\(comment): \(history)")
            #expect(try await ledger.files(of: record.id).allSatisfy { $0.state == .confirmed }, comment)
        }
        try ledger.close()
        let names = (1...stations).flatMap { ["station-\($0)", "station-\($0).UPLOADED.txt"] }
        #expect(try Set(folder.names(in: "inbox")) == Set(names), comment)
    }

    /// The ids of the files that the ledger says CDF has taken, without disturbing its files as a kill left them.
    func filesKnownAsSent() async throws -> Set<String> {
        let copy = try TemporaryFolder()
        for name in ["ledger.sqlite", "ledger.sqlite-wal"] where folder.contains("state/" + name) {
            try copy.write(folder.read("state/" + name), to: name)
        }
        let ledger: ItemLedger
        do throws(LedgerError) {
            ledger = try ItemLedger(directory: copy.path, exclusively: false)
        } catch {
            // Killed before there was a schema.
            guard case .notOpened = error else { throw error }
            return []
        }
        var sent: Set<String> = []
        for record in try await ledger.items() {
            sent.formUnion(try await ledger.files(of: record.id).filter { $0.state != .pending }.map(\.externalID))
        }
        try ledger.close()
        return sent
    }

    /// Puts the stations `station-1` … into the inbox.
    func dropStations(_ count: Int) throws {
        for number in 1...count { try drop("station-\(number)", .init(seed: number)) }
    }
}
