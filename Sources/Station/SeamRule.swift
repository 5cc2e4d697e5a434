/// What to do if the faces look swapped, turned or mirrored.
package enum SeamRule: String, Sendable, CaseIterable {
    case warn, reject, off
}
