import Foundation
import TestSupport
import Testing

/// What is loaded into the real drop360 to number its side effects and to strike at one: `Tests/KillShim/include/KillShim.h`.
struct KillShim: Sendable {
    /// The kinds of side effects, as the shim names them.
    enum Effect: String, CaseIterable, Sendable {
        case ledgerOpen = "ledger-open"
        case ledgerRead = "ledger-read"
        case ledgerWrite = "ledger-write"
        case ledgerSync = "ledger-sync"
        case ledgerLock = "ledger-lock"
        case ledgerMap = "ledger-map"
        case send
        case sent
        case answer
        case fileWrite = "file-write"
        case name
        case named
        case descriptor

        /// What leaves a trace outside of the process, or tells it of one: where a kill makes a difference.
        static let lasting: [Effect] = [.ledgerWrite, .ledgerSync, .send, .sent, .answer, .fileWrite, .name, .named]
        /// Every way in which the ledger's files are reached.
        static let ofLedger: [Effect] = [.ledgerOpen, .ledgerRead, .ledgerWrite, .ledgerSync, .ledgerLock, .ledgerMap]
    }

    /// One numbered effect.
    struct Numbered: Sendable {
        let number: Int
        let effect: Effect
        /// The call and the file's name.
        let words: String
    }

    var counted: [Effect]
    /// `kill`, or an errno.
    var deed: String?
    /// The first effect that is struck, and how many from there on.
    var strikes: (at: Int, times: Int)?
    /// In place of ``strikes``: a file during whose existence every effect is struck.
    var during: String?
    var clock: String?
    var journal: String?
    var log: String?

    /// Strikes once, with SIGKILL.
    static func kill(at number: Int, of counted: [Effect]) -> KillShim {
        KillShim(counted: counted, deed: "kill", strikes: (number, 1))
    }

    /// Makes calls fail while a file exists.
    static func fail(_ counted: [Effect], with code: Int32, during file: String) -> KillShim {
        KillShim(counted: counted, deed: "\(code)", during: file)
    }

    /// The environment of a daemon of `site` with the shim in it.
    func environment(for site: Site) throws -> [String: String] {
        var variables: [String: String?] = [
            "LD_PRELOAD": try Self.library(),
            "KILLSHIM_ROOT": site.folder.path,
            "KILLSHIM_PORT": site.sandbox.url.split(separator: ":").last.map { String($0.prefix(while: \.isNumber)) },
            "KILLSHIM_COUNT": counted.map(\.rawValue).joined(separator: ","),
            "KILLSHIM_LOG": log ?? site.folder.path("effects"),
        ]
        variables["KILLSHIM_DO"] = deed
        variables["KILLSHIM_AT"] = strikes.map { "\($0.at)" }
        variables["KILLSHIM_TIMES"] = strikes.map { "\($0.times)" }
        variables["KILLSHIM_WHILE"] = during
        variables["KILLSHIM_CLOCK"] = clock
        variables["KILLSHIM_JOURNAL"] = journal
        return variables.compactMapValues(\.self)
    }

    /// It stands where the build puts it, beside drop360.
    private static func library() throws -> String {
        let path = (try Drop360.path() as NSString).deletingLastPathComponent + "/libKillShim.so"
        try #require(
            FileManager.default.fileExists(atPath: path),
            "There is no \(path): run `swift build --build-tests`."
        )
        return path
    }

    /// The effects that the shim has numbered in `site`, in order.
    static func effects(in site: Site) throws -> [Numbered] {
        guard site.folder.contains("effects") else { return [] }
        return String(decoding: try site.folder.read("effects"), as: UTF8.self).split(separator: "\n").compactMap {
            line in
            let words = line.split(separator: " ", maxSplits: 2)
            guard words.count == 3, let number = Int(words[0]), let effect = Effect(rawValue: String(words[1])) else {
                return nil
            }
            return Numbered(number: number, effect: effect, words: String(words[2]))
        }
    }
}
