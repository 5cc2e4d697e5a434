import Foundation
import Station
import Testing

/// Clocks that begin somewhere because nobody has set them.
struct UnsetClockTests {
    private static let now = Date(timeIntervalSince1970: 1_780_272_000)

    private func shows(_ text: String, camera: Bool = false) throws -> Bool {
        let time = try CaptureTime.parse(text)
        let clock = try #require(CaptureTime.clock(text))
        return camera ? UnsetClock.cameraShows(clock, at: time, now: Self.now) : UnsetClock.shows(clock, at: time)
    }

    @Test(arguments: [
        "1970-01-01T00:00:12Z", "1970-01-01T09:00:00Z", "1980-01-01T00:00:00Z", "1980-01-06T00:10:00Z",
        "2000-01-01T00:00:12Z",
        "2000-01-01T11:30:00+02:00", "2001-01-01T00:00:00Z", "2010-01-01T03:00:00Z", "2015-01-01T00:00:00Z",
        "2016-01-01T08:00:00-08:00", "1999-08-22T00:00:05Z", "2019-04-07T00:00:05Z", "2019-04-06T23:59:42Z",
        // Midnight by the camera's clock, the day before in UTC.
        "2010-01-01T00:20:00+09:00",
    ])
    func `a clock near its start value counts as never set`(text: String) throws {
        #expect(try shows(text))
        #expect(try shows(text, camera: true))
    }

    @Test(arguments: [
        "2017-01-01T00:00:00Z", "2016-12-31T23:59:60Z", "2010-01-02T00:00:00Z", "2026-05-01T10:00:00Z",
        "2019-04-07T09:00:00Z", "2000-02-01T00:00:00Z", "2026-01-01T00:30:00+01:00", "2015-06-01T00:00:00Z",
    ])
    func `any other time counts`(text: String) throws { #expect(try !shows(text)) }

    @Test func `for a camera, so does the first hour of an earlier year`() throws {
        #expect(try shows("2018-01-01T00:40:00Z", camera: true))
        #expect(try shows("2021-01-01T00:00:00+01:00", camera: true))
        #expect(try !shows("2021-01-01T01:00:00+01:00", camera: true))
        // This year's first hour was worked in.
        #expect(try !shows("2026-01-01T00:40:00Z", camera: true))
    }
}
