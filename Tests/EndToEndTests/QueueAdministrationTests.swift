import HydrogenTesting
import NIOHTTP1
import Testing

@testable import WebSubsystem

/// What operators of the message queue ask over HTTP: statuses, names of members, roles.
@Suite(
    "Administration of the message queue",
    .enabled(if: OwnDatabase.isThere, "\(OwnDatabase.reason)"),
    .timeLimit(.minutes(2))
)
struct QueueAdministrationTests {
    @Test("every endpoint answers with its members, and with 400 and 404 what cannot be and what is not there")
    func endpoints() async throws {
        let server = try await QueueServer()
        let items = ["a", "b", "c"].map {
            #"{"queue":"q/1","transactionId":"\#($0)","traceId":null,"payload":{"n":1.0}}"#
        }
        let pushed = try await server.ask("POST", "push", #"{"items":[\#(items.joined(separator: ","))]}"#)
        let partition = pushed.text("partition_id")
        let popped = try await server.ask(
            "GET",
            "pop/queue/q%2F1?batch=1&consumerGroup=g&subscriptionFrom=2020-01-01T00:00:00Z"
        )
        let dead = #"{"transactionId":"a","partitionId":"\#(partition)","consumerGroup":"g","status":"dlq"}"#
        #expect(popped.status == 200)
        #expect(try await server.ask("POST", "ack", dead).body.contains(#""dlq":true"#))
        let trace = #"{"transactionId":"b","partitionId":"\#(partition)","data":{"x":1},"traceNames":"n/1"}"#
        for (method, path, body, status, keys) in [
            ("GET", "resources/queues", nil, 200, "queues"),
            ("GET", "resources/queues/q%2F1", nil, 200, "id name namespace task createdAt totals partitions"),
            ("GET", "resources/queues/none", nil, 404, "error"),
            ("GET", "resources/namespaces", nil, 200, "namespaces"),
            ("GET", "resources/tasks", nil, 200, "tasks"),
            ("GET", "resources/partitions?queue=q%2F1", nil, 200, "partitions pagination"),
            (
                "GET", "resources/overview", nil, 200,
                "queues partitions namespaces tasks messages lag throughput statsAge timestamp"
            ),
            ("GET", "messages?queue=q%2F1&status=pending", nil, 200, "messages mode"),
            ("GET", "messages?limit=x", nil, 400, "error"),
            (
                "GET", "messages/\(partition)/b", nil, 200,
                """
                id transactionId traceId partitionId partition queue queuePath namespace task status queueStatus busStatus \
                queuePriority leaseExpiresAt producerSub createdAt payload isEncrypted errorMessage retryCount queueConfig \
                consumerGroups
                """
            ),
            ("GET", "messages/\(partition)/none", nil, 404, "error"),
            ("GET", "messages/none/b", nil, 400, "error"),
            ("GET", "dlq?queue=q%2F1&consumerGroup=g", nil, 200, "messages total pagination"),
            ("GET", "dlq?from=yesterday", nil, 400, "error"),
            ("POST", "traces", trace, 201, "success traceId"),
            ("POST", "traces", "{}", 400, "error"),
            ("POST", "traces", "{", 400, "error"),
            ("GET", "traces/\(partition)/b", nil, 200, "traces"),
            ("GET", "traces/\(partition)/none", nil, 404, "error"),
            ("GET", "traces/by-name/n%2F1", nil, 200, "traces total pagination"),
            ("GET", "traces/names", nil, 200, "trace_names total pagination"),
            (
                "GET", "status?queue=q%2F1", nil, 200,
                """
                timeRange bucketMinutes pointCount throughput queues messages leases deadLetterQueue errors workers statsAge
                """
            ),
            ("GET", "status/queues?limit=1", nil, 200, "queues total pagination"),
            ("GET", "status/queues/q%2F1", nil, 200, "queue totals partitions"),
            ("GET", "status/queues/none", nil, 404, "error"),
            (
                "GET", "status/queues/q%2F1/messages?limit=1", nil, 200,
                "id transactionId partitionId partition queue queuePath status createdAt"
            ),
            ("GET", "status/analytics?interval=day", nil, 200, "interval from to dataPoints"),
            ("GET", "status/analytics?interval=year", nil, 400, "error"),
            (
                "GET", "analytics/system-metrics", nil, 200,
                "timeRange bucketMinutes pointCount replicaCount replicas"
            ),
            (
                "GET", "consumer-groups", nil, 200,
                """
                name queueName topics members state maxTimeLag totalLag partitionsWithLag subscriptionMode subscriptionTimestamp \
                subscriptionCreatedAt
                """
            ),
            ("GET", "consumer-groups/g", nil, 200, "q/1"),
            ("GET", "consumer-groups/none", nil, 404, "error"),
            (
                "GET", "consumer-groups/lagging?minLagSeconds=0", nil, 200,
                """
                consumer_group queue_name partition_name partition_id worker_id offset_lag time_lag_seconds lag_hours \
                oldest_unconsumed_at last_consumed_at
                """
            ),
            (
                "POST", "consumer-groups/g/subscription", #"{"subscriptionTimestamp":"2026-01-01T00:00:00Z"}"#, 200,
                "success consumerGroup newTimestamp rowsUpdated"
            ),
            ("POST", "consumer-groups/g/subscription", nil, 400, "error"),
            (
                "POST", "consumer-groups/g/queues/q%2F1/seek", #"{"toEnd":true}"#, 200,
                "success consumerGroup queueName partitionsUpdated seekToEnd targetTimestamp"
            ),
            ("POST", "consumer-groups/g/queues/q%2F1/seek", "{}", 400, "error"),
            ("POST", "consumer-groups/g/queues/none/seek", #"{"toEnd":true}"#, 404, "error"),
            (
                "POST", "consumer-groups/g/queues/q%2F1/partitions/Default/seek", nil, 200,
                "success consumerGroup queueName partitionName seekToEnd targetTimestamp cursorMovedTo updated"
            ),
            ("POST", "messages/\(partition)/a/retry", nil, 200, "success message partitionId transactionId"),
            ("POST", "messages/\(partition)/a/retry", "{}", 404, "error"),
            (
                "POST", "messages/\(partition)/b/dlq", #"{"error":"why"}"#, 200,
                "success message partitionId transactionId"
            ),
            ("DELETE", "messages/\(partition)/b", nil, 200, "success message partitionId transactionId"),
            ("DELETE", "messages/\(partition)/b", nil, 404, "error"),
            (
                "DELETE", "consumer-groups/g/queues/q%2F1", nil, 200,
                "success consumerGroup deletedPartitions metadataDeleted queueName"
            ),
            (
                "DELETE", "consumer-groups/g?deleteMetadata=true", nil, 200,
                "success consumerGroup deletedPartitions metadataDeleted"
            ),
            ("POST", "stats/refresh", nil, 200, "success message statsAge timestamp"),
            ("DELETE", "queues/q%2F1/clear", nil, 200, "cleared queue partition deletedMessages"),
            ("DELETE", "queues/none/clear", nil, 404, "error"),
            ("DELETE", "resources/queues/none", nil, 200, "deleted queue existed"),
        ] as [(String, String, String?, Int, String)] {
            let answer = try await server.ask(method, path, body)
            #expect(answer.status == status, "\(method) \(path): \(answer.body)")
            #expect(
                answer.keys == Set(keys.split(separator: " ").map(String.init)),
                "\(method) \(path): \(answer.body)"
            )
        }
        #expect(await server.land() == 0)
    }

    @Test("pops in maintenance are answered 204 at once, those that wait too")
    func popMaintenance() async throws {
        let server = try await QueueServer()
        #expect(try await server.ask("GET", "system/maintenance/pop").body.contains(#""popMaintenanceMode":false"#))
        #expect(
            try await server.ask("POST", "system/maintenance/pop", "{}").text("error") == "enabled(boolean)isrequired"
        )
        async let waiting = server.ask("GET", "pop/queue/q?wait=true&timeout=25000")
        try await eventually {
            try await server.ask("GET", "analytics/system-metrics").compact.contains(#""waiting_pops":{"avg":1"#)
        }
        let on = try await server.ask("POST", "system/maintenance/pop", #"{"enabled":true}"#)
        #expect(on.status == 200 && on.body.contains(#""popMaintenanceMode":true"#))
        #expect(try await waiting.status == 204)
        _ = try await server.ask("POST", "push", #"{"items":[{"queue":"q"}]}"#)
        #expect(try await server.ask("GET", "pop/queue/q?wait=true&timeout=25000").status == 204)
        _ = try await server.ask("POST", "system/maintenance/pop", #"{"enabled":false}"#)
        #expect(try await server.ask("GET", "pop/queue/q").status == 200)
        #expect(await server.land() == 0)
    }

    @Test("pages of other origins may use the endpoints of the queue, and no others")
    func origins() async throws {
        let server = try await QueueServer()
        for path in ["push", "resources/queues/q", "messages/p/t", "/health"] {
            let answer = try await server.ask("OPTIONS", path)
            #expect(answer.status == 204)
            #expect(answer.headers.first(name: "Access-Control-Allow-Methods") == "GET, POST, PUT, DELETE, OPTIONS")
        }
        for path in ["resources/queues", "resources/queues/none", "/health", "pop/queue/none"] {
            let answer = try await server.ask("GET", path)
            #expect(answer.headers.first(name: "Access-Control-Allow-Origin") == "*", "\(path)")
        }
        for path in ["/api/system/info", "/api/system/health", "/metrics"] {
            let answer = try await server.ask("GET", path)
            #expect(answer.headers.first(name: "Access-Control-Allow-Origin") == nil, "\(path)")
            #expect(try await server.ask("OPTIONS", path).status != 204)
        }
        #expect(await server.land() == 0)
    }

    // MARK: Roles

    /// A key of each role, and its SHA-256.
    private static let keys: [(role: QueueRole, key: String, digest: String)] = [
        (.readOnly, "key-of-a-reader", "6524c7f37dad2bad18dbedd2914908c13376680b4572a2979c547a9eb8e3632b"),
        (.readWrite, "key-of-a-worker", "e06bf74050806ac92fb075374de3a77179af82de6ed72fd7abe825578edd3206"),
        (.admin, "key-of-an-owner", "eb2ec22bea96f73e7dcfdb829ba0cbf05815af98434b5e503c3be487ea4a19d3"),
    ]

    @Test("every endpoint refuses who has not proved a role, or has a lesser one")
    func roles() async throws {
        let keys = Self.keys.map {
            #"{"Name":"\#($0.role.word)","SHA256":"\#($0.digest)","Scopes":["queue:\#($0.role.word)"]}"#
        }
        let server = try await QueueServer(
            #""API": { "Auth": { "Mode": "required", "APIKeys": [ \#(keys.joined(separator: ",")) ] } },"#
        )
        let endpoints =
            QueueRoute.allCases.map { ($0.method, $0.template, $0.role) }
            + OperatorRoute.all.map { ($0.method, $0.template, Optional($0.role)) }
        for (method, template, role) in endpoints {
            let path = template.split(separator: "/").map { $0.first == ":" ? "x" : $0 }.joined(separator: "/")
            let stranger = try await server.ask(method, "/" + path)
            #expect((stranger.status == 401) == (role != nil), "\(method) \(path): \(stranger.body)")
            #expect((stranger.headers.first(name: "WWW-Authenticate") != nil) == (role != nil))
            for (own, key, _) in Self.keys {
                let answer = try await server.ask(method, "/" + path, key: key)
                let isRefused = role.map { own < $0 } ?? false
                #expect((answer.status == 403) == isRefused, "\(method) \(path) as \(own.word): \(answer.body)")
                #expect(answer.status != 401)
            }
        }
        #expect(await server.land() == 0)
    }
}
