import DropFolder
import Foundation
import TestSupport
import Testing
import Glibc
@testable import Inbox
@Suite(.enabled(if: ProcessInfo.processInfo.environment["MEASURE"] != nil))
struct ZMeasure {
    @Test func `measure many`() async throws {
        let inbox = try TemporaryFolder()
        let n = Int(ProcessInfo.processInfo.environment["MEASURE"] ?? "") ?? 1000
        var known: [String: String] = [:]
        for i in 0..<n { 
            let p = "site\(i % 50)/s\(i)"
            try inbox.makeFolder(p)
            for f in TemporaryFolder.stationFiles { close(open(inbox.path(p + "/" + f), O_WRONLY|O_CREAT, 0o644)) }
        }
        func cpu() -> Double { var u = rusage(); getrusage(__rusage_who_t(0), &u); return Double(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + Double(u.ru_utime.tv_usec + u.ru_stime.tv_usec)/1e6 }
        let t0 = ContinuousClock.now
        try await Session.run([.quick(inbox)], known: [:]) { session in
            while session.watcher.status.firstScanDone == false { poll(nil, 0, 1); while session.taken < session.watcher.status.emitted { let s = try await session.nextQuiet(); known[s.path] = s.stamp } }
            print("first scan", t0.duration(to: .now), session.watcher.status)
            for _ in Int(session.taken)..<n { let s = try await session.nextQuiet(); known[s.path] = s.stamp }
            print("all said", t0.duration(to: .now))
        }
        let t1 = ContinuousClock.now
        let c1 = cpu()
        let known2 = known
        try await Session.run([.quick(inbox)], known: [inbox.path: known2]) { session in
            await session.until { $0.firstScanDone }
            print("known scan", t1.duration(to: .now), "cpu", cpu() - c1)
            let t2 = ContinuousClock.now
            session.watcher.rescan(); await session.until { $0.rescans == 1 }
            print("rescan", t2.duration(to: .now), session.watcher.status.emitted)
            let c = cpu(); let t3 = ContinuousClock.now
            poll(nil, 0, 20000)
            print("idle cpu over", t3.duration(to: .now), cpu() - c)
        }
    }
}
