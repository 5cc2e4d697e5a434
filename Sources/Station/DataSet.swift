/// How to name one of CDF's data sets.
package enum DataSet: Sendable, Equatable {
    case externalID(String)
    /// CDF's own number, positive.
    case id(Int64)
}
