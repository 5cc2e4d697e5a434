import Station

extension Configuration.Inbox {
    static var keys: Keys<Self> {
        Keys(
            home: "an entry of 'inboxes'",
            blank: Self(path: ""),
            keys: [
                Key("path", \.path, .absolutePath).required().shown(as: "/srv/drop360/inbox"),
                Key("site", \.site, .map(Site.keys))
                    .forInstance(
                        "{id: site-a, name: Site A}",
                        above:
                            "For stations whose sidecar names no site. Without it: the name of the station's parent folder.",
                        "It applies to every such station: set it only if the whole inbox is one site."
                    ),
                Key("after", \.after, .after)
                    .shown(
                        "what happens to delivered stations; or {move: /srv/delivered}, {delete-after: 30d}",
                        as: "keep"
                    ),
                Key("reports", \.reports, .reports)
                    .shown("reports for the crew: beside the station's folder, off, or the path of a folder"),
                Key("settle", \.settle, .duration(.milliseconds(10)...(.seconds(3600))))
                    .shown("how long a folder must be unchanged before it is inspected"),
                Key("detection", \.detection, .choice)
                    .shown("auto, inotify, or poll (for shares that report no changes)"),
                Key("ignore", \.ignore, .texts(.text(limit: 256)))
                    .commentedOut("names to ignore: [\"*.bak\", \"preview_*\"]; \"!.recycle\" stops ignoring one"),
                Key("time-zone", \.timeZone, .timeZone)
                    .forInstance(
                        "Europe/Oslo",
                        "for capture times without a zone, which are refused otherwise"
                    ),
                Key("offset", \.offset, .map(Vector3.keys))
                    .commentedOut(
                        "metres, subtracted from every position: the origin in a national grid",
                        as: "{x: 0, y: 0, z: 0}"
                    ),
                // A JPEG cannot be larger than 65,535.
                Key("min-face", \.minFace, .integer(1...65535)).commentedOut("pixels; smaller faces are refused"),
                Key("max-face", \.maxFace, .integer(1...65535)).commentedOut("pixels; larger faces are refused"),
                Key("report-after", \.reportAfter, .duration(.milliseconds(10)...(.seconds(365 * 86400))))
                    .commentedOut("an incomplete station is reported after this time"),
                Key("pose-drift", \.poseDrift, .choice)
                    .commentedOut("a known station in another place: reject or accept"),
                Key("collections", \.collections, .choice)
                    .commentedOut("over 10,000 images of one site: viewer-limit refuses them; or large-is-fine"),
                Key("faces", \.faces, .faces)
                    .forInstance(
                        "{front: cam1.jpg, back: cam3.jpg, left: cam4.jpg, right: cam2.jpg, top: cam5.jpg, bottom: cam6.jpg}",
                        above:
                            "How the faces are named, if their names do not show it: krpano, pano2vr, py360convert, matterport-skybox,",
                        "leica-cubeface-a, leica-cubeface-b, gl-front-plus-z, gl-front-minus-z; or the six file names:"
                    ),
                Key("poses", \.poses, .poses, printed: { $0 != PoseListRule() })
                    .forInstance(
                        "{preset: leica, frame: x-forward}",
                        "how poses.csv is read, if its header does not show it"
                    ),
                Key("seams", \.seams, .choice).commentedOut("faces that look swapped or turned: warn, reject or off"),
                Key("equirect", \.equirect, .choice)
                    .commentedOut("one 2:1 panorama instead of six faces: refuse or convert"),
                Key("e57", \.e57, .map(Configuration.E57.keys))
                    .commentedOut(
                        above:
                            "E57 files. CDF extracts their 360° images (cdf, in asset-centric projects), or drop360 delivers their panoramas as",
                        "stations (here). Without this section they are left alone."
                    ),
            ],
            check: checkFaceSizes
        )
    }

    private static func checkFaceSizes(_ section: Section, _ inbox: inout Self) {
        guard inbox.minFace > inbox.maxFace else { return }
        section.report(
            "min-face (\(inbox.minFace)) is larger than max-face (\(inbox.maxFace)); no face could pass",
            key: section.has("min-face") ? "min-face" : "max-face"
        )
    }
}

extension Site {
    fileprivate static var keys: Keys<Site> {
        Keys(
            blank: Site(id: ""),
            keys: [Key("id", \.id, .text(limit: 128)).required(), Key("name", \.name, .text(limit: 255))]
        )
    }
}

extension Vector3 {
    fileprivate static var keys: Keys<Vector3> {
        Keys(
            blank: Vector3(x: 0, y: 0, z: 0),
            keys: [Key("x", \.x, .metres), Key("y", \.y, .metres), Key("z", \.z, .metres)]
        )
    }
}

extension Form where Value == PoseListRule {
    /// A preset, or preset and frame.
    fileprivate static var poses: Form {
        let keys = Keys(
            blank: PoseListRule(),
            keys: [Key("preset", \.preset, .choice), Key("frame", \.frame, .choice)]
        )
        let preset = Form(
            read: { Form<PoseListPreset>.choice.read($0, $1).map { PoseListRule(preset: $0) } },
            print: { keys.rendering(of: $0) }
        )
        return .word(preset, or: .map(keys), isWord: { _ in false })
    }
}

extension Form where Value == FaceScheme {
    /// A preset, or the names of the six files.
    fileprivate static var faces: Form {
        let keys = Keys<[Face: String]>(
            blank: [:],
            keys: Face.allCases.map { Key($0.rawValue, \.[$0], .text(limit: 255)).required() },
            check: checkNames
        )
        let map = Form.map(
            keys,
            value: { $0.count == Face.allCases.count ? .map($0) : nil },
            written: { $0.names ?? [:] }
        )
        let preset = Form(
            read: { Form<FacePreset>.choice.read($0, $1).map { .preset($0) } },
            print: { $0.preset.map(Form<FacePreset>.choice.print) ?? map.print($0) }
        )
        return .word(preset, or: map, isWord: { $0.preset != nil })
    }

    private static func checkNames(_ section: Section, _ names: inout [Face: String]) {
        guard names.count == Face.allCases.count else { return }
        func refuse(_ words: String, _ advice: String) {
            section.findings.report(words, advice, at: section.tree)
        }
        if let bad = names.values.first(where: { $0.contains("/") || $0 == "." || $0 == ".." }) {
            refuse("'\(bad)' is not a file name", "Give the names of six files of one folder.")
        } else if Set(names.values.map { $0.lowercased() }).count < names.count {
            refuse("gives one file to two faces", "Give six different names.")
        }
    }
}

extension FaceScheme {
    fileprivate var preset: FacePreset? { if case .preset(let preset) = self { preset } else { nil } }
    fileprivate var names: [Face: String]? { if case .map(let names) = self { names } else { nil } }
}
