-- Traces: what consumers note of a message, under names that several messages may share.

CREATE TABLE hydrogen_queue.traces (
    number         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id             uuid NOT NULL DEFAULT gen_random_uuid(),
    partition      bigint NOT NULL,
    transaction_id text NOT NULL,
    consumer_group text,
    event_type     text NOT NULL,
    -- JSON that was checked before.
    data           text NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX traces_by_message ON hydrogen_queue.traces (partition, transaction_id);

CREATE TABLE hydrogen_queue.trace_names (
    name  text NOT NULL,
    trace bigint NOT NULL REFERENCES hydrogen_queue.traces ON DELETE CASCADE,
    PRIMARY KEY (name, trace)
);

CREATE INDEX trace_names_by_trace ON hydrogen_queue.trace_names (trace);

-- What hangs on messages goes with them, whoever deletes them: once for each statement, and for nothing while there is nothing.
CREATE OR REPLACE FUNCTION hydrogen_queue.forget_messages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM hydrogen_queue.traces) THEN
        DELETE FROM hydrogen_queue.traces AS t USING gone AS g
        WHERE t.partition = g.partition AND t.transaction_id = g.transaction_id;
    END IF;
    IF EXISTS (SELECT FROM hydrogen_queue.dead_letters) THEN
        DELETE FROM hydrogen_queue.dead_letters AS d USING gone AS g
        WHERE d.partition = g.partition AND d.sequence = g.sequence;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER forget AFTER DELETE ON hydrogen_queue.messages REFERENCING OLD TABLE AS gone
FOR EACH STATEMENT EXECUTE FUNCTION hydrogen_queue.forget_messages();

CREATE OR REPLACE FUNCTION hydrogen_queue.report_add_trace(r json) RETURNS TABLE (j json) LANGUAGE plpgsql AS $$
DECLARE
    new_trace hydrogen_queue.traces;
BEGIN
    -- The message is held, so that it cannot go without its trace.
    WITH message AS (
        SELECT m.partition, m.transaction_id FROM hydrogen_queue.partitions AS p
        JOIN hydrogen_queue.messages AS m ON m.partition = p.number
        WHERE p.id = (r ->> 'partitionId')::uuid AND m.transaction_id = r ->> 'transactionId' FOR KEY SHARE OF m
    )
    INSERT INTO hydrogen_queue.traces AS t (partition, transaction_id, consumer_group, event_type, data)
    SELECT m.partition, m.transaction_id, r ->> 'consumerGroup', coalesce(r ->> 'eventType', 'info'), (r -> 'data')::text
    FROM message AS m RETURNING t.* INTO new_trace;
    IF new_trace.number IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO hydrogen_queue.trace_names (name, trace)
    SELECT DISTINCT n, new_trace.number FROM json_array_elements_text(coalesce(r -> 'traceNames', '[]')) AS n;
    j := json_build_object('success', true, 'traceId', new_trace.id);
    RETURN NEXT;
END $$;

CREATE OR REPLACE FUNCTION hydrogen_queue.trace_json(t hydrogen_queue.traces) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        'id', t.id, 'event_type', t.event_type, 'data', t.data::json, 'created_at', hydrogen_queue.utc(t.created_at),
        'consumer_group', t.consumer_group, 'worker_id', NULL,
        'trace_names', coalesce((
            SELECT json_agg(n.name ORDER BY n.name) FROM hydrogen_queue.trace_names AS n WHERE n.trace = t.number), '[]'))
$$;

CREATE OR REPLACE FUNCTION hydrogen_queue.report_message_traces(r json) RETURNS TABLE (j json) LANGUAGE sql STABLE AS $$
    SELECT json_build_object('traces', coalesce((
        SELECT json_agg(hydrogen_queue.trace_json(t) ORDER BY t.number)
        FROM hydrogen_queue.traces AS t WHERE t.partition = p.number AND t.transaction_id = m.transaction_id), '[]'))
    FROM hydrogen_queue.partitions AS p
    JOIN hydrogen_queue.messages AS m ON m.partition = p.number
    WHERE p.id = (r ->> 'partition')::uuid AND m.transaction_id = r ->> 'transaction'
$$;

CREATE OR REPLACE FUNCTION hydrogen_queue.report_named_traces(r json) RETURNS TABLE (j json) LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        'traces', coalesce((
            SELECT json_agg(hydrogen_queue.merged(hydrogen_queue.trace_json(t), json_build_object(
                'transaction_id', t.transaction_id, 'partition_id', p.id, 'partition_name', p.name, 'queue_name', q.name,
                'message_payload', m.payload::json, 'is_encrypted', m.is_encrypted)) ORDER BY t.number DESC)
            FROM (
                SELECT n.trace FROM hydrogen_queue.trace_names AS n WHERE n.name = r ->> 'name'
                ORDER BY n.trace DESC LIMIT (r ->> 'limit')::bigint OFFSET (r ->> 'offset')::bigint
            ) AS n
            JOIN hydrogen_queue.traces AS t ON t.number = n.trace
            JOIN hydrogen_queue.messages AS m ON m.partition = t.partition AND m.transaction_id = t.transaction_id
            JOIN hydrogen_queue.partitions AS p ON p.number = t.partition
            JOIN hydrogen_queue.queues AS q ON q.number = p.queue), '[]'),
        'total', (SELECT count(*) FROM hydrogen_queue.trace_names AS n WHERE n.name = r ->> 'name'),
        'pagination', hydrogen_queue.pagination(r))
$$;

CREATE OR REPLACE FUNCTION hydrogen_queue.report_trace_names(r json) RETURNS TABLE (j json) LANGUAGE sql STABLE AS $$
    WITH named AS MATERIALIZED (
        SELECT n.name, count(*) AS traces, count(DISTINCT (t.partition, t.transaction_id)) AS messages, max(t.created_at) AS last_seen
        FROM hydrogen_queue.trace_names AS n JOIN hydrogen_queue.traces AS t ON t.number = n.trace GROUP BY n.name
    )
    SELECT json_build_object(
        'trace_names', coalesce((
            SELECT json_agg(json_build_object(
                'trace_name', n.name, 'trace_count', n.traces, 'message_count', n.messages,
                'last_seen', hydrogen_queue.utc(n.last_seen)) ORDER BY n.last_seen DESC, n.name)
            FROM (
                SELECT * FROM named ORDER BY last_seen DESC, name
                LIMIT (r ->> 'limit')::bigint OFFSET (r ->> 'offset')::bigint
            ) AS n), '[]'),
        'total', (SELECT count(*) FROM named), 'pagination', hydrogen_queue.pagination(r))
$$;
