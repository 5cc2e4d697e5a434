import E57
import Station

/// The section of a scan's points: a header, an index of one entry, and one packet of three streams of doubles.
struct PointSection {
    let bytes: [UInt8]

    /// - Parameter position: Logical, where the section will start.
    init(_ points: [Vector3], at position: Int64) {
        precondition(points.count <= 2000, "one packet has no room for \(points.count) points")
        let streams = [points.map(\.x), points.map(\.y), points.map(\.z)].map { numbers in
            numbers.flatMap { littleEndian(Int64(bitPattern: $0.bitPattern), 8) }
        }
        let packetLength = Int64(6 + 3 * 2 + streams[0].count * 3 + 3) / 4 * 4
        let packet =
            [1, 0] + littleEndian(packetLength - 1, 2) + littleEndian(3, 2)
            + streams.flatMap { littleEndian(Int64($0.count), 2) } + streams.joined()
        let data = E57Pages.physical(position + 32)
        let index = E57Pages.physical(position + 32 + packetLength)
        let entry = littleEndian(0, 8) + littleEndian(data, 8)
        let indexPacket =
            [0, 0] + littleEndian(31, 2) + littleEndian(1, 2) + [0] + [UInt8](repeating: 0, count: 9) + entry
        let length = 32 + packetLength + 32
        bytes =
            [1, 0, 0, 0, 0, 0, 0, 0] + littleEndian(length, 8) + littleEndian(data, 8) + littleEndian(index, 8)
            + packet + [UInt8](repeating: 0, count: Int(packetLength) - packet.count) + indexPacket
    }
}
