import Foundation
package import Inspection
package import Station

/// What can happen to the six faces of a good station between camera and drop folder, and must not make the seam check object.
package enum PictureVariation: String, CaseIterable, Sendable {
    case crop, cropEach, blur, blurEach, brightness, gamma, whiteBalance, noise, jpeg, night, fog, flatFaces,
        sameFlatFaces,
        nadirPatch, frame, vignette, exposure, shift, mixture

    /// The faces, varied; the same generator gives the same result.
    package func vary(
        _ faces: [Face: Picture],
        using random: inout SeededGenerator
    ) throws -> [Face: Picture] {
        var result: [Face: Picture] = [:]
        let common = Draw(self, &random)
        let flat = Set(Face.allCases.shuffled(using: &random).prefix(Int.random(in: 1...4, using: &random)))
        for face in Face.allCases {
            guard let picture = faces[face] else { continue }
            let own = isOfEachFace ? Draw(self, &random) : common
            result[face] = try vary(picture, face, own, flat, &random)
        }
        guard self == .mixture else { return result }
        for variation in [Self.brightness, .noise, .jpeg, .blur, .crop, .gamma, .vignette].shuffled(using: &random)
            .prefix(3)
        {
            result = try variation.vary(result, using: &random)
        }
        return result
    }

    private var isOfEachFace: Bool {
        switch self {
        case .cropEach, .blurEach, .brightness, .gamma, .whiteBalance, .flatFaces, .exposure, .shift: true
        default: false
        }
    }

    /// The numbers of one variation.
    private struct Draw {
        var amounts: [Double]

        init(_ kind: PictureVariation, _ random: inout SeededGenerator) {
            amounts = (0..<4).map { _ in Double.random(in: 0..<1, using: &random) }
        }

        func of(_ index: Int, _ range: ClosedRange<Double>) -> Double {
            range.lowerBound + amounts[index] * (range.upperBound - range.lowerBound)
        }
    }

    private func vary(
        _ picture: Picture,
        _ face: Face,
        _ draw: Draw,
        _ flat: Set<Face>,
        _ random: inout SeededGenerator
    ) throws -> Picture {
        let edge = picture.width
        func pixels(_ count: Double) -> Int { Int(count * Double(edge)) }
        switch self {
        case .crop:
            let cut = max(1, pixels(draw.of(0, 0.005...0.06)))
            return picture.cropped(left: cut, top: cut, right: cut, bottom: cut)
        case .cropEach:
            let cuts = (0..<4).map { pixels(draw.of($0, 0...0.03)) }
            return picture.cropped(left: cuts[0], top: cuts[1], right: cuts[2], bottom: cuts[3])
        case .blur, .blurEach: return picture.blurred(radius: 1 + pixels(draw.of(0, 0...0.03)))
        case .brightness:
            let (gain, offset) = (draw.of(0, 0.5...1.6), draw.of(1, -20...20))
            return picture.mapped { $0 * gain + offset }
        case .gamma:
            let power = draw.of(0, 0.5...2)
            return picture.mapped { 255 * pow($0 / 255, power) }
        case .whiteBalance:
            let gains = (0..<3).map { draw.of($0, 0.7...1.4) }
            return picture.mapped(withChannel: { $0 * gains[$1] })
        case .noise: return picture.noisy(draw.of(0, 5...50), &random)
        case .jpeg:
            let quality = Int(draw.of(0, 3...40))
            return try Picture.decode(
                try JPEGEncoding.encode(rgb: picture.pixels, width: edge, height: edge, quality: quality)
            )
        case .night:
            let gain = draw.of(0, 0.02...0.2)
            return picture.mapped { $0 * gain }.noisy(3, &random)
        case .fog:
            let gain = draw.of(0, 0.02...0.3)
            return picture.mapped { $0 * gain + 180 * (1 - gain) }.noisy(2, &random)
        case .flatFaces, .sameFlatFaces:
            guard flat.contains(face) else { return picture }
            let colours = (0..<3).map { draw.of($0, 0...255) }
            return picture.mapped(withChannel: { _, channel in colours[channel] })
        case .nadirPatch:
            guard face == .bottom else { return picture }
            let (low, value) = (pixels(draw.of(0, 0...0.35)), draw.of(1, 0...255))
            return picture.painted(value) { x, y in min(x, y) >= low && max(x, y) < edge - low }
        case .frame:
            let (width, value) = (1 + Int(draw.of(0, 0...2.99)), draw.of(1, 0...255))
            return picture.painted(value) { x, y in min(x, y, edge - 1 - x, edge - 1 - y) < width }
        case .vignette:
            let depth = draw.of(0, 0.1...0.7)
            return picture.mapped(withPlace: { value, x, y in
                let (u, v) = (Double(2 * x) / Double(edge) - 1, Double(2 * y) / Double(edge) - 1)
                return value * (1 - depth * (u * u + v * v) / 2)
            })
        case .exposure:
            let gain = draw.of(0, 0.6...2)
            return picture.mapped { $0 * gain }
        case .shift: return picture.shifted(x: Int(draw.of(0, -6...6.99)), y: Int(draw.of(1, -6...6.99)))
        case .mixture: return picture
        }
    }
}

extension Picture {
    /// The picture at another size, each new pixel the mean of what it covers, or the nearest where it is enlarged.
    package func resized(to edge: Int) -> Picture {
        cut(left: 0, top: 0, width: width, height: height, edge: edge)
    }

    fileprivate func cropped(left: Int, top: Int, right: Int, bottom: Int) -> Picture {
        cut(left: left, top: top, width: width - left - right, height: height - top - bottom, edge: width)
    }

    private func cut(left: Int, top: Int, width part: Int, height tall: Int, edge: Int) -> Picture {
        var result = [UInt8](repeating: 0, count: edge * edge * 3)
        for y in 0..<edge {
            let rows = (y * tall / edge)..<max(y * tall / edge + 1, (y + 1) * tall / edge)
            for x in 0..<edge {
                let columns = (x * part / edge)..<max(x * part / edge + 1, (x + 1) * part / edge)
                let count = rows.count * columns.count
                for channel in 0..<3 {
                    var sum = 0
                    for row in rows {
                        for column in columns {
                            sum += Int(pixels[((top + row) * width + left + column) * 3 + channel])
                        }
                    }
                    result[(y * edge + x) * 3 + channel] = UInt8(sum / count)
                }
            }
        }
        return Picture(width: edge, height: edge, pixels: result)
    }

    fileprivate func mapped(_ change: (Double) -> Double) -> Picture {
        let table = (0...255).map { UInt8(max(0, min(255, change(Double($0))))) }
        return Picture(width: width, height: height, pixels: pixels.map { table[Int($0)] })
    }

    fileprivate func mapped(withChannel change: (Double, Int) -> Double) -> Picture {
        let tables = (0..<3).map { channel in (0...255).map { UInt8(max(0, min(255, change(Double($0), channel)))) } }
        var result = pixels
        for index in result.indices { result[index] = tables[index % 3][Int(result[index])] }
        return Picture(width: width, height: height, pixels: result)
    }

    fileprivate func mapped(withPlace change: (Double, Int, Int) -> Double) -> Picture {
        var result = pixels
        for y in 0..<height {
            for x in 0..<width {
                for index in ((y * width + x) * 3)..<((y * width + x) * 3 + 3) {
                    result[index] = UInt8(max(0, min(255, change(Double(result[index]), x, y))))
                }
            }
        }
        return Picture(width: width, height: height, pixels: result)
    }

    fileprivate func painted(_ value: Double, where isPainted: (Int, Int) -> Bool) -> Picture {
        mapped(withPlace: { old, x, y in isPainted(x, y) ? value : old })
    }

    /// With approximately normal noise of standard deviation `spread`.
    fileprivate func noisy(_ spread: Double, _ random: inout SeededGenerator) -> Picture {
        var result = pixels
        for index in result.indices {
            // The sum of three uniform numbers is close enough to normal: deviation 1 with ±√3 each, over √3.
            let bits = random.next()
            let sum = Double(bits & 0xFFFF) + Double(bits >> 16 & 0xFFFF) + Double(bits >> 32 & 0xFFFF)
            let noise = (sum / 65535 - 1.5) * 2
            result[index] = UInt8(max(0, min(255, Double(result[index]) + noise * spread)))
        }
        return Picture(width: width, height: height, pixels: result)
    }

    /// The mean over a square of `2 · radius + 1` pixels, twice.
    fileprivate func blurred(radius: Int) -> Picture {
        var result = self
        for _ in 0..<2 {
            result = result.blurredAlong(step: 3, count: width, lines: height, lineStep: width * 3, radius: radius)
            result = result.blurredAlong(step: width * 3, count: height, lines: width, lineStep: 3, radius: radius)
        }
        return result
    }

    private func blurredAlong(step: Int, count: Int, lines: Int, lineStep: Int, radius: Int) -> Picture {
        var result = pixels
        for line in 0..<lines {
            for channel in 0..<3 {
                let start = line * lineStep + channel
                func value(_ index: Int) -> Int { Int(pixels[start + max(0, min(count - 1, index)) * step]) }
                var sum = (-radius...radius).reduce(0) { $0 + value($1) }
                for index in 0..<count {
                    result[start + index * step] = UInt8(sum / (2 * radius + 1))
                    sum += value(index + radius + 1) - value(index - radius)
                }
            }
        }
        return Picture(width: width, height: height, pixels: result)
    }

    fileprivate func shifted(x: Int, y: Int) -> Picture {
        var result = pixels
        for row in 0..<height {
            for column in 0..<width {
                let from = (((row + y + height) % height) * width + (column + x + width) % width) * 3
                let to = (row * width + column) * 3
                for channel in 0..<3 { result[to + channel] = pixels[from + channel] }
            }
        }
        return Picture(width: width, height: height, pixels: result)
    }
}
