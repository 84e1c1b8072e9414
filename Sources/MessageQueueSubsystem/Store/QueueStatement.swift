import DatabaseSubsystem

/// The statements of the message queue.
enum QueueStatement: Int, Sendable, CaseIterable {
    case push
    case pop
    case ack
    case transact
    case extend
    case release
    case configure
    case delete
    case news
    case keepHouse
    case present
    case absent
    case notify
    case depths
    case settings
    case set
    case sample
    case probe
    case clock
    case secret

    /// Where servers tell each other that something was stored.
    static let channel = "hydrogen_queue_news"

    /// What the engine prepares.
    var template: QueryTemplate {
        QueryTemplate(
            id: QueryID(rawValue),
            name: "\(self)",
            sql: ParsedSQL(sql),
            queue: .medium,
            // Also those that only read: a session would be switched to reading and back for them, at the cost of a statement.
            writes: true,
            source: "the message queue"
        )
    }

    private var sql: String {
        switch self {
        case .push:
            """
            SELECT hydrogen_queue.push(:queues::text[], :partitions::text[], :places::integer[], :positions::integer[],
                :transactions::text[], :traces::uuid[], :ids::uuid[], :producers::text[], :payloads::text[], :encrypted::boolean[],
                :forced::boolean) AS j
            """
        case .pop:
            """
            SELECT j FROM hydrogen_queue.pop(:queues::text[], :partitions::text[], :namespaces::text[], :tasks::text[],
                :groups::text[], :batches::integer[], :most::integer[], :takes::boolean[], :modes::text[],
                :starts::timestamptz[], :leases::uuid[])
            """
        case .ack:
            """
            SELECT j FROM hydrogen_queue.ack(:requests::integer[], :transactions::text[], :partitions::uuid[], :statuses::text[],
                :errors::text[], :groups::text[], :leases::uuid[], false)
            """
        case .transact:
            """
            SELECT j FROM hydrogen_queue.transact(:operations::integer, :required::uuid[],
                :pushes::integer[], :queues::text[], :partitions::text[], :places::integer[], :positions::integer[],
                :transactions::text[], :traces::uuid[], :ids::uuid[], :producers::text[], :payloads::text[], :encrypted::boolean[],
                :acks::integer[], :acknowledged::text[], :identities::uuid[], :statuses::text[], :errors::text[], :groups::text[],
                :leases::uuid[])
            """
        case .extend: "SELECT j FROM hydrogen_queue.extend(:lease::uuid, :seconds::integer)"
        case .release: "SELECT j FROM hydrogen_queue.release(:lease::uuid)"
        case .configure: "SELECT j FROM hydrogen_queue.configure(:queue, :namespace, :task, :options::json)"
        case .delete: "SELECT j FROM hydrogen_queue.delete_queue(:queue)"
        case .keepHouse: "SELECT j FROM hydrogen_queue.keep_house(:what, :most::integer, :days::integer)"
        case .present: "SELECT j FROM hydrogen_queue.present(:server::uuid)"
        case .absent: "SELECT j FROM hydrogen_queue.absent(:server::uuid)"
        case .depths: "SELECT j FROM hydrogen_queue.depths(\(MessageQueue.mostDepths))"
        case .clock: "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS j"
        case .secret: "SELECT to_json(q.name) AS j FROM hydrogen_queue.queues AS q WHERE q.encryption_enabled"
        case .notify: "SELECT pg_notify('\(Self.channel)', '')"
        case .news:
            "SELECT n FROM hydrogen_queue.news(:queues::text[], :partitions::text[], :namespaces::text[], :tasks::text[], :groups::text[])"
        case .settings: "SELECT s.name AS j FROM hydrogen_queue.settings AS s WHERE s.value = 'true'"
        case .sample: "SELECT j FROM hydrogen_queue.take_sample()"
        case .set:
            """
            INSERT INTO hydrogen_queue.settings (name, value) VALUES (:name, :value::jsonb)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value RETURNING name AS j
            """
        case .probe: "SELECT 1 AS j"
        }
    }
}
