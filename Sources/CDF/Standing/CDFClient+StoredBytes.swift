import Station

extension CDFClient {
    /// The most files of one request: CDF's limit for download addresses.
    package static let downloadsPerCall = 100
    /// How many stores are asked concurrently.
    private static let heads = 6
    /// How many files are downloaded concurrently.
    private static let downloads = 3

    /// What CDF's store tells about files' bytes, by downloads that end after their heads, or at their ends.
    ///
    /// - Parameters:
    ///   - files: At most ``downloadsPerCall``, which are uploaded, each once.
    ///   - whole: Whether all bytes are downloaded, for their digests.
    /// - Returns: Those that the store gives out.
    package func storedBytes(
        of files: [FileReference],
        whole: Bool
    ) async throws(CDFError) -> [FileReference: StoredBytes] {
        guard !files.isEmpty else { return [:] }
        if whole {
            // Addresses live for 30 s, which is less than a few large downloads may take: each gets its own.
            return try await forEach(files, atOnce: Self.downloads) { file async throws(CDFError) in
                guard let url = try await self.downloadAddresses(of: [file])[file] else { return nil }
                return try await self.stored(at: url, whole: true)
            }
        }
        var stored: [FileReference: StoredBytes] = [:]
        // Twice, since addresses may expire while many others are being asked.
        for _ in 1...2 {
            let left = files.filter { stored[$0] == nil }
            guard !left.isEmpty else { break }
            let addresses = try await downloadAddresses(of: left)
            stored.merge(
                try await forEach(left, atOnce: Self.heads) { file async throws(CDFError) in
                    guard let url = addresses[file] else { return nil }
                    return try await self.stored(at: url, whole: false)
                }
            ) { _, new in new }
        }
        return stored
    }

    /// Where files can be downloaded, for 30 s; those that CDF does not give out are absent.
    private func downloadAddresses(of files: [FileReference]) async throws(CDFError) -> [FileReference: String] {
        do throws(CDFError) { return try await downloadAddresses(inOneRequest: files) } catch {
            // One file that has just been deleted spoils the request.
            guard case .refused = error else { throw error }
            guard files.count > 1 else { return [:] }
            let half = files.count / 2
            return try await downloadAddresses(of: Array(files[..<half]))
                .merging(try await downloadAddresses(of: Array(files[half...]))) { one, _ in one }
        }
    }

    private func downloadAddresses(
        inOneRequest files: [FileReference]
    ) async throws(CDFError) -> [FileReference: String] {
        struct Query: Encodable, Sendable { var items: [FileReference] }
        struct Found: Decodable, Sendable {
            struct Link: Decodable, Sendable {
                var downloadUrl: String
                var externalId: String?
                var instanceId: NodeReference?
            }
            var items: [Link]
        }
        let asked = "the download of \(files.count) files"
        let found: Found = try await post(
            JSONRequest("/files/downloadlink", Query(items: files), asked: asked, .idempotent)
        )
        guard found.items.count == files.count else {
            throw .unexpectedAnswer(asked: asked, detail: "\(found.items.count) addresses", requestID: nil)
        }
        let wanted = Set(files)
        return zip(files, found.items).reduce(into: [:]) { addresses, pair in
            let (position, link) = pair
            // The order is not documented where the answer names the file itself.
            let named = [link.externalId.map(FileReference.externalID), link.instanceId.map(FileReference.node)]
            addresses[named.compactMap(\.self).first(where: wanted.contains) ?? position] = link.downloadUrl
        }
    }

    private func stored(at url: String, whole: Bool) async throws(CDFError) -> StoredBytes? {
        try await repetition.run("a download", .idempotent) { _ async throws(CDFError) in
            do throws(TryFailure) {
                return .done(try await exchange.stored(at: url, whole: whole))
            } catch {
                return .failed(try Verdict(of: error, host: settings.host))
            }
        }
    }

    /// Works on files concurrently; the first error ends it.
    ///
    /// - Parameters:
    ///   - files: Each once.
    ///   - count: The most at a time.
    ///   - work: Nil for a file that is not given out.
    private func forEach(
        _ files: [FileReference],
        atOnce count: Int,
        _ work: @escaping @Sendable (FileReference) async throws(CDFError) -> StoredBytes?
    ) async throws(CDFError) -> [FileReference: StoredBytes] {
        let outcome = await withTaskGroup(
            of: Result<(FileReference, StoredBytes?), CDFError>.self,
            returning: Result<[FileReference: StoredBytes], CDFError>.self
        ) { group in
            var waiting = files[...]
            var stored: [FileReference: StoredBytes] = [:]
            func startNext() {
                guard let file = waiting.popFirst() else { return }
                group.addTask {
                    do throws(CDFError) { return .success((file, try await work(file))) } catch {
                        return .failure(error)
                    }
                }
            }
            for _ in 0..<count { startNext() }
            for await result in group {
                switch result {
                case .success(let (file, bytes)): stored[file] = bytes
                case .failure(let error):
                    group.cancelAll()
                    return .failure(error)
                }
                startNext()
            }
            return .success(stored)
        }
        return try outcome.get()
    }
}
