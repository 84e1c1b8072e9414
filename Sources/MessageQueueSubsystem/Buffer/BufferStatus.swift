import HydrogenCore

/// Where the buffer stands, for whoever asks.
package struct BufferStatus: Sendable, Hashable {
    let state: BufferStateMachine.State
    /// Messages in files.
    package let messages: Int
    let files: BufferFiles.Status

    /// `live`, `buffering`, `draining` or `landed`.
    package var stateName: String {
        switch state {
        case .live: "live"
        case .buffering: "buffering"
        case .draining, .handingOver: "draining"
        case .landed: "landed"
        }
    }

    /// Why nothing is delivered; `nil` when something is, or nothing waits.
    package var reason: String? {
        if case .buffering(let reason) = state { reason.description } else { nil }
    }

    /// Whether the database takes pushes, for all that is known.
    package var isDatabaseHealthy: Bool {
        if case .buffering(.outage) = state { false } else { true }
    }

    /// Messages that the database refused, set aside.
    package var poisoned: Int { files.poisoned }

    /// Why pushes cannot be kept; `nil` when they can.
    package var failure: String? { files.failure }

    /// The answer of `GET /api/v1/status/buffers`.
    package var json: String {
        """
        {"pending":\(messages),"failed":\(files.poisoned),"dbHealthy":\(isDatabaseHealthy),"worker":"hydrogen",\
        "state":"\(stateName)","reason":\(reason.map(\.jsonQuoted) ?? "null"),"bytes":\(files.bytes),\
        "segments":\(files.segments),"damages":\(files.damages),"failure":\(failure.map(\.jsonQuoted) ?? "null")}
        """
    }

    /// The members of the answer of `GET /api/v1/system/maintenance` that speak of the buffer.
    package var maintenanceMembers: String {
        """
        "bufferedMessages":\(messages),"bufferHealthy":\(failure == nil),"bufferStats":{"pendingCount":\(messages),\
        "failedCount":\(files.poisoned),"dbHealthy":\(isDatabaseHealthy),"failedFiles":{}}
        """
    }

    /// What `GET /health`, which everybody may ask, says of the buffer.
    package var healthJSON: String {
        #"{"state":"\#(stateName)","messages":\#(messages),"healthy":\#(failure == nil)}"#
    }

    /// The answer of `GET /api/v1/status/buffers` where there is no buffer.
    package static func jsonOfNone(isDatabaseHealthy: Bool) -> String {
        """
        {"pending":0,"failed":0,"dbHealthy":\(isDatabaseHealthy),"worker":"hydrogen","state":"none","reason":null,\
        "bytes":0,"segments":0,"damages":0,"failure":null}
        """
    }

    /// What `GET /api/v1/system/maintenance` says of the buffer where there is none.
    package static func maintenanceMembersOfNone(isDatabaseHealthy: Bool) -> String {
        """
        "bufferedMessages":0,"bufferHealthy":false,"bufferStats":{"pendingCount":0,"failedCount":0,\
        "dbHealthy":\(isDatabaseHealthy),"failedFiles":{}}
        """
    }
}
