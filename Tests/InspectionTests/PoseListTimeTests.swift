import Foundation
import Inspection
import Station
import TestSupport
import Testing

/// What the columns of a list say of the time.
struct PoseListTimeTests {
    private func report(_ list: String, rules: InspectionRules = StationFolder.rules) async throws -> InspectionReport {
        let bench = try PoseBench("site-a/station")
        try bench.inbox.write(list, to: "site-a/poses.csv")
        return try await bench.inspect("site-a/station", rules)
    }

    @Test(arguments: [
        ("1767329314", "20260102T044834Z"), ("1767329314.715836", "20260102T044834.715Z"),
        ("1767329314715", "20260102T044834.715Z"), ("1767329314715836", "20260102T044834.715Z"),
        ("1767329314715836000", "20260102T044834.715Z"),
        ("1.767329314715836E+18", "20260102T044834.715Z"),
        ("1464869423.123", "20160602T121023.123Z"), ("2026-05-01T10:00:00Z", "20260501T100000Z"),
        ("2026-05-01 12:00:00.5+02:00", "20260501T100000.500Z"),
    ])
    func `seconds, milliseconds, microseconds and nanoseconds since 1970 are distinguished`(cell: String, wire: String)
        async throws
    {
        let report = try await report("timestamp,name,x,y,z,qx,qy,qz,qw\n\(cell),station,1,2,3,0,0,0,1\n")
        #expect(report.idTime == wire, "\(report.words)")
        #expect(!report.notes.contains { $0.code.hasPrefix("time-") })
        guard !cell.contains("-") else { return }
        let stated = try await self.report("folder,x,y,z,heading,timeTaken\nstation,1,2,3,0,\(cell)\n")
        #expect(stated.idTime == wire, "\(stated.words)")
    }

    @Test(arguments: [
        ("12.5", "in no time format"), ("0", "in no time format"),
        ("1451366000000000000000", "in no time format"),
        ("46024.2004", "spreadsheet's date number (2026-01-02T04:48"),
        ("\"46024,2004\"", "date number (2026-01-02T04:48"), ("1.76733E+18", "lost its last digits"),
        ("26.7.2026 12:59", "is not an ISO 8601 time"), ("05/01/2026 10:00 AM", "is not an ISO 8601 time"),
        ("2026-05-01T10:00:00", "has no time zone"), ("2026-02-30T10:00:00Z", "not a date that exists"),
        ("2000-01-01T00:00:12Z", "never set"), ("1980-01-06T00:00:12Z", "never set"),
        ("946684812", "never set"),
    ])
    func `a time that cannot be used is reported with its column`(cell: String, words: String) async throws {
        let report = try await report("name,Time,x,y,z,qx,qy,qz,qw\nstation,\(cell),1,2,3,0,0,0,1\n")
        #expect(report.pose != nil && report.ids == nil, "\(report.words)")
        let notes = report.notes.filter { $0.code.hasPrefix("time-") }
        #expect(notes.map(\.code) == ["time-unused"])
        let message = notes.first?.message ?? ""
        #expect(message.contains(words) && message.contains("line 2"), "\(message)")
        #expect(message.contains("`Time`") || message.contains("`timeTaken`"), "\(message)")
    }

    @Test func `day and time of day may be in two columns`() async throws {
        let german = try await report("name,Date,Time,x,y,z,heading\nstation,23.1.2026,15:08:52,1,2,3,0\n")
        #expect(
            german.notes.contains {
                $0.code == "time-unused" && $0.message.contains("23.1.2026 15:08:52 in the columns `Date` and `Time`")
            }
        )
        var rules = StationFolder.rules
        rules.timeZone = TimeZone(secondsFromGMT: 3600)
        let plain = "name,Date,Time,x,y,z,heading\nstation,2026-01-23,15:08:52,1,2,3,0\n"
        #expect(try await report(plain, rules: rules).idTime == "20260123T140852Z")
        #expect(
            try await report(plain).notes.contains { $0.code == "time-unused" && $0.message.contains("no time zone") }
        )
    }

    @Test func `GPS time is not mistaken for time since 1970`() async throws {
        let report = try await report("name,gps_time,x,y,z,heading\nstation,1451366000,1,2,3,0\n")
        #expect(report.ids == nil)
        #expect(report.notes.contains { $0.code == "time-unused" && $0.message.contains("GPS") })
    }

    @Test func `a sidecar's clock that was never set gives no time, and one that counts from 1970 is reported`()
        async throws
    {
        func bench(_ time: String) throws -> StationFolder {
            try StationFolder(sidecar: #"{"translation": [1, 2, 3], "heading": 0, "timeTaken": \#(time)}"#)
        }
        let unset = try await bench(#""2000-01-01T00:00:12Z""#).inspect()
        #expect(unset.capture != nil && unset.capture?.time == nil)
        #expect(unset.notes.map(\.code).filter { $0.hasPrefix("time-") } == ["time-unused"])
        #expect(try await bench(#""1999-12-31T23:59:59Z""#).inspect().rejection == ["time-implausible"])
        let number = try await bench("1767329314715836000").inspect()
        #expect(number.rejection == ["value-invalid"] && number.words.contains("\"2026-01-02T04:48:34.715Z\""))
        #expect(!number.notes.contains { $0.code == "key-unknown" })
    }
}
