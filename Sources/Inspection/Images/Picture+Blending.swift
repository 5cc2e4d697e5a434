extension Picture {
    /// Writes the colour between four pixels of RGB data, bilinear.
    ///
    /// - Parameters:
    ///   - source: The pixels, row after row.
    ///   - width: Pixels in a row.
    ///   - columns: The left and the right pixels'.
    ///   - rows: The upper and the lower pixels'.
    ///   - right: How far the place is from the left pixels to the right ones: 0…1.
    ///   - down: How far it is from the upper ones to the lower ones: 0…1.
    ///   - target: Where the three channels go, at `index`.
    @inline(__always)
    static func blend(
        _ source: UnsafeBufferPointer<UInt8>,
        width: Int,
        columns: (Int, Int),
        rows: (Int, Int),
        right: Float,
        down: Float,
        into target: UnsafeMutableBufferPointer<UInt8>,
        at index: Int
    ) {
        for channel in 0..<3 {
            let a = Float(source[(rows.0 * width + columns.0) * 3 + channel])
            let b = Float(source[(rows.0 * width + columns.1) * 3 + channel])
            let c = Float(source[(rows.1 * width + columns.0) * 3 + channel])
            let d = Float(source[(rows.1 * width + columns.1) * 3 + channel])
            let above = a + (b - a) * right
            let below = c + (d - c) * right
            target[index + channel] = UInt8(above + (below - above) * down + 0.5)
        }
    }
}
