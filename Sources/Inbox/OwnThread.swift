import Foundation
import Glibc

/// Runs `body`, which may block, on a thread of its own and returns when it has ended.
///
/// - Parameter name: At most 15 bytes, as the kernel shows it.
func onOwnThread(_ name: String, _ body: @escaping @Sendable () -> Void) async {
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
        let thread = Thread {
            nameThisThread(name)
            body()
            continuation.resume()
        }
        thread.stackSize = 2 << 20
        thread.start()
    }
}

/// Foundation's own setter does nothing before `start` has returned in the starting thread.
private func nameThisThread(_ name: String) {
    let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    // Without /proc the thread works under the name of its process.
    guard file >= 0 else { return }
    _ = write(file, name, name.utf8.count)
    close(file)
}
