import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The fields of a form that was posted, `application/x-www-form-urlencoded`.
struct FormFields: Sendable, Equatable {
    /// Ours need less than one kibibyte, but for an image's id.
    static let mostBytes = 8 << 10
    private static let mostFields = 8

    private let values: [String: String]

    /// Nil where the text is not a form of the expected fields, each at most once.
    init?(_ text: String, expecting names: Set<String>) {
        var values: [String: String] = [:]
        for pair in text.split(separator: "&", maxSplits: Self.mostFields) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]), let value = Self.decoded(parts.count == 2 ? parts[1] : ""),
                names.contains(name), values.updateValue(value, forKey: name) == nil
            else { return nil }
        }
        self.values = values
    }

    subscript(_ name: String) -> String? { values[name] }

    /// Reads the form of a request.
    ///
    /// - Parameters:
    ///   - request: Its body must be complete within `patience`.
    ///   - channel: Closed where it is not.
    static func read(
        _ request: Request,
        on channel: any Channel,
        expecting names: Set<String>,
        patience: TimeAmount = .seconds(10)
    ) async throws -> FormFields {
        let type = request.headers[.contentType]?.split(separator: ";").first?.trimmingCharacters(in: .whitespaces)
        guard type?.lowercased() == "application/x-www-form-urlencoded" else {
            throw PageError(status: .unsupportedMediaType, words: "This address takes forms only. Nothing was changed.")
        }
        // Byte by byte, a body would otherwise come for ever.
        let end = channel.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) }
        defer { end.cancel() }
        let body: ByteBuffer
        do { body = try await request.body.collect(upTo: mostBytes) } catch is NIOTooManyBytesError {
            throw PageError(status: .contentTooLarge, words: "The form is too large. Nothing was changed.")
        } catch {
            // The connection has ended; nobody reads the answer, and it is no error of ours.
            throw PageError(status: .requestTimeout, words: "The form did not arrive completely. Nothing was changed.")
        }
        guard let text = String(validating: body.readableBytesView, as: UTF8.self),
            let fields = FormFields(text, expecting: names)
        else { throw PageError.badRequest("The form could not be read. Nothing was changed.") }
        return fields
    }

    private static func decoded(_ text: Substring) -> String? {
        text.replacingOccurrences(of: "+", with: " ").removingPercentEncoding
    }
}
