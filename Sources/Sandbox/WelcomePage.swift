/// The page at `/`: what is in the sandbox, with the real images.
///
/// No scripts, no external resources.
struct WelcomePage {
    let audit: Audit
    let base: String
    let project: String

    var html: String {
        let collections = audit.collections.map(collection).joined()
        let summary = audit.summary
        return """
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>CDF sandbox</title>
            <meta name="viewport" content="width=device-width"><style>
            body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1b2733}
            h2{border-bottom:1px solid #ccd;margin-top:2rem}h3{margin-bottom:.2rem}
            .faces{display:grid;grid-template-columns:repeat(6,1fr);gap:.4rem}figure{margin:0}
            img{width:100%;aspect-ratio:1;object-fit:cover;background:#dde;display:block}
            figcaption,small{color:#567;font-size:.8rem}.none{background:#eee;aspect-ratio:1;display:block}
            @media(max-width:40rem){.faces{grid-template-columns:repeat(3,1fr)}}
            </style></head><body><h1>CDF sandbox</h1>
            <p>A stand-in for Cognite Data Fusion, project <b>\(Self.escaped(project))</b> at \(Self.escaped(base)).
            It contains \(summary.collections) collections, \(summary.stations) stations, \(summary.images) images and
            \(summary.uploadedFiles) uploaded files.</p>
            \(collections.isEmpty ? "<p>Nothing is registered yet.</p>" : collections)
            </body></html>
            """
    }

    private func collection(_ collection: Instance) -> String {
        let images = audit.images.filter { audit.collection(of: $0) == collection.id }
        let stations = Dictionary(grouping: images) { audit.station(of: $0) }
        let blocks = audit.stations.map { Optional($0.id) } + [nil]
        let body = blocks.compactMap { id -> String? in
            guard let images = stations[id] else { return nil }
            let name = id.flatMap { audit.state.instances[$0] }.map(label) ?? "no station"
            return "<h3>\(Self.escaped(name))</h3>" + images.map(image).joined()
        }
        return "<h2>\(Self.escaped(label(collection)))</h2>" + (body.isEmpty ? "<p>No images.</p>" : body.joined())
    }

    private func image(_ image: Instance) -> String {
        let faces = audit.faces(of: image).map { property, name, file in
            let picture =
                if let file, file.isUploaded(at: audit.now) {
                    "<img loading=\"lazy\" alt=\"\(Self.escaped(name))\" src=\"\(source(file))\">"
                } else {
                    "<span class=\"none\"></span>"
                }
            let face = property.hasPrefix("cubeMap") ? String(property.dropFirst(7)).lowercased() : property
            return "<figure>\(picture)<figcaption>\(Self.escaped(face))</figcaption></figure>"
        }
        let time = (image.values[.legacyImage]?["timeTaken"] ?? image.values[.image360]?["takenAt"])?.string ?? ""
        return "<small>\(Self.escaped(image.id.externalID)) \(Self.escaped(time))</small>"
            + "<div class=\"faces\">\(faces.joined())</div>"
    }

    private func source(_ file: FileEntry) -> String {
        let expires = audit.now + 3_600_000
        return "/download/\(file.id)?expires=\(expires)&amp;signature=\(Secrets.sign("\(file.id).\(expires)"))"
    }

    private func label(_ instance: Instance) -> String {
        let values = instance.values
        let label =
            values[.legacyCollection]?["label"] ?? values[.legacyStation]?["label"]
            ?? values[.cogniteDescribable]?["name"]
        return label?.string ?? instance.id.externalID
    }

    static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.append(character)
            }
        }
    }
}
