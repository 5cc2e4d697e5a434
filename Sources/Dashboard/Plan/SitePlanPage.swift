import Station
import Status

/// The plan of one site, in words and numbers; `plan.mustache` lays it out.
///
/// Text from outside is ``PageText``; the marks of a large plan are numbers alone, written without the template, which would take long.
struct SitePlanPage {
    /// Plans of more positions have no names in their marks: those would make them heavy.
    static let named = 500
    /// Findings and stations without a place that the page lists.
    static let listed = 100

    struct Level {
        var number: Int
        var words: String
        var count: Int
        var headings: String
        var marks: [Mark]
        /// Elements without text from outside.
        var plainMarks: String
    }

    struct Mark {
        var number: Int64
        var state: String
        var outline: String
        var words: PageText
        var visits: Int?
        var z: String
    }

    struct Named {
        var number: Int64
        var name: PageText
    }

    struct Finding {
        var kind: String
        var stations: [Named]
        var more: Int?
        var words: String
    }

    struct Halo {
        var kind: String
        var point: String
    }

    struct Edge {
        var number: Int64
        var name: PageText
        var x: String
        var y: String
    }

    struct Unplaced {
        var number: Int64
        var path: PageText
        var state: String
    }

    let site: PageText
    let address: String
    let table: String
    let counts: [StateCount]
    let words: String
    let isEmpty: Bool
    /// What makes the page ask for itself again: any change, or nothing where it is large.
    let live: String
    let transform: String
    let scale: String
    let radius: String
    let levels: [Level]
    let hasLevels: Bool
    let total: Int
    let findings: [Finding]
    let moreFindings: Int?
    let hasFindings: Bool
    let halos: [Halo]
    let edges: [Edge]
    let unplaced: [Unplaced]
    let moreUnplaced: Int?
    let hasUnplaced: Bool
    let legend: [Legend]
    let bar: Bar

    struct Legend {
        var words: String
        var state: String
        var outline: String
    }

    struct Bar {
        var length: String
        var words: String
    }

    init(site: String, _ plan: SitePlan) {
        let picture = PlanPicture(plan)
        let isNamed = plan.positions.count <= Self.named
        self.site = PageText(site)
        address = SiteAddress.encoded(site)
        table = SiteAddress.table(of: site)
        counts = StateCount.all(plan.counts, site: site)
        words = Self.words(plan)
        isEmpty = plan.positions.isEmpty
        live = isNamed ? "any" : "large"
        transform = picture.transform
        scale = PlanPicture.number(picture.scale, 6)
        radius = PlanPicture.number(picture.radius, 4)
        let byLevel = Dictionary(grouping: plan.positions, by: plan.level(of:))
        levels = plan.levels.enumerated().map { number, level in
            let positions = byLevel[number] ?? []
            return Level(
                number: number,
                words: level.words,
                count: level.count,
                headings: picture.headings(positions),
                marks: isNamed ? positions.map { Mark($0, picture) } : [],
                plainMarks: isNamed ? "" : Self.plainMarks(positions)
            )
        }
        hasLevels = levels.count > 1
        total = plan.positions.count
        findings = plan.findings.prefix(Self.listed).map { Finding($0, plan) }
        moreFindings = plan.findings.count > Self.listed ? plan.findings.count - Self.listed : nil
        hasFindings = !findings.isEmpty
        halos = plan.findings.prefix(Self.listed).flatMap { finding in
            finding.positions.prefix(Self.listed).map {
                Halo(kind: finding.kind.rawValue, point: PlanPicture.point(plan.positions[$0].position))
            }
        }
        edges = plan.outside.prefix(20).map { index in
            let position = plan.positions[index]
            return Edge(
                number: position.number,
                name: PageText(position.name),
                x: PlanPicture.number(position.position.x),
                y: PlanPicture.number(position.position.y)
            )
        }
        unplaced = plan.unplaced.prefix(Self.listed).map {
            Unplaced(number: $0.number, path: PageText($0.path), state: $0.state.rawValue)
        }
        moreUnplaced = plan.unplaced.count > Self.listed ? plan.unplaced.count - Self.listed : nil
        hasUnplaced = !unplaced.isEmpty
        legend = Legend.all
        bar = Bar(
            length: PlanPicture.number(picture.scaleBar.metres * picture.scale),
            words: picture.scaleBar.words
        )
    }

    private static func words(_ plan: SitePlan) -> String {
        guard let extent = plan.extent else { return "None of its stations has a position yet." }
        let count = plan.positions.count
        let visits = plan.positions.reduce(0) { $0 + $1.visits.count }
        return "\(count) position\(count == 1 ? "" : "s")\(visits > count ? " with \(visits) visits" : ""), "
            + PlanWords.extent(extent) + (plan.outside.isEmpty ? "." : ", without what stands far away.")
    }

    /// Compact: a dot each, which the script gives its shape.
    private static func plainMarks(_ positions: [PlanPosition]) -> String {
        var text = ""
        for (state, members) in Dictionary(grouping: positions, by: \.state).sorted(by: {
            $0.key.rawValue < $1.key.rawValue
        }) {
            text += "<g class=\"\(state.rawValue)\">"
            for member in members {
                text += "<path data-station=\"\(member.number)\" d=\"\(PlanPicture.point(member.position))z\"/>"
            }
            text += "</g>"
        }
        return text
    }
}

extension SitePlanPage.Mark {
    fileprivate init(_ position: PlanPosition, _ picture: PlanPicture) {
        self.init(
            number: position.number,
            state: position.state.rawValue,
            outline: picture.outline(position),
            words: PageText(PlanWords.mark(position)),
            visits: position.visits.count > 1 ? position.visits.count : nil,
            z: PlanPicture.number(position.position.z)
        )
    }
}

extension SitePlanPage.Finding {
    fileprivate init(_ finding: PlanFinding, _ plan: SitePlan) {
        let shown = finding.positions.prefix(6)
        self.init(
            kind: finding.kind.rawValue,
            stations: shown.map {
                .init(number: plan.positions[$0].number, name: PageText(plan.positions[$0].name))
            },
            more: finding.positions.count > shown.count ? finding.positions.count - shown.count : nil,
            words: finding.words
        )
    }
}

extension SitePlanPage.Legend {
    fileprivate static let all: [Self] = [
        ("in CDF", .registered), ("on its way", .uploading), ("incomplete", .incomplete), ("rejected", .rejected),
        ("failed", .failed),
    ].map { words, state in
        Self(words: words, state: state.rawValue, outline: "M0 0" + PlanShape.shape(of: state).path(radius: 1))
    }
}
