/// Which images of a collection use each file; made once, since a collection has thousands of images.
package struct FileUsers: Sendable {
    /// Positions in the collection's images, in their order.
    private var users: [FileReference: [Int]] = [:]

    init(_ images: [StandingImage]) {
        for (number, image) in images.enumerated() {
            for file in Set(image.files.values) { users[file, default: []].append(number) }
        }
    }

    /// The first other image that shares a file with `image`, as a position; nil if none does.
    func firstSharer(with image: StandingImage, at number: Int) -> Int? {
        image.files.values.compactMap { users[$0]?.first { $0 != number } }.min()
    }
}
