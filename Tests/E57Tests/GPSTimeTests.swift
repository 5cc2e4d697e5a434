import E57
import Foundation
import Testing

@Suite("Seconds of the satellites' clock and UTC")
struct GPSTimeTests {
    @Test(arguments: [
        (0, "1980-01-06T00:00:00Z"), (46_828_799, "1981-06-30T23:59:59Z"), (46_828_801, "1981-07-01T00:00:00Z"),
        (1_167_264_016, "2016-12-31T23:59:59Z"), (1_167_264_018, "2017-01-01T00:00:00Z"),
        (1_461_664_818, "2026-05-01T10:00:00Z"),
    ])
    func `leap seconds are taken out`(seconds: Double, text: String) throws {
        let date = try Date.ISO8601FormatStyle().parse(text)
        #expect(GPSTime.date(seconds) == date)
        #expect(GPSTime.seconds(date) == seconds)
    }

    @Test func `a leap second itself is the midnight after it`() throws {
        #expect(GPSTime.date(46_828_800.5) == (try Date.ISO8601FormatStyle().parse("1981-07-01T00:00:00Z")))
    }

    @Test func `time never runs backwards`() {
        var last = GPSTime.date(0)
        for step in stride(from: 0.0, to: 1.5e9, by: 86_399.5) {
            let date = GPSTime.date(step)
            #expect(date >= last)
            last = date
        }
    }
}
