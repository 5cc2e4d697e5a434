import Foundation
@testable import Station
import TestSupport
import Testing

struct CaptureTimeTests {
    /// 1000-01-01 … 9999-12-31, milliseconds since 1970.
    static let years = Int64(-30_610_224_000_000)...Int64(253_402_300_799_999)

    @Test(arguments: UInt64(0)..<100)
    func `every instant survives both formats`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let time = CaptureTime(milliseconds: .random(in: Self.years, using: &random))
            #expect(try CaptureTime.parse(time.wire) == time, "\(time.wire)")
            #expect(try CaptureTime.parse(time.compact) == time, "\(time.compact)")
            let whole = CaptureTime(milliseconds: time.milliseconds - ((time.milliseconds % 1000) + 1000) % 1000)
            #expect(try CaptureTime.parse(whole.compact) == whole)
            #expect(!whole.compact.contains("."))
        }
    }

    @Test(arguments: UInt64(0)..<50)
    func `the calendar agrees with Foundation's`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        // From 1900 on: Foundation's calendar is the Julian one before 1582.
        let milliseconds = Int64.random(in: -2_208_988_800_000...16_725_225_600_000, using: &random)
        let civil = CivilTime(milliseconds: milliseconds)
        let seconds = Double(milliseconds - Int64(civil.millisecond)) / 1000
        let theirs = calendar.dateComponents(
            [.year, .month, .day, .hour, .minute, .second],
            from: Date(timeIntervalSince1970: seconds)
        )
        #expect(
            [theirs.year, theirs.month, theirs.day, theirs.hour, theirs.minute, theirs.second]
                == [civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second]
        )
        let day = CivilTime.dayNumber(year: civil.year, month: civil.month, day: civil.day)
        #expect(day == Int64((Double(milliseconds) / 86_400_000).rounded(.down)))
    }

    @Test(arguments: [
        ("2026-05-01T10:00:00Z", "20260501T100000Z"), ("2026-05-02T08:15:30.250Z", "20260502T081530.250Z"),
        ("2026-05-01T11:30:00+02:00", "20260501T093000Z"), ("2026-05-01T11:30+02:00", "20260501T093000Z"),
        ("20260501T100000Z", "20260501T100000Z"), ("20260501T1000Z", "20260501T100000Z"),
        ("2026-05-01 10:00:00z", "20260501T100000Z"), ("2026-05-01t10:00:00Z", "20260501T100000Z"),
        ("2026-05-01T10:00:00-0530", "20260501T153000Z"), ("2026-05-01T10:00:00+05", "20260501T050000Z"),
        ("2026-05-01T10:00:00\u{2212}01:00", "20260501T110000Z"), ("2026-05-01T10:00:00.5Z", "20260501T100000.500Z"),
        ("2026-05-01T10:00:00,25Z", "20260501T100000.250Z"), ("2026-05-01T10:00:00.123456789Z", "20260501T100000.123Z"),
        ("2026-05-01T10:00:00.000Z", "20260501T100000Z"), ("2026-01-01T00:30:00+01:00", "20251231T233000Z"),
        ("2024-02-29T23:30:00-01:00", "20240301T003000Z"), ("1969-12-31T23:59:59.999Z", "19691231T235959.999Z"),
    ])
    func `ISO 8601 is read in its usual forms`(text: String, compact: String) throws {
        #expect(try CaptureTime.parse(text).compact == compact)
    }

    @Test func `the wire format has milliseconds and a numeric zone`() {
        #expect(CaptureTime(milliseconds: 1_777_629_600_000).wire == "2026-05-01T10:00:00.000+00:00")
        #expect(CaptureTime(milliseconds: 1_777_629_600_007).wire == "2026-05-01T10:00:00.007+00:00")
    }

    @Test(arguments: [
        "", "2026", "2026-05-01", "2026-05-01T", "2026-05-01T10", "2026-05-01T10:00:0Z", "2026-5-1T10:00:00Z",
        "01.05.2026 10:00", "05/01/2026 10:00:00", "2026-05-01T10:00:00.Z", "2026-05-01T10:00:00ZZ",
        "2026-05-01T10:00:00Z ",
        " 2026-05-01T10:00:00Z", "2026-05-01T10:00:00+2", "2026-05-01T10:00:00+02:0", "2026-05-01T10:00:00+02:00Z",
        "2026-05-01T10:00:00+19:00", "2026-05-01T10:00:00+02:60", "2026-05-01T10:00:00 Europe/Oslo", "1777629600",
        "２０２６-05-01T10:00:00Z", "2026-05-01T10:0000Z", "2026-0501T10:00:00Z", "+2026-05-01T10:00:00Z",
        "2026:05:01 10:00:00",
    ])
    func `anything else is refused`(text: String) {
        #expect(throws: CaptureTime.Refusal.notISO8601) { try CaptureTime.parse(text) }
    }

    @Test(arguments: [
        "2026-00-10T00:00:00Z", "2026-13-01T00:00:00Z", "2026-04-31T00:00:00Z", "2026-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "2026-01-01T24:00:01Z", "2026-01-01T24:01:00Z",
        "2026-01-01T24:00:00.001Z", "2026-01-01T25:00:00Z", "2026-01-01T10:60:00Z", "2026-01-01T10:59:60Z",
        "2026-01-01T10:59:61Z", "2016-12-31T23:59:60+01:00", "2016-12-30T23:59:60Z", "2016-11-30T23:59:60Z",
    ])
    func `a date that does not exist is reported as such`(text: String) {
        #expect(throws: CaptureTime.Refusal.noSuchDate) { try CaptureTime.parse(text) }
    }

    @Test(arguments: [
        ("2016-12-31T23:59:60Z", "20170101T000000Z"), ("2017-01-01T00:59:60+01:00", "20170101T000000Z"),
        ("2017-01-01T05:29:60.5+05:30", "20170101T000000.500Z"), ("20150630T235960Z", "20150701T000000Z"),
        ("2026-05-01T24:00:00Z", "20260502T000000Z"), ("2026-12-31T24:00Z", "20270101T000000Z"),
        ("2024-02-28T24:00:00.000+02:00", "20240228T220000Z"),
    ])
    func `leap seconds and the end of a day are times`(text: String, compact: String) throws {
        #expect(try CaptureTime.parse(text).compact == compact)
    }

    @Test func `the end of a day is a time in a configured zone, too`() throws {
        let oslo = try #require(TimeZone(identifier: "Europe/Oslo"))
        #expect(try CaptureTime.parse("2026-05-01T24:00:00", zone: oslo).compact == "20260501T220000Z")
    }

    @Test(arguments: [(2024, true), (2026, false), (2000, true), (2100, false), (2400, true)])
    func `leap years follow the Gregorian rule`(year: Int, isLeap: Bool) throws {
        let last = try CaptureTime.parse("\(year)-02-28T12:00:00Z")
        let next = CaptureTime(milliseconds: last.milliseconds + 86_400_000)
        #expect(next.compact == (isLeap ? "\(year)0229T120000Z" : "\(year)0301T120000Z"))
    }

    @Test func `a time without a zone needs one`() throws {
        #expect(throws: CaptureTime.Refusal.zoneMissing) { try CaptureTime.parse("2026-05-01T10:00:00") }
        let tokyo = try #require(TimeZone(identifier: "Asia/Tokyo"))
        #expect(try CaptureTime.parse("2026-05-01T10:00:00", zone: tokyo).compact == "20260501T010000Z")
        #expect(try CaptureTime.parse("2026-05-01T10:00:00Z", zone: tokyo).compact == "20260501T100000Z")
    }

    @Test(arguments: [
        ("Europe/Oslo", "2026-03-29T01:59:59", "20260329T005959Z"),
        ("Europe/Oslo", "2026-03-29T03:00:00", "20260329T010000Z"),
        ("Europe/Oslo", "2026-10-25T01:59:59", "20261024T235959Z"),
        ("Europe/Oslo", "2026-10-25T03:00:00", "20261025T020000Z"),
        ("Europe/Oslo", "2026-07-01T12:00:00", "20260701T100000Z"),
        ("Europe/Oslo", "2026-01-01T12:00:00", "20260101T110000Z"),
        ("America/New_York", "2026-03-08T01:59:59", "20260308T065959Z"),
        ("America/New_York", "2026-03-08T03:00:00", "20260308T070000Z"),
        ("America/New_York", "2026-11-01T00:59:59", "20261101T045959Z"),
        ("America/New_York", "2026-11-01T02:00:00", "20261101T070000Z"),
        ("Pacific/Auckland", "2026-09-27T03:00:00", "20260926T140000Z"),
    ])
    func `a configured zone observes its summer time, to the second of the change`(
        zone: String,
        local: String,
        compact: String
    ) throws {
        let zone = try #require(TimeZone(identifier: zone))
        #expect(try CaptureTime.parse(local, zone: zone).compact == compact)
    }

    @Test func `an hour that occurs twice is read as one of the two`() throws {
        let oslo = try #require(TimeZone(identifier: "Europe/Oslo"))
        let time = try CaptureTime.parse("2026-10-25T02:30:00", zone: oslo).compact
        #expect(["20261025T003000Z", "20261025T013000Z"].contains(time))
    }

    @Test func `times are ordered and turn into dates`() {
        let (early, late) = (CaptureTime(milliseconds: 1500), CaptureTime(milliseconds: 1501))
        #expect(early < late)
        #expect(early.date == Date(timeIntervalSince1970: 1.5))
    }
}
