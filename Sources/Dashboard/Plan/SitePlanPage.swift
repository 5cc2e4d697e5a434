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
        /// Of a plan with names.
        var headings: String
        var marks: [Mark]
        /// Of one without: a path for each state, which the script makes marks of.
        var dots: [PlanDots]
    }

    struct Mark {
        var number: Int64
        var state: String
        var outline: String
        var name: PageText
        var words: PageText
        var visits: Visits?
        /// Metres.
        var z: String
        /// Whole degrees; nil where it looks straight up or down.
        var heading: String?
    }

    /// How many images of one position there are, and where that is written.
    struct Visits {
        var count: Int
        var x: String
        var y: String
    }

    struct Named {
        var number: Int64
        var name: PageText
    }

    struct Finding {
        /// Stations that it names.
        static let shown = 6

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
        static let shown = 20

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
    /// What a station's number follows, in the address of its mark's words.
    let marks: String
    let table: String
    let counts: [StateCount]
    let words: String
    let isEmpty: Bool
    /// Whether the marks have no names: those would make the page heavy.
    let isLarge: Bool
    let hasVisits: Bool
    /// What makes the page ask for itself again: any change, or nothing where it is large.
    let live: String
    let transform: String
    let scale: String
    let radius: String
    let writing: String
    /// Where heights are shaded: from the lowest to the highest; nil where all are about the same.
    let heights: Heights?
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

    struct Heights {
        /// Metres.
        var from: String
        var to: String
    }

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
        marks = SiteAddress.marks(of: site)
        table = SiteAddress.table(of: site)
        counts = StateCount.all(plan.counts, site: site)
        words = Self.words(plan)
        isEmpty = plan.positions.isEmpty
        isLarge = !isNamed
        hasVisits = plan.positions.contains { $0.visits.count > 1 }
        live = isNamed ? "any" : "large"
        transform = picture.transform
        scale = PlanPicture.number(picture.scale, 6)
        radius = PlanPicture.number(picture.radius, 4)
        writing = picture.writing
        heights = Self.heights(plan)
        var byLevel = [[PlanPosition]](repeating: [], count: plan.levels.count)
        for position in plan.positions { byLevel[plan.level(of: position)].append(position) }
        levels = zip(plan.levels, byLevel).enumerated().map { number, each in
            Level(
                number: number,
                words: each.0.words,
                count: each.0.count,
                headings: isNamed ? picture.headings(each.1) : "",
                marks: isNamed ? each.1.map { Mark($0, picture) } : [],
                dots: isNamed ? [] : PlanDots.all(each.1)
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
        edges = plan.outside.prefix(Edge.shown).map { index in
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

    /// The numbers of the stations whose names are on the page.
    static func numbersNamed(by plan: SitePlan) -> [Int64] {
        if plan.positions.count <= named { return plan.positions.map(\.number) }
        let inFindings = plan.findings.prefix(listed).flatMap { $0.positions.prefix(Finding.shown) }
        return Set(inFindings + plan.outside.prefix(Edge.shown)).sorted().map { plan.positions[$0].number }
    }

    private static func words(_ plan: SitePlan) -> String {
        guard let extent = plan.extent else { return "None of its stations has a position yet." }
        let count = plan.positions.count
        let visits = plan.positions.reduce(0) { $0 + $1.visits.count }
        return "\(count) position\(count == 1 ? "" : "s")\(visits > count ? " with \(visits) visits" : ""), "
            + PlanWords.extent(extent) + (plan.outside.isEmpty ? "." : ", without what stands far away.")
    }

    /// Less than half a metre is the height of a tripod.
    private static func heights(_ plan: SitePlan) -> Heights? {
        guard let low = plan.levels.first?.from, let high = plan.levels.last?.to, high - low > 0.5 else { return nil }
        return Heights(from: PlanNumber.text(low, decimals: 1), to: PlanNumber.text(high, decimals: 1))
    }
}
