import Station
import Testing

struct PrintableTests {
    @Test(arguments: ["front.jpg", "Dråpe 01 – nord", "日本/駅", "😀", "a\\b", "", "é e\u{301}"])
    func `ordinary text is left as it is`(text: String) {
        #expect(printable(text) == text)
    }

    @Test(arguments: [
        ("a\u{1b}[2Jb", "a\\u{1b}[2Jb"), ("a\nb", "a\\u{a}b"), ("a\r\nb", "a\\u{d}\\u{a}b"), ("\u{0}", "\\u{0}"),
        ("\u{9b}31m", "\\u{9b}31m"), ("\u{7f}", "\\u{7f}"), ("\u{202e}gpj.exe", "\\u{202e}gpj.exe"),
        ("\u{2066}", "\\u{2066}"),
        ("\u{2028}", "\\u{2028}"), ("\u{2029}", "\\u{2029}"), ("\u{200b}", "\\u{200b}"), ("\u{feff}", "\\u{feff}"),
        ("\u{e000}", "\\u{e000}"), ("\t", "\\u{9}"),
    ])
    func `what controls a terminal or reverses text is escaped`(text: String, shown: String) {
        #expect(printable(text) == shown)
    }

    @Test func `no control character remains in any text`() {
        for value in UInt32(0)..<0x3000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let shown = printable(String(scalar))
            #expect(!shown.unicodeScalars.contains { $0.properties.generalCategory == .control }, "U+\(value)")
        }
    }

    @Test func `long text is cut, and says so`() {
        #expect(printable("abcdef", limit: 6) == "abcdef")
        #expect(printable("abcdefg", limit: 6) == "abcdef…")
        #expect(printable(String(repeating: "x", count: 5000)).count == 401)
    }

    private struct Weather: OperatorFacingError {
        var summary: String { "It rains." }
        var advice: String?
        var remedy: Remedy { .offline }
    }

    @Test func `an error reads as its summary, then its advice`() {
        #expect(Weather().description == "It rains.")
        #expect(Weather(advice: "Take a coat.").description == "It rains. Take a coat.")
    }
}
