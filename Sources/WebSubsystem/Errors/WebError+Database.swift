import DatabaseSubsystem

extension WebError {
    /// What the response to a failed query says.
    ///
    /// `detail` quotes the database and perhaps data, so only who caused it sees it: the caller whose statement was
    /// refused.
    init(_ error: DatabaseError) {
        let message =
            error.code == .refused ? error.detail.flatMap { $0.isEmpty ? nil : "\(error.message): \($0)" } : nil
        self.init(ErrorCode(error.code), message ?? error.message)
        sqlState = error.sqlState
        if code.status == 503 { retryAfter = error.retryAfter ?? .seconds(1) }
    }

    /// What the response to parameters that do not fit says.
    init(_ fault: ParameterFault) {
        self.init(ErrorCode(fault.kind), title: fault.error, fault.message)
    }
}

extension ErrorCode {
    /// The code of a failed query.
    init(_ code: DatabaseError.Code) {
        self =
            switch code {
            case .refused: .refused
            case .queueFull: .queueFull
            case .deadlineExceeded, .outgrown: .deadlineExceeded
            case .unavailable, .starting, .libraryMissing, .migration: .unavailable
            case .busy: .busy
            case .resultTooLarge: .resultTooLarge
            // A caller that left reads no response: whoever still does was stopped by the landing.
            case .landing, .cancelled: .landing
            case .readOnly: .readOnlyViolated
            }
    }

    /// The code of parameters that do not fit.
    init(_ kind: ParameterFault.Kind) {
        self =
            switch kind {
            case .malformedEncoding: .malformedRequest
            case .invalidJSON: .invalidJSON
            case .malformedPair, .invalidName, .tooMany: .invalidParameters
            case .duplicate: .duplicateParameter
            case .typeMismatch: .parameterType
            case .outOfRange: .parameterRange
            case .bound: .parameterBound
            case .claimMissing: .claimMissing
            case .missing: .missingParameter
            case .unused: .unusedParameter
            }
    }
}
