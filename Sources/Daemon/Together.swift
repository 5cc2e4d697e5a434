import ServiceLifecycle

/// Several services as one, which are shut down at the same time: a group shuts its services down one after the other, and there are only
/// seconds for all of them.
struct Together: Service {
    let services: [any Service]

    init(_ services: any Service...) { self.services = services }

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in services { group.addTask { try await service.run() } }
            try await group.waitForAll()
        }
    }
}
