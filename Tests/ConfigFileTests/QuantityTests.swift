import ConfigFile
import Testing

struct QuantityTests {
    @Test(arguments: [
        ("300ms", Duration.milliseconds(300)), ("2s", .seconds(2)), ("5m", .seconds(300)), ("1h", .seconds(3600)),
        ("30d", .seconds(30 * 86400)), ("0s", .zero), ("90s", .seconds(90)),
    ])
    func `durations are read, and written so that they read the same`(text: String, duration: Duration) {
        #expect(Duration(configurationText: text) == duration)
        #expect(Duration(configurationText: duration.configurationText) == duration)
    }

    @Test(arguments: [
        "", "2", "s", "-2s", "1.5s", "2 weeks", "2S", "1h30m", "٢s", "99999999999999999999s", "999999999999999d",
    ])
    func `what is no duration is refused`(text: String) {
        #expect(Duration(configurationText: text) == nil)
    }

    @Test(
        arguments: [
            ("20Mbit/s", 2_500_000), ("4MB/s", 4_000_000), ("500kbit/s", 62_500), ("2.5MiB/s", 2_621_440),
            ("1Gbit/s", 125_000_000),
            ("800bit/s", 100), ("7B/s", 7), ("1KB/s", 1000), ("20 mbit/s", 2_500_000),
        ] as [(String, Int64)]
    )
    func `rates are read, and written so that they read the same`(text: String, bytes: Int64) {
        #expect(ByteRate(text)?.bytesPerSecond == bytes)
        #expect(ByteRate(ByteRate(bytesPerSecond: bytes).text)?.bytesPerSecond == bytes)
    }

    @Test(arguments: [
        "", "20", "20Mb/s", "20Mbit", "20Mbps", "0MB/s", "1bit/s", "-1MB/s", "20 Xbit/s", "999999999999999TB/s",
    ])
    func `what is no rate is refused`(text: String) {
        #expect(ByteRate(text) == nil)
    }

    @Test(
        arguments: [
            ("16MiB", 16_777_216), ("2GiB", 2_147_483_648), ("500MB", 500_000_000), ("1.5GiB", 1_610_612_736),
            ("7B", 7), ("1 kb", nil), ("2", nil), ("0MiB", nil), ("2GB/s", nil), ("-1MiB", nil), ("2Gbit", nil),
            ("9999999999TiB", nil),
        ] as [(String, Int64?)]
    )
    func `sizes are read, and written so that they read the same`(text: String, bytes: Int64?) {
        #expect(ByteSize(text)?.bytes == bytes)
        if let bytes { #expect(ByteSize(ByteSize(bytes: bytes).text)?.bytes == bytes) }
    }

    @Test func `a timetable is read, and written so that it reads the same`() throws {
        let timetable = try #require(Timetable("00:05,1MB/s 07:00,2Mbit/s 23:59,off"))
        #expect(timetable.entries.map(\.minute) == [5, 420, 1439])
        #expect(timetable.entries.map(\.rate?.bytesPerSecond) == [1_000_000, 250_000, nil])
        #expect(Timetable(timetable.text) == timetable)
    }

    @Test(arguments: [
        "", "off", "24:00,off", "7:00,off", "07:00", "07:00,fast", "07:00,off 07:00,off", "19:00,off 07:00,off",
    ])
    func `what is no timetable is refused`(text: String) {
        #expect(Timetable(text) == nil)
    }

    @Test(arguments: ["Europe/Oslo", "UTC", "Z", "+02:00", "-09:30", "+00:00", "America/New_York"])
    func `time zones are read`(name: String) {
        #expect(Configuration.NamedTimeZone(name)?.name == name)
    }

    @Test(arguments: ["", "CEST", "EST", "+2", "+15:00", "+02:60", "Europe/Nowhere", "../etc/passwd", "/etc/passwd"])
    func `what is no time zone is refused`(name: String) {
        #expect(Configuration.NamedTimeZone(name) == nil)
    }
}
