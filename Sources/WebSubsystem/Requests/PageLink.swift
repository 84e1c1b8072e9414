import DatabaseSubsystem

/// What a GET asked, as far as its next page is asked for by the same.
struct PageLink: Sendable {
    /// The path up to its queue, as it came.
    let path: String
    /// The parameters, wherever they stood.
    let provided: ProvidedParameters

    /// The header `Link` that leads to a page; `nil` when a URL cannot say it.
    ///
    /// Source: RFC 8288, section 3.
    func header(to page: NextPage) -> String? {
        provided.queryString(for: page).map { "<\(path)?\($0)>; rel=\"next\"" }
    }
}

extension QueryCall {
    /// How to ask for what follows truncated rows; `nil` when nothing does, or the query does not say it.
    func next(after rows: QueryRows) -> NextPage? {
        rows.isTruncated ? query.nextPage(after: rows, of: values) : nil
    }
}
