import DropFolder
import Foundation
import Inspection
import Station
import TestSupport
import Testing

/// From the form of a list's row to CDF's angles.
struct PoseListFormTests {
    /// A way in which a list spells a rotation.
    enum Form: CaseIterable {
        case navvis, leica, leicaText, tum, faro, faroOneCell, faroInBlanks, iqScene
        case ownQuaternion, ownQuaternionForward, ownHeading, ownHeadingInGon, ownEuler

        var header: String {
            switch self {
            case .navvis:
                "# pano poses v1.0: ID; filename; timestamp; pano_pos_x; pano_pos_y; pano_pos_z; pano_ori_w; pano_ori_x; pano_ori_y; pano_ori_z"
            case .leica: "name,x,y,z,qw,qx,qy,qz"
            case .leicaText: "Setup;Position;Orientation"
            case .tum: "# timestamp name x y z qx qy qz qw"
            case .faro: "Scan_Name,X,Y,Z,Rotation_Vector(i,j,k),Rotation_Angle"
            case .faroOneCell: "Scan_Name\tX\tY\tZ\tRotation_Vector(i,j,k)\tRotation_Angle [deg]"
            case .faroInBlanks: "Scan_Name X Y Z Rotation_Vector(i,j,k) Rotation_Angle"
            case .iqScene: "\"# iQscene Model Extract\"\n\"iQLib\" 8.0.5.5516\nScans {"
            case .ownQuaternion: "folder;x;y;z;qw;qx;qy;qz"
            case .ownQuaternionForward: "folder;x;y;z;frame;qw;qx;qy;qz"
            case .ownHeading: "folder,x,y,z,heading,pitch,roll"
            case .ownHeadingInGon: "folder,X [mm],Y [mm],Z [mm],Heading [gon],Pitch (gon),roll_gon"
            case .ownEuler: "folder,x,y,z,eulerRotationX,eulerRotationY,eulerRotationZ"
            }
        }

        func row(_ name: String, axis: [Double], angle: Double) -> String {
            let q = [cos(angle / 2)] + axis.map { $0 * sin(angle / 2) }
            let degrees = angle * 180 / .pi
            let v = axis.map { "\($0)" }
            switch self {
            case .navvis: return "0; \(name).jpg; 0; 1; 2; 3; \(q[0]); \(q[1]); \(q[2]); \(q[3])"
            case .leica: return "\(name),1,2,3,\(q[0]),\(q[1]),\(q[2]),\(q[3])"
            case .leicaText:
                let parts = q.map { $0 < 0 ? "\($0)" : "+\($0)" }
                return "\(name);Position=[1.0,2.0,3.0];\(parts[0])\(parts[1])i\(parts[2])j\(parts[3])k"
            case .tum: return "0.0 \(name) 1 2 3 \(q[1]) \(q[2]) \(q[3]) \(q[0])"
            case .faro: return "\(name),1,2,3,\(v[0]),\(v[1]),\(v[2]),\(degrees)"
            case .faroOneCell:
                return "\(name)\t1\t2\t3\t(\(v.joined(separator: ", ")))\t\(degrees)\t23.1.2026\t15:08:52"
            case .faroInBlanks: return "\(name) 1 2 3 \(v.joined(separator: " ")) \(degrees)"
            case .iqScene: return "\"\(name)\" 1 2 3 \(v.joined(separator: " ")) \(degrees) 26.7.2026 12:59:33"
            case .ownQuaternion: return "\(name);1;2;3;\(q[0]);\(q[1]);\(q[2]);\(q[3])"
            case .ownQuaternionForward: return "\(name);1;2;3;y-forward;\(q[0]);\(q[1]);\(q[2]);\(q[3])"
            case .ownHeading, .ownHeadingInGon:
                let isGon = self == .ownHeadingInGon
                let camera = Self.camera(Rotation(quaternionW: q[0], x: q[1], y: q[2], z: q[3]))
                    .map { $0 * (isGon ? 200 : 180) / .pi }
                let position = isGon ? "1000,2000,3000" : "1,2,3"
                return "\(name),\(position),\(camera[0]),\(camera[1]),\(camera[2])"
            case .ownEuler:
                let angles = Rotation(quaternionW: q[0], x: q[1], y: q[2], z: q[3]).eulerAngles
                return "\(name),1,2,3,\(angles.x),\(angles.y),\(angles.z)"
            }
        }

        var footer: String { self == .iqScene ? "}\n" : "" }

        /// The frame that the quaternion rotates.
        var frame: LocalFrame {
            switch self {
            case .ownQuaternion, .ownHeading, .ownHeadingInGon, .ownEuler: .cdf
            case .ownQuaternionForward: .yForward
            default: .xForward
            }
        }

        /// Heading, pitch and roll in radians, taken from where front and right face look.
        private static func camera(_ rotation: Rotation) -> [Double] {
            let front = rotation.applied(to: .init(x: 0, y: -1, z: 0))
            let right = rotation.applied(to: .init(x: -1, y: 0, z: 0))
            let up = rotation.applied(to: .init(x: 0, y: 0, z: 1))
            let pitch = atan2(front.z, (front.x * front.x + front.y * front.y).squareRoot())
            let heading = atan2(front.x, front.y)
            let level = Vector3(x: cos(heading), y: -sin(heading), z: 0)
            let roll = atan2(
                up.x * level.x + up.y * level.y,
                right.x * level.x + right.y * level.y
            )
            return [heading, pitch, roll]
        }
    }

    @Test(arguments: Form.allCases)
    func `whatever the rotation, each form of a row comes back out of CDF's angles`(form: Form) async throws {
        var random = SeededGenerator(seed: 5)
        var rows: [(name: String, rotation: Rotation)] = []
        var text = form.header + "\n"
        for number in 0..<40 {
            var axis = (0..<3).map { _ in Double.random(in: -1...1, using: &random) }
            // Every fourth one exactly at or beside gimbal lock.
            let isLocked = number % 4 == 0
            if isLocked { axis = [1, 0, 0] }
            let length = axis.reduce(0) { $0 + $1 * $1 }.squareRoot()
            axis = axis.map { $0 / length }
            let angle = isLocked ? .pi / 2 + Double(number / 4) * 1e-9 : Double.random(in: -3...3, using: &random)
            let q = [cos(angle / 2)] + axis.map { $0 * sin(angle / 2) }
            rows.append(("s\(number)", Rotation(quaternionW: q[0], x: q[1], y: q[2], z: q[3])))
            text += form.row("s\(number)", axis: axis, angle: angle) + "\n"
        }
        let bench = try PoseBench()
        let inspector = Inspector(threads: 1)
        try bench.inbox.write(text + form.footer, to: "poses.csv")
        for (name, rotation) in rows {
            try bench.add(name)
            let report = try await bench.inspect(name, with: inspector)
            let pose = try #require(report.pose, "\(form) \(name) \(report.words)")
            let wanted = rotation * form.frame.fromCube
            #expect(pose.translation.distance(to: .init(x: 1, y: 2, z: 3)) < 1e-9, "\(form) \(name)")
            #expect(Rotation(pose.eulerRotation).angle(to: wanted) < 1e-9, "\(form) \(name)")
        }
        await inspector.shutdown()
    }
}
