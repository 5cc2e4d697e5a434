import HTTPTypes
import Hummingbird
import LocalServer
import NIOCore
import ServiceLifecycle
import Status
import Timing

/// `/events`: what changes, as server-sent events, so that open pages update themselves.
///
/// `event: change` has `{"stations": [{"station", "state"}]}` or `{"anything": true}`; `event: status` has `{"online"}`, `{"inboxes": true}` or both.
struct EventsArea: PageArea {
    let changes: ChangeFeed
    let limits: EventLimits
    let door: PageDoor
    private let places: StreamPlaces

    init(changes: ChangeFeed, limits: EventLimits, door: PageDoor) {
        self.changes = changes
        self.limits = limits
        self.door = door
        places = StreamPlaces(limit: limits.streams)
    }

    func add(to router: Router<PageContext>, frame: PageFrame) {
        router.get("/events") { request, context in
            guard let place = places.take() else {
                throw PageError(
                    status: .serviceUnavailable,
                    words: "Too many pages with live updates are open already.",
                    headers: [.retryAfter: "60"]
                )
            }
            context.deadline?.lift()
            let isBack = HTTPField.Name("last-event-id").flatMap { request.headers[$0] } != nil
            return Response(
                status: .ok,
                headers: [.contentType: "text/event-stream", .cacheControl: "no-cache"],
                body: ResponseBody { writer in
                    // Held until the stream has ended.
                    defer { withExtendedLifetime(place) {} }
                    try await send(to: &writer, in: context, isBack: isBack)
                    try await writer.finish(nil)
                }
            )
        }
    }

    /// - Parameter isBack: Whether this browser has lost a stream: anything may have changed meanwhile.
    private func send(to writer: inout any ResponseBodyWriter, in context: PageContext, isBack: Bool) async throws {
        let channel = context.channel
        let collector = EventCollector()
        // Subscribed before anything is sent: who has seen the beginning misses nothing.
        let stream = changes.changes()
        if isBack { collector.noteAnything() }
        channel.closeFuture.whenComplete { _ in collector.close() }
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await change in stream { collector.note(change) }
                    collector.close()
                }
                try await send("retry: 3000\n\n", to: &writer, on: channel)
                while !collector.isClosed, !Task.isCancelled {
                    await collector.work.wait(atMost: limits.heartbeat, sleep: limits.sleep)
                    let news = collector.take()
                    // Who was removed meanwhile, or has another password, is told nothing more. Asked after the news was taken.
                    guard await door.stillAdmits(context.visitor) else { return group.cancelAll() }
                    try await send(news ?? ":\n\n", to: &writer, on: channel)
                    if !collector.isClosed { await collector.end.wait(atMost: limits.pause, sleep: limits.sleep) }
                }
                if let rest = collector.take() { try await send(rest, to: &writer, on: channel) }
                group.cancelAll()
            }
        } onGracefulShutdown: {
            collector.close()
        }
    }

    /// Writes, and closes the connection of one who takes nothing: the writer waits for as long as the other side does.
    private func send(_ text: String, to writer: inout any ResponseBodyWriter, on channel: any Channel) async throws {
        let impatience = channel.eventLoop.scheduleTask(in: limits.patience) { channel.close(promise: nil) }
        defer { impatience.cancel() }
        try await writer.write(ByteBuffer(string: text))
    }
}
