import CXML2
import Station

/// Feeds XML to libxml2 and its elements to an ``EntryCollector``.
///
/// No tree is made, nothing outside of the file is opened, and libxml2's own limits stay as they are. Used by one thread.
final class XMLParsing {
    private var collector: EntryCollector
    private var failure: E57Error?
    /// Nil where there was no memory for it.
    private var context: xmlParserCtxtPtr?

    /// The namespace of ASTM E2807.
    private static let namespace = "http://www.astm.org/COMMIT/E57/2010-e57-v1.0"
    private static let isReady: Void = xmlInitParser()

    init(_ collector: EntryCollector) {
        self.collector = collector
        _ = Self.isReady
        var handler = Self.handler
        context = xmlCreatePushParserCtxt(&handler, Unmanaged.passUnretained(self).toOpaque(), nil, 0, nil)
        // Whatever the XML calls its encoding: E57 is UTF-8, and `XMLGuard` has looked at it as such.
        xmlCtxtUseOptions(context, Int32(bitPattern: XML_PARSE_NONET.rawValue | XML_PARSE_IGNORE_ENC.rawValue))
    }

    deinit { xmlFreeParserCtxt(context) }

    func feed(_ bytes: [UInt8]) throws(E57Error) {
        bytes.withUnsafeBytes { buffer in
            let text = buffer.assumingMemoryBound(to: CChar.self)
            _ = xmlParseChunk(context, text.baseAddress, Int32(buffer.count), 0)
        }
        try check()
    }

    func finish() throws(E57Error) -> E57Contents {
        xmlParseChunk(context, nil, 0, 1)
        try check()
        return collector.contents
    }

    private func check() throws(E57Error) {
        if let failure { throw failure }
        guard let context, context.pointee.wellFormed == 1 else {
            let error = context.flatMap { xmlCtxtGetLastError($0) }
            let line = error.map { " (line \($0.pointee.line))" } ?? ""
            throw E57Error(
                .damaged,
                "The file's description is not XML that is well-formed\(line). Copy the file again; if that does not help, export it again."
            )
        }
    }

    /// Called by libxml2, which must not see an error: it is kept, and libxml2 stops.
    private func take(_ event: (inout EntryCollector) throws(E57Error) -> Void) {
        guard failure == nil else { return }
        do throws(E57Error) {
            try event(&collector)
        } catch {
            failure = error
            xmlStopParser(context)
        }
    }

    private static func of(_ user: UnsafeMutableRawPointer?) -> XMLParsing? {
        user.map { Unmanaged<XMLParsing>.fromOpaque($0).takeUnretainedValue() }
    }

    private static var handler: xmlSAXHandler {
        var handler = xmlSAXHandler()
        handler.initialized = UInt32(XML_SAX2_MAGIC)
        handler.startElementNs = { user, name, prefix, uri, _, _, count, _, attributes in
            let namespace = uri.map { string(UnsafePointer($0)) }
            let isOurs = namespace == XMLParsing.namespace || (uri == nil && prefix == nil)
            let ours = isOurs ? name.map { string(UnsafePointer($0)) } : nil
            XMLParsing.of(user)?.take { (collector) throws(E57Error) in
                try collector.start(ours) { wantedAttributes(attributes, Int(count)) }
            }
        }
        handler.endElementNs = { user, _, _, _ in XMLParsing.of(user)?.take { (collector) in collector.end() } }
        handler.characters = { user, text, count in
            let bytes = UnsafeBufferPointer(start: text, count: Int(count))
            XMLParsing.of(user)?.take { (collector) in collector.add(bytes) }
        }
        handler.cdataBlock = handler.characters
        return handler
    }
}

private func string(_ text: UnsafePointer<xmlChar>) -> String { String(cString: text) }

/// Those that the collector knows; five pointers for each: name, prefix, namespace, start and end of the value.
private func wantedAttributes(_ list: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?, _ count: Int) -> [String: String]
{
    var result: [String: String] = [:]
    for index in 0..<count {
        guard let list, let name = list[index * 5], list[index * 5 + 1] == nil, let start = list[index * 5 + 3],
            let end = list[index * 5 + 4]
        else { continue }
        let key = string(name)
        guard ["type", "fileOffset", "length", "scale", "offset"].contains(key) else { continue }
        result[key] = String(decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
    }
    return result
}
