import NIOCore
import Synchronization

/// Tracks the open connections of one server, and closes one when there are too many.
///
/// It closes the one that has been idle longest, so that a client that holds many open keeps nobody else out.
final class ConnectionGate: Sendable {
    private struct Connection {
        var channel: any Channel
        var isBusy = false
    }

    private struct Open {
        /// By number, which grows with each connection and each answer: the smallest has been idle longest.
        var connections: [UInt64: Connection] = [:]
        var numbers: [ObjectIdentifier: UInt64] = [:]
        var last: UInt64 = 0

        mutating func add(_ connection: Connection) {
            last += 1
            connections[last] = connection
            numbers[ObjectIdentifier(connection.channel)] = last
        }

        mutating func remove(_ channel: any Channel) -> Connection? {
            numbers.removeValue(forKey: ObjectIdentifier(channel)).flatMap { connections.removeValue(forKey: $0) }
        }
    }

    private let limits: ConnectionLimits
    private let isStopping = Atomic(false)
    private let open = Mutex(Open())

    init(_ limits: ConnectionLimits) { self.limits = limits }

    /// How many connections are open.
    var count: Int { open.withLock { $0.connections.count } }

    /// Admits a new connection, and closes one if there are too many.
    func admit(_ channel: any Channel) {
        let surplus = open.withLock { open -> (any Channel)? in
            open.add(Connection(channel: channel))
            guard open.connections.count > limits.connections else { return nil }
            let newest = open.last
            let idle = open.connections.filter { !$0.value.isBusy && $0.key != newest }.keys.min()
            let number = idle ?? (limits.answersAreShort ? open.connections.keys.min() : nil) ?? newest
            guard let channel = open.connections[number]?.channel else { return nil }
            _ = open.remove(channel)
            return channel
        }
        surplus?.close(promise: nil)
        // Accepted while the server was being stopped.
        if isStopping.load(ordering: .sequentiallyConsistent) { part(from: channel) }
        channel.closeFuture.whenComplete { [weak self] _ in self?.open.withLock { _ = $0.remove(channel) } }
    }

    /// Closes what is still open after the time that the limits leave it.
    ///
    /// A stop would otherwise wait for those who take nothing of their answer, or never complete their request.
    func stop() {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        for channel in open.withLock({ $0.connections.values.map(\.channel) }) { part(from: channel) }
    }

    private func part(from channel: any Channel) {
        guard let parting = limits.parting else { return }
        channel.eventLoop.scheduleTask(in: parting) { channel.close(promise: nil) }
    }

    /// Called when the answer to a request on this connection begins.
    func begin(_ channel: any Channel) { mark(channel, isBusy: true) }

    /// Called when the answer has been written, or never will be.
    func end(_ channel: any Channel) { mark(channel, isBusy: false) }

    private func mark(_ channel: any Channel, isBusy: Bool) {
        open.withLock { open in
            guard var connection = open.remove(channel) else { return }
            connection.isBusy = isBusy
            open.add(connection)
        }
    }
}
