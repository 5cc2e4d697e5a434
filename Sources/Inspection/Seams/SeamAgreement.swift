import Foundation
import Station

/// How well the pictures of six faces, as named, continue across the edges, regardless of brightness.
///
/// Detail is decisive: two faces that were rendered a degree too wide share the sky above and the ground below, but not the detail along a seam.
struct SeamAgreement {
    /// The number of seams, out of twelve, with something to compare.
    var seams = 0
    /// The median correlation of the change along the seams: near 1 if edges meet, near 0 if they do not.
    var detail: Float = 1
    /// The median correlation of the brightness along the seams.
    var level: Float = 1

    /// The least change of brightness between samples; anything less is noise.
    private static let leastDetail: Float = 1.5
    private static let leastLevel: Float = 4
    /// The least correlation of an edge with the line next to it; noise has less.
    private static let leastOwn: Float = 0.4

    /// - Parameters:
    ///   - outer: In the order of `Face.allCases`, with equally many samples.
    ///   - inner: The same slightly further inside, to distinguish pictures from noise; nil skips that check.
    init(_ outer: [FaceBorder], inner: [FaceBorder]? = nil) {
        let edges = outer.map { $0.grayEdges.map(Self.brightness) }
        let insides = inner?.map { $0.grayEdges.map(Self.brightness) }
        var details: [Float] = []
        var levels: [Float] = []
        for seam in CubeSeam.all {
            let first = edges[seam.first.face.rank][seam.first.edge.rawValue]
            let second = edges[seam.second.face.rank][seam.second.edge.rawValue]
            let (change, other) = (Self.change(first), Self.change(second.reversed()))
            guard min(Self.deviation(first), Self.deviation(second)) >= Self.leastLevel,
                min(Self.deviation(change), Self.deviation(other)) >= Self.leastDetail
            else { continue }
            if let insides {
                let own = Self.correlation(change, Self.change(insides[seam.first.face.rank][seam.first.edge.rawValue]))
                let others = Self.correlation(
                    Self.change(second),
                    Self.change(insides[seam.second.face.rank][seam.second.edge.rawValue])
                )
                guard min(own, others) >= Self.leastOwn else { continue }
            }
            details.append(Self.correlation(change, other))
            levels.append(Self.correlation(first, second.reversed()))
        }
        seams = details.count
        if !details.isEmpty { (detail, level) = (Self.median(details), Self.median(levels)) }
    }

    private static func brightness(_ edge: [Float]) -> [Float] {
        stride(from: 0, to: edge.count, by: 3).map { edge[$0] }
    }

    private static func change(_ values: [Float]) -> [Float] { zip(values.dropFirst(), values).map { $0 - $1 } }

    private static func mean(_ values: [Float]) -> Float { values.reduce(0, +) / Float(max(1, values.count)) }

    private static func deviation(_ values: [Float]) -> Float {
        let mean = mean(values)
        return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(max(1, values.count))).squareRoot()
    }

    private static func correlation(_ a: [Float], _ b: [Float]) -> Float {
        let (meanA, meanB) = (mean(a), mean(b))
        let (spreadA, spreadB) = (deviation(a), deviation(b))
        guard spreadA > 0, spreadB > 0, a.count == b.count else { return 0 }
        let product = zip(a, b).reduce(Float(0)) { $0 + ($1.0 - meanA) * ($1.1 - meanB) } / Float(a.count)
        return product / (spreadA * spreadB)
    }

    private static func median(_ values: [Float]) -> Float {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}

/// Detects six faces whose edges do not meet in any arrangement, although they show plenty of detail.
struct SeamGap {
    private let pictures: [Picture]

    /// The least number of seams for a conclusion.
    private static let leastSeams = 7
    /// Edges that agree no better than this do not meet.
    private static let unmet = (detail: Float(0.2), level: Float(0.5))
    /// The agreement at the edges and inside the faces if they are too wide.
    private static let wide = (outside: Float(0.5), inside: Float(0.45), gain: Float(0.3))

    /// - Parameter pictures: In the order of `Face.allCases`, square and of one size.
    init(_ pictures: [Picture]) { self.pictures = pictures }

    /// The rendered width of each face in degrees, if lines inside the faces meet as their edges should; nil if none do.
    func width() -> Double? {
        let asNamed = SeamAgreement(pictures.map { Self.border($0, inset: 0) })
        guard asNamed.seams >= 5, asNamed.detail <= Self.wide.outside else { return nil }
        var best: (degrees: Double, detail: Float) = (90, asNamed.detail)
        func look(_ degrees: Double) {
            let agreement = SeamAgreement(pictures.map { Self.border($0, inset: Self.inset(degrees, edge: $0.width)) })
            if agreement.seams >= 5, agreement.detail > best.detail { best = (degrees, agreement.detail) }
        }
        for degrees in 92...130 { look(Double(degrees)) }
        for step in [-0.5, 0.5] { look(best.degrees + step) }
        guard best.detail >= Self.wide.inside, best.detail - asNamed.detail >= Self.wide.gain else { return nil }
        return best.degrees
    }

    /// Whether hardly any edge continues in its neighbour, although most show plenty of detail.
    func isEverywhere() -> Bool {
        let thick = pictures.map { max(2, $0.width / 128) }
        let agreement = SeamAgreement(
            pictures.map { Self.border($0, inset: 0) },
            inner: zip(pictures, thick).map { Self.border($0, inset: $1) }
        )
        return agreement.seams >= Self.leastSeams && agreement.detail <= Self.unmet.detail
            && agreement.level <= Self.unmet.level
    }

    /// The position of the cube's edge in a face of `degrees` width: pixels from the outside.
    private static func inset(_ degrees: Double, edge: Int) -> Int {
        let half = Double(edge) / 2
        return Int((half - half / tangent(ofHalf: degrees)).rounded())
    }

    private static func tangent(ofHalf degrees: Double) -> Double { tan(degrees / 2 * .pi / 180) }

    private static func border(_ picture: Picture, inset: Int) -> FaceBorder {
        let edge = picture.width - 2 * inset
        guard inset > 0, edge > 0 else {
            return picture.pixels.withUnsafeBufferPointer { FaceBorder(pixels: $0, edge: picture.width, channels: 3) }
        }
        var inside: [UInt8] = []
        inside.reserveCapacity(edge * edge * 3)
        for y in inset..<inset + edge {
            let start = (y * picture.width + inset) * 3
            inside += picture.pixels[start..<start + edge * 3]
        }
        return inside.withUnsafeBufferPointer { FaceBorder(pixels: $0, edge: edge, channels: 3) }
    }
}
