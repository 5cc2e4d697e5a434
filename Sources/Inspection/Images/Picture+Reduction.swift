extension Picture {
    /// The picture at no more than `edge` pixels along its longer side: each pixel is the mean of those that it stands for.
    func reduced(to edge: Int) -> Picture {
        let longer = max(width, height)
        guard edge > 0, longer > edge else { return self }
        let (newWidth, newHeight) = (max(1, width * edge / longer), max(1, height * edge / longer))
        let columns = (0..<newWidth).map { Self.span($0, of: newWidth, in: width) }
        let reduced = [UInt8](unsafeUninitializedCapacity: newWidth * newHeight * 3) { target, count in
            pixels.withUnsafeBufferPointer { source in
                for y in 0..<newHeight {
                    let rows = Self.span(y, of: newHeight, in: height)
                    for x in 0..<newWidth {
                        let mean = Self.mean(source, width: width, rows: rows, columns: columns[x])
                        let index = (y * newWidth + x) * 3
                        (target[index], target[index + 1], target[index + 2]) = mean
                    }
                }
            }
            count = newWidth * newHeight * 3
        }
        return Picture(width: newWidth, height: newHeight, pixels: reduced)
    }

    private static func span(_ index: Int, of count: Int, in length: Int) -> Range<Int> {
        index * length / count..<max(index * length / count + 1, (index + 1) * length / count)
    }

    private static func mean(
        _ source: UnsafeBufferPointer<UInt8>,
        width: Int,
        rows: Range<Int>,
        columns: Range<Int>
    ) -> (UInt8, UInt8, UInt8) {
        var (red, green, blue) = (0, 0, 0)
        for row in rows {
            var index = (row * width + columns.lowerBound) * 3
            for _ in columns {
                red += Int(source[index])
                green += Int(source[index + 1])
                blue += Int(source[index + 2])
                index += 3
            }
        }
        let count = rows.count * columns.count
        return (UInt8((red + count / 2) / count), UInt8((green + count / 2) / count), UInt8((blue + count / 2) / count))
    }
}
