package import DropFolder
package import Inspection

extension FolderSnapshot {
    /// Inspects the folder with an inspector of its own.
    package func inspected(by rules: InspectionRules) async -> InspectionReport {
        let inspector = Inspector(threads: 1)
        let report = await inspector.inspect(self, rules: rules)
        await inspector.shutdown()
        return report
    }
}
