import AsyncHTTPClient
import Crypto
import DropFolder
import Foundation
import NIOCore
import NIOHTTP1
package import Station

/// What a download tells about the bytes that are stored.
package struct StoredBytes: Sendable {
    /// Nil if the answer does not tell.
    package var size: Int64?
    /// 32 lower-case hex digits; nil if the answer does not tell.
    package var md5: String?
    /// Of the whole; nil unless it was downloaded.
    package var digest: FileDigest?

    init(status: Int, _ headers: HTTPHeaders) {
        let length = headers.first(name: "content-length").flatMap(Int64.init)
        let total = headers.first(name: "content-range")?.split(separator: "/").last.flatMap { Int64($0) }
        size = status == 206 ? total : length
        md5 = Self.md5(status: status, headers)
    }

    /// Contract O: `x-goog-hash`, `Content-MD5` (of a whole answer only), or an `ETag` of 32 hex digits.
    private static func md5(status: Int, _ headers: HTTPHeaders) -> String? {
        let hashes = headers["x-goog-hash"].flatMap { $0.split(separator: ",") }
            .map { $0.trimmingCharacters(in: .whitespaces) }
        if let hash = hashes.first(where: { $0.hasPrefix("md5=") }) {
            return hexadecimal(base64: String(hash.dropFirst(4)))
        }
        if status != 206, let hash = headers.first(name: "content-md5"), let known = hexadecimal(base64: hash) {
            return known
        }
        guard let tag = headers.first(name: "etag")?.trimmingCharacters(in: ["\""]).lowercased(), tag.utf8.count == 32,
            tag.allSatisfy(\.isHexDigit)
        else { return nil }
        return tag
    }

    private static func hexadecimal(base64: String) -> String? {
        guard let data = Data(base64Encoded: base64), data.count == 16 else { return nil }
        return data.hexadecimal
    }
}

extension Sequence<UInt8> {
    fileprivate var hexadecimal: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}

extension FileSource {
    /// The MD5 of its bytes, 32 lower-case hex digits.
    ///
    /// Blocks.
    package func md5() throws(CDFError) -> String {
        var hash = Insecure.MD5()
        var offset: Int64 = 0
        do throws(DropFolderError) {
            while true {
                let bytes = try file.read(at: offset, count: 1 << 20)
                guard !bytes.isEmpty else { break }
                hash.update(data: bytes)
                offset += Int64(bytes.count)
            }
        } catch {
            throw .source(error)
        }
        return hash.finalize().hexadecimal
    }
}

extension Exchange {
    private struct Refused: Error {
        var status: UInt
    }

    func stored(at url: String, whole: Bool) async throws(TryFailure) -> StoredBytes? {
        do {
            var request = HTTPClientRequest(url: url)
            if !whole { request.headers.add(name: "range", value: "bytes=0-0") }
            let limit = TimeAmount.nanoseconds(settings.requestTimeout.nanoseconds)
            let response = try await connections.client(for: url).execute(request, timeout: limit)
            // Of this file alone: it is not there, not for us, or empty.
            if [400, 403, 404, 410, 416].contains(response.status.code) { return nil }
            guard [200, 206].contains(response.status.code) else { throw Refused(status: response.status.code) }
            var stored = StoredBytes(status: Int(response.status.code), response.headers)
            guard whole else { return stored }
            var hash = SHA256()
            var size: Int64 = 0
            for try await piece in response.body {
                hash.update(data: Data(piece.readableBytesView))
                size += Int64(piece.readableBytes)
            }
            stored.size = size
            stored.digest = FileDigest(hash.finalize())
            return stored
        } catch let error as Refused {
            throw .network("the store answered a download with status \(error.status)", .none)
        } catch is CancellationError {
            throw .interrupted
        } catch {
            if Task.isCancelled { throw .interrupted }
            throw await ConnectionFailure(error: error, url: url, connections: connections).sorted()
        }
    }
}
