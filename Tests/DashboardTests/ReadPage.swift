import Foundation
import FoundationXML

/// A page as a strict reader sees it: elements, attributes and texts.
final class ReadPage: NSObject, XMLParserDelegate {
    struct NotWellFormed: Error {
        var line: Int
        var html: String
    }

    private(set) var elements: Set<String> = []
    /// In the order of the page, without space around them.
    private(set) var texts: [String] = []
    private var attributes: [(name: String, value: String)] = []
    private var current = ""

    init(_ html: String) throws {
        super.init()
        let parser = XMLParser(data: Data(html.utf8))
        parser.delegate = self
        guard parser.parse() else { throw NotWellFormed(line: parser.lineNumber, html: html) }
    }

    var text: String { texts.joined(separator: "\n") }
    var attributeNames: Set<String> { Set(attributes.map(\.name)) }

    func values(of attribute: String) -> [String] { attributes.filter { $0.name == attribute }.map(\.value) }

    func parser(
        _ parser: XMLParser,
        didStartElement name: String,
        namespaceURI: String?,
        qualifiedName: String?,
        attributes given: [String: String]
    ) {
        endText()
        elements.insert(name)
        attributes += given.map { ($0.key, $0.value) }
    }

    func parser(_ parser: XMLParser, didEndElement: String, namespaceURI: String?, qualifiedName: String?) { endText() }

    func parser(_ parser: XMLParser, foundCharacters string: String) { current += string }

    private func endText() {
        let text = current.trimmingCharacters(in: .whitespacesAndNewlines)
        if !text.isEmpty { texts.append(text) }
        current = ""
    }
}
