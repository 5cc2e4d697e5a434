import Access
import Foundation
import Glibc

/// A password that a person chooses: typed twice without being shown, or the first line of the input.
enum NewPassword {
    private static let shortest = 8

    static func ask(for name: String) async throws -> String {
        guard isatty(STDIN_FILENO) == 1 else { return try accepted(await firstLine()) }
        let once = await typed("Password for \(name): ")
        let password = try accepted(once)
        guard await typed("Again: ") == password else {
            Exit.printError("The two passwords differ. Nothing was changed.")
            throw Exit.refused
        }
        return password
    }

    private static func accepted(_ password: String) throws -> String {
        let words: String? =
            if password.count < shortest {
                "has fewer than \(shortest) characters"
            } else if password.utf8.count > PasswordHash.longestPassword {
                "has more than \(PasswordHash.longestPassword) bytes, and bcrypt would ignore the rest"
            } else if password.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
                "has a control character in it"
            } else { nil }
        guard let words else { return password }
        Exit.printError("The password \(words). Nothing was changed.")
        throw Exit.refused
    }

    private static func firstLine() async -> String {
        await onThread {
            var bytes: [UInt8] = []
            var byte: UInt8 = 0
            while bytes.count < 4096, read(STDIN_FILENO, &byte, 1) == 1, byte != UInt8(ascii: "\n") {
                bytes.append(byte)
            }
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Asks at the terminal, which shows nothing of what is typed.
    private static func typed(_ prompt: String) async -> String {
        await onThread {
            guard let answer = getpass(prompt) else { return "" }
            defer { explicit_bzero(answer, strlen(answer)) }
            return String(cString: answer)
        }
    }

    /// Reading blocks.
    private static func onThread(_ work: @escaping @Sendable () -> String) async -> String {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: work()) }
        }
    }
}
