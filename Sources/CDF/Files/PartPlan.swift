package import Station

/// When and how a file is sent in parts.
package struct PartRules: Equatable, Sendable {
    /// The size in bytes from which files are sent in parts.
    package var threshold: Int64
    /// Bytes of a part if the number of parts allows it: the most that a broken connection costs.
    package var preferredSize: Int64
    /// Parts of one file sent concurrently; CDF recommends three.
    package var atOnce: Int

    package init(threshold: Int64 = 64 << 20, preferredSize: Int64 = 16 << 20, atOnce: Int = 3) {
        self.threshold = threshold
        self.preferredSize = preferredSize
        self.atOnce = atOnce
    }

    /// The smallest part that CDF accepts, except for a file's last one; in bytes.
    package static let smallest: Int64 = (5 << 20) + 1
    /// The largest part that CDF accepts is below 4000 MiB; in bytes.
    package static let largest: Int64 = (4000 << 20) - 1
    /// The most parts that CDF accepts.
    package static let mostParts: Int64 = 250
    /// The largest file that CDF accepts in parts, in bytes. (It allows 1000 GiB in total, but its own part limits allow only this.)
    package static let largestFile = mostParts * (3999 << 20)
}

/// How a file is split into parts: all of one size, except the last.
package struct PartPlan: Equatable, Sendable {
    /// Of the file, in bytes.
    package let fileSize: Int64
    /// Of every part but the last, in bytes.
    package let partSize: Int64
    package let count: Int

    /// Parts of the preferred size, or as large as needed to stay within the number that CDF allows, in whole MiB.
    ///
    /// Nil if the file is empty or larger than ``PartRules/largestFile``.
    package init?(fileSize: Int64, rules: PartRules) {
        guard (1...PartRules.largestFile).contains(fileSize) else { return nil }
        var size = max(1, rules.preferredSize)
        if Self.parts(of: size, in: fileSize) > PartRules.mostParts {
            let mebibyte: Int64 = 1 << 20
            size = Self.parts(of: mebibyte, in: Self.parts(of: PartRules.mostParts, in: fileSize)) * mebibyte
        }
        self.fileSize = fileSize
        partSize = min(size, fileSize)
        count = Int(Self.parts(of: partSize, in: fileSize))
    }

    /// The bytes of part `number` in the file; parts count from 0.
    package func range(of number: Int) -> Range<Int64> {
        let start = Int64(number) * partSize
        return start..<min(start + partSize, fileSize)
    }

    private static func parts(of size: Int64, in whole: Int64) -> Int64 { (whole - 1) / size + 1 }
}

/// A range of a file, and the digest that its bytes must have.
package struct FilePart: Equatable, Sendable {
    package var range: Range<Int64>
    package var digest: FileDigest

    package init(range: Range<Int64>, digest: FileDigest) {
        self.range = range
        self.digest = digest
    }

    /// Bytes.
    package var size: Int64 { range.upperBound - range.lowerBound }
}
