/// What a sandbox contains, and which of it would break a viewer.
package struct SandboxContents: Equatable, Sendable {
    /// Classic files, uploaded or not.
    package var files = 0
    /// Files with contents.
    package var uploadedFiles = 0
    /// Collections of both data models.
    package var collections = 0
    /// Stations of both data models.
    package var stations = 0
    /// Images of both data models.
    package var images = 0
    /// 3D models.
    package var models = 0
    /// Revisions of all 3D models.
    package var revisions = 0
    /// Relations to nodes that don't exist or lack the data that the relation requires, one text each.
    package var danglingRelations: [String] = []
    /// Faces of images whose file doesn't exist or has no contents, one text each.
    package var danglingFiles: [String] = []
    /// The external ids of collections without images.
    package var emptyCollections: [String] = []
    /// What else the viewer would not show, or not show right, one sentence each.
    package var viewerProblems: [String] = []
}

/// Examines a state as a viewer would.
struct Audit {
    let state: State
    let schema: Schema
    let now: Int64

    static let legacyFaces = Schema.faces.map { "cubeMap\($0)" }
    static let coreFaces = Schema.faces.map { $0.lowercased() }

    private var ordered: [Instance] { state.instances.values.sorted { $0.sequence < $1.sequence } }

    var collections: [Instance] {
        ordered.filter { $0.values[.legacyCollection] != nil || $0.values[.revision3D]?["type"] == "Image360" }
    }
    var stations: [Instance] { ordered.filter { $0.values[.legacyStation] != nil || $0.values[.group3D] != nil } }
    var images: [Instance] { ordered.filter { $0.values[.legacyImage] != nil || $0.values[.image360] != nil } }

    func collection(of image: Instance) -> InstanceID? { relation(image, "collection360", "collection360") }
    func station(of image: Instance) -> InstanceID? { relation(image, "station", "group3d") }

    private func relation(_ image: Instance, _ legacy: String, _ core: String) -> InstanceID? {
        let value = image.values[.legacyImage]?[legacy] ?? image.values[.image360]?[core]
        guard let space = value?["space"]?.string, let externalID = value?["externalId"]?.string else { return nil }
        return InstanceID(space: space, externalID: externalID)
    }

    /// The faces of `image`: the property, the file's name in messages, and the file, if it exists.
    func faces(of image: Instance) -> [(property: String, name: String, file: FileEntry?)] {
        if let values = image.values[.legacyImage] {
            return Self.legacyFaces.map { property in
                let name = values[property]?.string ?? ""
                return (property, name, state.file(name))
            }
        }
        return Self.coreFaces.map { property in
            guard let value = image.values[.cubeMap]?[property], let space = value["space"]?.string,
                let externalID = value["externalId"]?.string
            else { return (property, "", nil) }
            return (property, externalID, state.file(InstanceID(space: space, externalID: externalID)))
        }
    }

    /// Relations whose target is missing, or lacks the data of the relation's view.
    var danglingRelations: [JSON] {
        var found: [JSON] = []
        for instance in ordered {
            for (container, values) in instance.values {
                for (property, value) in values {
                    guard case .direct(let wanted) = schema.containers[container]?[property]?.type,
                        let space = value["space"]?.string, let externalID = value["externalId"]?.string
                    else { continue }
                    let target = state.instances[InstanceID(space: space, externalID: externalID)]
                    guard !(target.map { self.has($0, wanted) } ?? false) else { continue }
                    found.append([
                        "from": instance.id.json, "property": .string(property), "target": value,
                        "reason": target == nil ? "missing" : "noData",
                    ])
                }
            }
        }
        return found.sorted { $0.text < $1.text }
    }

    private func has(_ instance: Instance, _ wanted: RelationTarget) -> Bool {
        switch wanted {
        case .anything: true
        case .view(let view): schema.hasData(instance, in: .view(view))
        case .container(let container): instance.values[container] != nil
        }
    }

    var danglingFiles: [JSON] {
        images.flatMap { image in
            faces(of: image).compactMap { property, name, file -> JSON? in
                if let file, file.isUploaded(at: now) { return nil }
                return [
                    "image": image.id.json, "property": .string(property), "file": .string(name),
                    "reason": file == nil ? "missing" : "notUploaded",
                ]
            }
        }
    }

    var emptyCollections: [Instance] {
        let filled = Set(images.compactMap(collection(of:)))
        return collections.filter { !filled.contains($0.id) }
    }

    /// The external ids of files that more than one face uses.
    var sharedFiles: [String] {
        var uses: [String: Int] = [:]
        for image in images { for face in faces(of: image) { uses[face.name, default: 0] += 1 } }
        return uses.filter { $0.value > 1 }.keys.sorted()
    }

    var summary: SandboxContents {
        SandboxContents(
            files: state.files.count,
            uploadedFiles: state.files.values.filter { $0.isUploaded(at: now) }.count,
            collections: collections.count,
            stations: stations.count,
            images: images.count,
            models: state.records[.model]?.count ?? 0,
            revisions: state.records[.revision]?.count ?? 0,
            danglingRelations: danglingRelations.map(\.text),
            danglingFiles: danglingFiles.map(\.text),
            emptyCollections: emptyCollections.map(\.id.externalID),
            viewerProblems: viewerProblems
        )
    }

    /// The answer to `GET /sandbox/contents`.
    var json: JSON {
        let files = state.files.values.sorted { $0.id < $1.id }.map { file -> JSON in
            var members = file.json(at: now).object ?? [:]
            members["size"] = file.content.map { .int($0.size) }
            members["sha256"] = file.content.map { .string($0.sha256) }
            return .object(members)
        }
        let nodes = ordered.map { instance -> JSON in
            let views = schema.views.keys.filter { schema.hasData(instance, in: .view($0)) }.sorted {
                $0.qualifiedName < $1.qualifiedName
            }
            var members = schema.json(instance, sources: views.map { (.view($0), nil) }).object ?? [:]
            members["views"] = .array(views.map { .string("\($0.externalID)/\($0.version)") })
            return .object(members)
        }
        return [
            "files": .array(files), "nodes": .array(nodes), "collections": .int(Int64(collections.count)),
            "stations": .int(Int64(stations.count)), "images": .int(Int64(images.count)),
            "danglingRelations": .array(danglingRelations), "danglingFiles": .array(danglingFiles),
            "emptyCollections": .array(emptyCollections.map(\.id.json)),
            "viewerProblems": .array(viewerProblems.map(JSON.string)),
            "sharedFiles": .array(sharedFiles.map(JSON.string)),
            "pipelineRuns": records(.run), "models": records(.model), "revisions": records(.revision),
        ]
    }

    private func records(_ kind: RecordKind) -> JSON {
        .array((state.records[kind] ?? [:]).values.map(\.json).sorted { ($0["id"]?.int ?? 0) < ($1["id"]?.int ?? 0) })
    }
}

extension SandboxStore {
    var audit: Audit { Audit(state: state, schema: schema, now: now) }
}
