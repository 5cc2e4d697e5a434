import Foundation
import Station
import Testing

struct FaceNamingTests {
    static let words: [(String, Face)] = [
        ("front", .front), ("forward", .front), ("back", .back), ("rear", .back), ("left", .left), ("right", .right),
        ("top", .top), ("up", .top), ("bottom", .bottom), ("down", .bottom),
    ]
    static let letters: [(String, Face)] = [
        ("f", .front), ("b", .back), ("l", .left), ("r", .right), ("u", .top), ("t", .top), ("d", .bottom),
    ]

    @Test(arguments: words)
    func `each word is recognised alone, in any case, and after any separator`(word: String, face: Face) {
        for name in [word, word.uppercased(), word.capitalized] {
            for prefix in ["", "scan_012_", "scan-012-", "scan 012 ", "scan.012.", "IMG_back_", "left-", "_", "Ä_"] {
                for ending in ["jpg", "JPG", "jpeg", "Jpeg", "png", "PNG"] {
                    #expect(FaceNaming.read("\(prefix)\(name).\(ending)") == .word(face), "\(prefix)\(name).\(ending)")
                }
            }
        }
    }

    @Test(arguments: letters)
    func `each letter is read as a letter, never as a word`(letter: String, face: Face) {
        for name in [letter, letter.uppercased(), "pano_\(letter)", "pano-\(letter.uppercased())", "a b.\(letter)"] {
            #expect(FaceNaming.read(name + ".jpg") == .letter(face), "\(name)")
        }
    }

    @Test(arguments: [
        "frontal.jpg", "myfront.jpg", "front1.jpg", "front_1.jpg", "skybox0.jpg", "scan_skybox3.jpg", "CubeFace1.jpg",
        "px.png",
        "nx.png", "posx.jpg", "negz.jpg", "1.jpg", "x.jpg", "under.jpg", "front", "jpg", ".jpg", ".front", "",
        "front(1).jpg",
        "front_jpg", "vorne.jpg", "f_012.jpg",
    ])
    func `numbers, axes and near misses name no face`(name: String) {
        #expect(FaceNaming.read(name) == .none)
    }

    @Test func `b is back and never bottom`() {
        #expect(FaceNaming.read("x_b.jpg") == .letter(.back))
        let assignment = FaceNaming.assign(["f.jpg", "b.jpg", "l.jpg", "r.jpg", "u.jpg", "d.jpg"])
        #expect(assignment.candidates[.back] == ["b.jpg"])
        #expect(assignment.candidates[.bottom] == ["d.jpg"])
    }

    @Test(arguments: ["u", "t"])
    func `letters are taken where all six resolve`(top: String) {
        let names = ["f", "b", "l", "r", top, "d"].map { "pano_\($0).JPG" }
        let assignment = FaceNaming.assign(names)
        #expect(assignment.unassigned.isEmpty)
        #expect(Set(assignment.candidates.keys) == Set(Face.allCases))
        #expect(assignment.candidates.values.allSatisfy { $0.count == 1 })
    }

    @Test func `u and t together are two candidates for the top`() {
        let assignment = FaceNaming.assign(["f.jpg", "b.jpg", "l.jpg", "r.jpg", "u.jpg", "t.jpg", "d.jpg"])
        #expect(assignment.candidates[.top] == ["t.jpg", "u.jpg"])
    }

    @Test func `one or two letters are not faces`() {
        let assignment = FaceNaming.assign(["plan_b.jpg", "section_d.jpg"])
        #expect(assignment.candidates.isEmpty)
        #expect(assignment.unassigned == ["plan_b.jpg", "section_d.jpg"])
        #expect(!FaceNaming.isLetterSet(["plan_b.jpg", "section_d.jpg", "again_b.png"]))
        #expect(FaceNaming.isLetterSet(["plan_b.jpg", "section_d.jpg", "x_f.png"]))
        #expect(!FaceNaming.isLetterSet(["plan_b.txt", "section_d.txt", "x_f.txt"]))
    }

    @Test func `next to words, letters are ignored`() {
        let words = Face.allCases.map { "\($0.rawValue).jpg" }
        let assignment = FaceNaming.assign(words + ["plan_b.jpg"])
        #expect(assignment.candidates[.back] == ["back.jpg"])
        #expect(assignment.unassigned == ["plan_b.jpg"])
    }

    @Test func `two files for one face are both kept, in name order`() {
        let assignment = FaceNaming.assign([
            "front.png", "front.jpg", "FRONT.JPG", "rear.jpg", "back.jpg", "detail.jpg",
        ])
        #expect(assignment.candidates[.front] == ["FRONT.JPG", "front.jpg", "front.png"])
        #expect(assignment.candidates[.back] == ["back.jpg", "rear.jpg"])
        #expect(assignment.unassigned == ["detail.jpg"])
    }

    @Test func `a map alone decides, whatever the names say`() {
        let map: [Face: String] = [.front: "skybox1.jpg", .back: "FRONT.jpg", .top: "absent.jpg"]
        let assignment = FaceNaming.assign(["Skybox1.JPG", "front.jpg", "left.jpg"], scheme: .map(map))
        #expect(assignment.candidates == [.front: ["Skybox1.JPG"], .back: ["front.jpg"]])
        #expect(assignment.unassigned == ["left.jpg"])
    }

    @Test func `a map is compared without regard to the spelling of accents`() {
        let assignment = FaceNaming.assign(
            ["Vue Ge\u{0301}ne\u{0301}rale.jpg"],
            scheme: .map([.front: "vue g\u{e9}n\u{e9}rale.JPG"])
        )
        #expect(assignment.candidates[.front]?.count == 1)
    }

    @Test func `one file may be mapped to two faces, and both get it`() {
        let assignment = FaceNaming.assign(["a.jpg"], scheme: .map([.front: "a.jpg", .back: "A.jpg"]))
        #expect(assignment.candidates == [.front: ["a.jpg"], .back: ["a.jpg"]])
    }

    @Test func `only images named by a word make a folder a station by name`() {
        for name in ["front.jpg", "x_left.PNG", "top.tif", "top.HEIC", "down.webp"] {
            #expect(FaceNaming.isFaceWord(name), "\(name)")
        }
        for name in ["front.txt", "front.json", "front", "f.jpg", "plan_b.jpg", "overview.jpg", "front.jpg.part"] {
            #expect(!FaceNaming.isFaceWord(name), "\(name)")
        }
    }

    @Test(arguments: [
        ("a.JPG", "jpg"), ("a.b.Png", "png"), (".hidden", ""), ("none", ""), ("end.", ""), (".a.jpeg", "jpeg"),
        ("", ""),
    ])
    func `the extension is what follows the last dot, in lower case`(name: String, ending: String) {
        #expect(FaceNaming.fileExtension(of: name) == ending)
    }

    @Test func `the faces have one order and CDF's names`() {
        #expect(Face.allCases.map(\.rawValue) == ["front", "back", "left", "right", "top", "bottom"])
        #expect(Face.allCases.reversed().sorted() == Face.allCases)
    }

    /// The six names of a preset, in the order front, back, left, right, top, bottom.
    @Test(arguments: [
        (FacePreset.krpano, ["pano_f.jpg", "pano_b.jpg", "pano_l.jpg", "pano_r.jpg", "pano_u.jpg", "pano_d.jpg"]),
        (.pano2vr, ["p_1.jpg", "p_3.jpg", "p_4.jpg", "p_2.jpg", "p_5.jpg", "p_6.jpg"]),
        (.py360convert, ["x_F.png", "x_B.png", "x_L.png", "x_R.png", "x_U.png", "x_D.png"]),
        (
            .matterportSkybox,
            [
                "0a1_skybox1.jpg", "0a1_skybox3.jpg", "0a1_skybox4.jpg", "0a1_skybox2.jpg", "0a1_skybox0.jpg",
                "0a1_skybox5.jpg",
            ]
        ),
        (.leicaCubefaceA, [1, 3, 4, 2, 5, 6].map { "S1_G_CubeFace\($0).jpg" }),
        (.leicaCubefaceB, [1, 2, 3, 4, 5, 6].map { "S1_G_CubeFace\($0).jpg" }),
        (.frontPlusZ, ["pz.jpg", "nz.jpg", "nx.jpg", "px.jpg", "py.jpg", "ny.jpg"]),
        (.frontMinusZ, ["negz.jpg", "posz.jpg", "negx.jpg", "posx.jpg", "posy.jpg", "negy.jpg"]),
    ])
    func `each preset reads its program's names`(preset: FacePreset, names: [String]) {
        let assignment = FaceNaming.assign(names.shuffled(), scheme: .preset(preset))
        #expect(assignment.candidates == Dictionary(uniqueKeysWithValues: zip(Face.allCases, names.map { [$0] })))
        #expect(assignment.unassigned == [])
        #expect(
            FaceNaming.assign(["front.jpg", "IMG_7.jpg"], scheme: .preset(preset)).candidates == [.front: ["front.jpg"]]
        )
    }
}
