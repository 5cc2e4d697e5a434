package import DropFolder
package import Inspection

extension FolderSnapshot {
    /// What an inspector of its own makes of the folder.
    package func inspected(by rules: InspectionRules) async -> InspectionReport {
        let inspector = Inspector(threads: 1)
        let report = await inspector.inspect(self, rules: rules)
        await inspector.shutdown()
        return report
    }
}
