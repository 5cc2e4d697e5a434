import Foundation
import Testing

@testable import ConfigFile

struct TimetableRateTests {
    private func berlin() throws -> Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "Europe/Berlin"))
        return calendar
    }

    /// By UTC.
    private func date(_ text: String) throws -> Date { try Date(text + ":00Z", strategy: .iso8601) }

    private func rate(_ table: String, at text: String) throws -> String {
        let timetable = try #require(Timetable(table))
        return try timetable.rate(at: date(text), calendar: berlin())?.text ?? "off"
    }

    @Test(arguments: [
        ("2026-11-27T05:59", "off"), ("2026-11-27T06:00", "250000B/s"), ("2026-11-27T17:59", "250000B/s"),
        ("2026-11-27T18:00", "off"), ("2026-11-27T23:30", "off"), ("2026-11-27T03:00", "off"),
    ])
    func `the last entry holds past midnight until the first one's time`(utc: String, expected: String) throws {
        #expect(try rate("07:00,2Mbit/s 19:00,off", at: utc) == expected)
    }

    @Test(arguments: [
        // 2026-03-29: 02:00 becomes 03:00 in Berlin, so 07:00 is 05:00 UTC from then on.
        ("2026-03-28T05:30", "off"), ("2026-03-29T04:59", "off"), ("2026-03-29T05:00", "250000B/s"),
        // 2026-10-25: 03:00 becomes 02:00, and 07:00 is 06:00 UTC again.
        ("2026-10-24T05:00", "250000B/s"), ("2026-10-25T05:30", "off"), ("2026-10-25T06:00", "250000B/s"),
    ])
    func `on the days of a change it goes by the clock on the wall`(utc: String, expected: String) throws {
        #expect(try rate("07:00,2Mbit/s 19:00,off", at: utc) == expected)
    }

    @Test func `an hour that the wall's clock leaves out is left out, and one that it shows twice counts twice`() throws
    {
        let table = "02:30,1MB/s 03:30,off"
        // 02:30 to 03:30 on a spring day is 03:00 to 03:30: half an hour.
        let spring = try stride(from: 0, to: 180, by: 10).count { minute in
            let time = try date("2026-03-29T00:00").addingTimeInterval(Double(minute) * 60)
            return try Timetable(table)?.rate(at: time, calendar: berlin()) != nil
        }
        #expect(spring == 3)
        // In autumn 02:30 comes twice: 02:30 to 03:00, and again 02:30 to 03:30.
        let autumn = try stride(from: 0, to: 180, by: 10).count { minute in
            let time = try date("2026-10-25T00:00").addingTimeInterval(Double(minute) * 60)
            return try Timetable(table)?.rate(at: time, calendar: berlin()) != nil
        }
        #expect(autumn == 9)
    }

    @Test(arguments: [
        ("2026-11-27T05:59", ["2026-11-27T06:00 250000B/s", "2026-11-27T18:00 off"]),
        ("2026-11-27T06:00", ["2026-11-27T18:00 off", "2026-11-28T06:00 250000B/s"]),
        ("2026-03-28T20:00", ["2026-03-29T05:00 250000B/s", "2026-03-29T17:00 off"]),
    ])
    func `what follows is said in its order, each with its rate`(utc: String, expected: [String]) throws {
        let timetable = try #require(Timetable("07:00,2Mbit/s 19:00,off"))
        let changes = try timetable.changes(after: date(utc), calendar: berlin())
        #expect(changes.map { "\($0.at.formatted(.iso8601).prefix(16)) \($0.rate?.text ?? "off")" } == expected)
        for change in changes { #expect(try timetable.rate(at: change.at, calendar: berlin()) == change.rate) }
    }

    @Test func `one entry holds always`() throws {
        #expect(try rate("12:00,1MB/s", at: "2026-11-27T03:00") == "1000000B/s")
        #expect(try rate("00:00,off", at: "2026-11-27T03:00") == "off")
    }
}
