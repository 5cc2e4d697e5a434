import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import Station

/// One station: `/stations/NUMBER`, its faces and its seams.
struct StationArea: PageArea {
    let source: StationPageSource
    let now: @Sendable () -> Date
    /// For its forms.
    let desk: ActionDesk?

    func add(to router: Router<PageContext>, frame: PageFrame) {
        router.get("/stations/:number") { _, context in
            let number = try Self.number(in: context)
            // Here and below: a folder that hangs must not keep the daemon from stopping.
            let found = try await cancelWhenGracefulShutdown { try await source.item(number) }
            guard let item = found else { throw Self.unknown(number) }
            var page = StationPage(item, now: now())
            page.actions = try await desk?.forms(for: number, in: context)
            return frame.page(.station, title: page.title, section: "/stations", content: page)
        }
        router.get("/stations/:number/seams") { _, context in
            let number = try Self.number(in: context)
            switch try await cancelWhenGracefulShutdown({ try await source.seams(number) }) {
            case .compared(let seams):
                let page = SeamPage(number: number, seams)
                return frame.page(.seams, title: "Seams of station \(number)", section: "/stations", content: page)
            case .unknown: throw Self.unknown(number)
            case .hidden(let hidden): throw PageError(hidden)
            }
        }
        router.get("/stations/:number/faces/:face") { request, context in
            let number = try Self.number(in: context)
            guard let face = context.parameters.get("face").flatMap(Face.init(rawValue:)) else {
                throw PageError.notFound("A station has the faces front, back, left, right, top and bottom.")
            }
            return try await picture(number, face, request)
        }
    }

    private func picture(_ number: Int64, _ face: Face, _ request: Request) async throws -> Response {
        let edge = try FacePictureSize(request.uri.queryParameters["size"].map(String.init)).edge
        let known = KnownVersions(request.headers)
        if !known.isEmpty, let digest = try await source.digest(number, face), known.contains(Self.tag(digest, edge)) {
            // Decoding a face takes a while, and the browser has it.
            return Response(status: .notModified, headers: Self.headers(digest, edge, request))
        }
        let (jpeg, digest): ([UInt8], FileDigest)
        switch try await cancelWhenGracefulShutdown({ try await source.face(number, face, edge) }) {
        case .picture(let file, let of): (jpeg, digest) = (file, of)
        case .unknown: throw PageError.notFound("The ledger has no pictures of station \(number).")
        case .hidden(let hidden): throw PageError(hidden)
        }
        return Response(
            status: .ok,
            headers: Self.headers(digest, edge, request),
            body: .init(byteBuffer: ByteBuffer(bytes: jpeg))
        )
    }

    private static func tag(_ digest: FileDigest, _ edge: Int) -> String { "\"\(digest.rawValue.prefix(16))-\(edge)\"" }

    private static func headers(_ digest: FileDigest, _ edge: Int, _ request: Request) -> HTTPFields {
        var headers: HTTPFields = [.contentType: "image/jpeg", .eTag: tag(digest, edge)]
        // The page names the picture's digest in its address: that address never shows anything else.
        let isNamed = request.uri.queryParameters["of"].map { digest.rawValue.hasPrefix($0) && $0.count >= 16 } ?? false
        headers[.cacheControl] = isNamed ? "private, max-age=86400, immutable" : "private, no-cache"
        return headers
    }

    private static func number(in context: PageContext) throws(PageError) -> Int64 {
        // Ids above what fits into the ledger's numbers cannot be there.
        guard let text = context.parameters.get("number"), let number = Int64(text), number > 0 else {
            throw .notFound("This is not the number of a station.", advice: "Look it up in the table of stations.")
        }
        return number
    }

    private static func unknown(_ number: Int64) -> PageError {
        .notFound("The ledger has no station \(number).", advice: "Look it up in the table of stations.")
    }
}

/// How wide a picture may be asked for; few sizes, so that nobody can ask for a thousand different ones.
struct FacePictureSize {
    static let usual = 512
    static let all = [256, 512, 1024]

    /// Pixels.
    let edge: Int

    init(_ text: String?) throws(PageError) {
        guard let text else {
            edge = Self.usual
            return
        }
        guard let size = Self.all.first(where: { String($0) == text }) else {
            throw .badRequest("Pictures come in the sizes 256, 512 and 1024.")
        }
        edge = size
    }
}

extension PageError {
    fileprivate init(_ hidden: HiddenFace) {
        switch hidden.cause {
        case .gone: self.init(status: .gone, words: hidden.words)
        case .undecodable: self.init(status: .unsupportedMediaType, words: hidden.words)
        case .unavailable:
            self.init(status: .serviceUnavailable, words: hidden.words, headers: [.retryAfter: "5"])
        }
    }
}
