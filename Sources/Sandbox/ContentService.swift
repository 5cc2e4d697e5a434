import Foundation
import Hummingbird
import NIOCore
import NIOPosix

/// Moves file contents between the network and the blobs folder, without holding them in memory.
struct ContentService: Sendable {
    /// The largest body of one PUT, in bytes.
    static let putLimit: Int64 = 5_000_000_000

    let store: SandboxStore

    /// Stores the body of a PUT to an upload URL, and returns what Google's storage would.
    ///
    /// The old contents are kept until the last byte has arrived.
    func receive(_ body: RequestBody, token: String, headers: HTTPFields, effects: UploadEffects, throttle: Throttle?)
        async throws -> JSON
    {
        guard !effects.isExpired else { throw APIError(status: 403, message: "The upload URL has expired") }
        let ticket = try await store.openTicket(token)
        guard let length = headers[.contentLength].flatMap(Int64.init) else {
            throw APIError(status: 411, message: "A PUT must have a Content-Length; chunked bodies are refused")
        }
        guard length <= Self.putLimit else {
            throw APIError(status: 413, message: "A PUT may have at most \(Self.putLimit) bytes")
        }
        let file = try IncomingFile(in: store.incoming)
        do {
            for try await bytes in body {
                try await throttle?.wait(for: bytes.readableBytes)
                try await file.append(bytes)
            }
            let content = try await file.finish(into: store.blobs)
            guard content.size == length else {
                try await store.removeBlob(content.blob)
                throw APIError.badRequest("Content-Length is \(length), but \(content.size) bytes were received")
            }
            try await store.finishPut(ticket, content: content, effects: effects)
            return [
                "kind": "storage#object", "name": .string(token), "size": .string(String(content.size)),
                "md5Hash": .string(content.md5), "contentType": headers[.contentType].map(JSON.string) ?? .null,
            ]
        } catch let error as APIError {
            throw error
        } catch {
            try await file.discard()
            throw error
        }
    }

    /// Handles `POST /files/completemultipartupload`.
    func completeMultipart(_ body: JSON) async throws -> JSON {
        let (upload, blobs) = try await store.completeParts(body)
        do {
            let file = try IncomingFile(in: store.incoming)
            for blob in blobs { try await file.append(contentsOf: store.blobs.appending(path: blob)) }
            let content = try await file.finish(into: store.blobs)
            try await store.finishMultipart(upload, content: content)
        } catch {
            await store.stopJoining(upload.uploadID)
            throw error
        }
        return [:]
    }

    /// The contents of the file `id` as a streamed response body.
    func body(ofFile id: Int64) async throws -> (body: ResponseBody, mimeType: String, md5: String) {
        let (content, mimeType) = try await store.content(ofFile: id)
        let path = store.blobs.appending(path: content.blob)
        let body = ResponseBody(contentLength: Int(content.size)) { writer in
            let handle = try await NIOThreadPool.singleton.runIfActive { try FileHandle(forReadingFrom: path) }
            while let data = try await NIOThreadPool.singleton.runIfActive({ try handle.read(upToCount: 1 << 18) }),
                !data.isEmpty
            {
                try await writer.write(ByteBuffer(bytes: data))
            }
            try await writer.finish(nil)
        }
        return (body, mimeType, content.md5)
    }
}

/// Limits a transfer to a number of bytes per second.
struct Throttle: Sendable {
    let bytesPerSecond: Int

    func wait(for bytes: Int) async throws {
        try await Task.sleep(for: .nanoseconds(Int64(bytes) * 1_000_000_000 / Int64(max(1, bytesPerSecond))))
    }
}
