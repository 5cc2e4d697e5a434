import Station
import Testing

struct NearestWordTests {
    @Test(arguments: [
        ("setle", "settle"), ("Report_After", "report-after"), ("seams", "seams"), ("tiemout", "timeout"),
        ("translaton", "translation"), ("id", "id"), ("ix", "id"),
    ])
    func `a misspelling leads to the word that was meant`(word: String, meant: String) {
        let known = ["settle", "report-after", "seams", "timeout", "translation", "id"]
        #expect(NearestWord.to(word, among: known) == meant)
    }

    @Test(arguments: ["colour", "", "zzz", String(repeating: "settle", count: 20)])
    func `what is near nothing leads nowhere`(word: String) {
        #expect(NearestWord.to(word, among: ["settle", "report-after", "timeout"]) == nil)
    }

    @Test func `without words there is none`() { #expect(NearestWord.to("settle", among: []) == nil) }
}
