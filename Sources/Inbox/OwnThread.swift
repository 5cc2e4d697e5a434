import Foundation

/// Runs `body`, which may block, on a thread of its own and returns when it has ended.
///
/// - Parameter name: At most 15 bytes, as the kernel shows it.
func onOwnThread(_ name: String, _ body: @escaping @Sendable () -> Void) async {
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
        let thread = Thread {
            Thread.current.name = name
            body()
            continuation.resume()
        }
        thread.stackSize = 2 << 20
        thread.start()
    }
}
