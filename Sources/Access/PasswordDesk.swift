import Crypto
import Dispatch
package import Foundation
package import Logging
import NIOPosix
import Station
import Synchronization

/// Checks names and passwords against the users' file.
///
/// The file is looked at with each request, so a change counts at once. A right password is remembered as long as the file stays as it is;
/// so a page costs one hash, however many requests it makes. Hashes are computed one at a time, on a thread of their own.
package final class PasswordDesk: Sendable {
    package enum Answer: Sendable, Equatable {
        case user(UserList.User)
        /// Unknown user or wrong password; which of them nobody learns.
        case wrong
        /// Too many wrong ones, or too many at once.
        case later(seconds: Int)
        /// Nobody can log in; the log says why.
        case unreadableFile
    }

    private struct State {
        var file: (list: UserList, text: String, mark: UsersFile.Mark)?
        /// Names and passwords that were right, as codes under `key`.
        var verified: [Data: String] = [:]
        var waiting = 0
        var allowance: LoginAllowance
        var failed = FailedLogins()
        var held = FailedLogins()
        var fileTrouble: String?
    }

    /// Browsers open six connections at once; more than a few people do not begin in the same second.
    private static let mostWaiting = 16

    private let file: UsersFile
    private let now: @Sendable () -> Date
    private let logger: Logger
    private let key = SymmetricKey(size: .bits256)
    private let hashing = DispatchQueue(label: "drop360.passwords")
    private let matches: @Sendable (PasswordHash, String) -> Bool
    private let state: Mutex<State>

    /// - Parameters:
    ///   - file: The users' file.
    ///   - now: The clock.
    ///   - logger: For failed logins and trouble with the file.
    ///   - matches: Whether a hash is that of a password.
    package init(
        _ file: UsersFile,
        now: @escaping @Sendable () -> Date,
        logger: Logger,
        matches: @escaping @Sendable (PasswordHash, String) -> Bool = { $0.matches($1) }
    ) {
        self.file = file
        self.now = now
        self.logger = logger
        self.matches = matches
        state = Mutex(State(allowance: LoginAllowance(at: now())))
    }

    /// Checks a name and a password.
    ///
    /// - Parameter address: Where they come from.
    package func check(name: String, password: String, from address: String) async -> Answer {
        guard let list = await currentList() else { return .unreadableFile }
        let code = code(name, password)
        if let user = remembered(code, in: list) { return .user(user) }
        let client = AddressRange.client(address)
        let wait = state.withLock { state -> Int? in
            guard state.waiting < Self.mostWaiting else { return 1 }
            if let seconds = state.allowance.take(client, at: now()) { return seconds }
            state.waiting += 1
            return nil
        }
        if let wait {
            noteHeld(client)
            return .later(seconds: wait)
        }
        let user = await withCheckedContinuation { continuation in
            hashing.async { [self] in continuation.resume(returning: compute(name, password, code, list)) }
        }
        return settle(user, client)
    }

    /// Whether the file still has the user, with the same password and role.
    ///
    /// - Parameter visitor: Who was admitted by this desk.
    func stillKnows(_ visitor: Visitor) async -> Bool {
        guard let name = visitor.name, let user = await currentList()?.user(named: name) else { return false }
        return user.hash == visitor.hash && (user.role == .operator) == visitor.mayAct
    }

    /// Blocks for as long as one hash takes; where the answer is no, as one of each kind in the file.
    private func compute(_ name: String, _ password: String, _ code: Data, _ list: UserList) -> UserList.User? {
        // Another request of the same browser may have been first.
        if let user = remembered(code, in: list) { return user }
        let user = list.user(named: name)
        guard let user, matches(user.hash, password) else {
            // However the users' passwords are hashed, the time does not say whether there is one of this name.
            for hash in list.hashOfEachKind(besides: user?.hash) { _ = matches(hash, password) }
            return nil
        }
        state.withLock { state in
            // The file may have been replaced meanwhile.
            guard state.file?.list == list else { return }
            if state.verified.count >= 1000 { state.verified.removeAll() }
            state.verified[code] = user.name
        }
        return user
    }

    private func settle(_ user: UserList.User?, _ client: String) -> Answer {
        let line = state.withLock { state -> FailedLogins.Line? in
            state.waiting -= 1
            guard user != nil else { return state.failed.note(client, at: now()) }
            state.allowance.giveBack(client)
            return nil
        }
        if let line {
            logger.warning(
                "a login on the status page failed",
                metadata: ["from": "\(line.client)", "count": "\(line.count)"]
            )
        }
        return user.map { .user($0) } ?? .wrong
    }

    /// However many clients there are, one line an hour: it takes nothing to be put off.
    private func noteHeld(_ client: String) {
        guard let line = state.withLock({ $0.held.note("all", at: now()) }) else { return }
        logger.warning(
            "logins on the status page are put off: too many wrong passwords, or too many at once",
            metadata: ["from": "\(client)", "count": "\(line.count)"]
        )
    }

    private func remembered(_ code: Data, in list: UserList) -> UserList.User? {
        let name = state.withLock { $0.file?.list == list ? $0.verified[code] : nil }
        return name.flatMap { list.user(named: $0) }
    }

    private func code(_ name: String, _ password: String) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: Data("\(name.utf8.count) \(name)\(password)".utf8), using: key))
    }

    /// The users as the file says now; nil where it cannot be read.
    private func currentList() async -> UserList? {
        // Even looking at a file may block. The pool's only errors: cancelled, or shut down with the process.
        try? await NIOThreadPool.singleton.runIfActive { [self] in refresh() }
    }

    private func refresh() -> UserList? {
        let mark = file.mark()
        if let known = state.withLock({ $0.file }), known.mark == mark { return known.list }
        do throws(UsersFile.Unusable) {
            let fresh = try file.read()
            state.withLock { state in
                if state.file?.text != fresh.text { state.verified.removeAll() }
                state.file = fresh
                state.fileTrouble = nil
            }
            return fresh.list
        } catch {
            let isNew = state.withLock { state in
                (state.file, state.verified) = (nil, [:])
                defer { state.fileTrouble = error.summary }
                return state.fileTrouble != error.summary
            }
            if isNew {
                logger.error(
                    "nobody can log in to the status page; deliveries continue",
                    metadata: ["problem": "\(error.summary)", "advice": "\(error.advice)"]
                )
            }
            return nil
        }
    }
}
