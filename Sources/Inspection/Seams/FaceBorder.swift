/// The colours along the four edges of a face, by which seams are compared.
///
/// All edges have the same number of samples, in clockwise order; each is the mean over a piece of the outermost pixels.
struct FaceBorder: Sendable, Equatable {
    /// Indexed by `FaceEdge.rawValue`: consecutive samples of three values each (0…255).
    let edges: [[Float]]
    /// Samples per edge.
    let samples: Int
    /// Whether the colours are unknown.
    let isGray: Bool

    /// The number of samples: enough to compare seams, and few enough to ignore noise and crops of a single pixel.
    static let wanted = 64
    /// The sampled depth at the border: the edge divided by this.
    private static let depth = 256

    /// - Parameters:
    ///   - pixels: Row after row from the top, `channels` bytes each.
    ///   - edge: Pixels along one edge.
    ///   - channels: 1 (gray) or 3.
    init(pixels: UnsafeBufferPointer<UInt8>, edge: Int, channels: Int) {
        let samples = min(Self.wanted, edge)
        self.samples = samples
        isGray = channels == 1
        let thick = max(1, edge / Self.depth)
        edges = FaceEdge.allCases.map { side in
            var values: [Float] = []
            values.reserveCapacity(samples * 3)
            for sample in 0..<samples {
                let along = (sample * edge / samples)..<((sample + 1) * edge / samples)
                for channel in 0..<3 {
                    var sum = 0
                    for position in along {
                        for inward in 0..<thick {
                            let (x, y) = Self.pixel(side, position, inward, edge)
                            sum += Int(pixels[(y * edge + x) * channels + min(channel, channels - 1)])
                        }
                    }
                    values.append(Float(sum) / Float(along.count * thick))
                }
            }
            return values
        }
    }

    private static func pixel(_ side: FaceEdge, _ along: Int, _ inward: Int, _ edge: Int) -> (x: Int, y: Int) {
        switch side {
        case .top: (along, inward)
        case .right: (edge - 1 - inward, along)
        case .bottom: (edge - 1 - along, edge - 1 - inward)
        case .left: (inward, edge - 1 - along)
        }
    }

    /// The edges without colour, for comparison with a gray face.
    var grayEdges: [[Float]] {
        edges.map { values in
            stride(from: 0, to: values.count, by: 3).flatMap { start -> [Float] in
                let luma = 0.299 * values[start] + 0.587 * values[start + 1] + 0.114 * values[start + 2]
                return [luma, luma, luma]
            }
        }
    }
}
