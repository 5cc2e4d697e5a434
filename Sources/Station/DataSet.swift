/// Identifies one of CDF's data sets.
package enum DataSet: Sendable, Equatable {
    case externalID(String)
    /// CDF's internal number, positive.
    case id(Int64)
}
