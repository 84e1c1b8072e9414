-- Reports on single messages and dead letters, and what operators do with them.

-- A message as lists have it. Payloads are as they are stored.
CREATE OR REPLACE FUNCTION hydrogen_queue.message_summary(
    m hydrogen_queue.messages, p hydrogen_queue.partitions, q hydrogen_queue.queues
) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        'id', m.id, 'transactionId', m.transaction_id, 'traceId', m.trace_id, 'partitionId', p.id, 'partition', p.name,
        'queue', q.name, 'queuePath', q.name || '/' || p.name, 'namespace', q.namespace, 'task', q.task, 'status', s.status,
        'queueStatus', s.queue_status,
        'busStatus', json_build_object('consumedBy', s.consumed_by, 'totalGroups', s.total_groups),
        'queuePriority', q.priority, 'leaseExpiresAt', hydrogen_queue.utc(s.lease_expires_at), 'producerSub', m.producer,
        'createdAt', hydrogen_queue.utc(m.created_at))
    FROM hydrogen_queue.message_state(m.partition, m.sequence) AS s
$$;

-- The newest messages of the queues that are asked for. Each partition gives its newest that fit, from the end of its log back; of a
-- page without a status and an end, only as many partitions are looked at as it has lines: no other can have a newer one.
CREATE OR REPLACE FUNCTION hydrogen_queue.newest_messages(r json)
RETURNS TABLE (m hydrogen_queue.messages, p hydrogen_queue.partitions, q hydrogen_queue.queues, place bigint)
LANGUAGE sql STABLE AS $$
    WITH asked AS MATERIALIZED (
        SELECT r ->> 'status' AS status, (r ->> 'from')::timestamptz AS since, (r ->> 'to')::timestamptz AS till,
               (r ->> 'limit')::bigint AS page, (r ->> 'offset')::bigint AS skipped
    ), looked_at AS MATERIALIZED (
        -- Where nothing is leased or set aside, the place of a message says its status.
        SELECT p, q, c.done,
               CASE r ->> 'status' WHEN 'completed' THEN c.dead_letter > c.dead_ahead
               ELSE c.processing > 0 OR c.dead_ahead > 0 END AS is_mixed
        FROM hydrogen_queue.partitions AS p
        JOIN hydrogen_queue.queues AS q ON q.number = p.queue
        LEFT JOIN LATERAL (
            SELECT n.* FROM hydrogen_queue.partition_counts AS n
            WHERE r ->> 'status' IS NOT NULL AND n.partition = p.number
        ) AS c ON true
        WHERE (r ->> 'queue' IS NULL OR q.name = r ->> 'queue') AND (r ->> 'partition' IS NULL OR p.name = r ->> 'partition')
          AND (r ->> 'ns' IS NULL OR q.namespace = r ->> 'ns') AND (r ->> 'task' IS NULL OR q.task = r ->> 'task')
        ORDER BY p.last_push_at DESC NULLS LAST
        LIMIT CASE WHEN r ->> 'status' IS NULL AND r ->> 'to' IS NULL
              THEN (r ->> 'limit')::bigint + (r ->> 'offset')::bigint END
    ), found AS (
        SELECT l.p, l.q, n.m
        FROM asked AS a CROSS JOIN looked_at AS l CROSS JOIN LATERAL (
            SELECT m FROM hydrogen_queue.messages AS m
            WHERE a.status IS DISTINCT FROM 'dead_letter' AND m.partition = (l.p).number
              AND m.sequence > CASE WHEN a.status IN ('pending', 'processing') THEN l.done
                               WHEN a.status = 'completed' THEN 0 ELSE -9223372036854775808 END
              AND m.sequence <= CASE WHEN a.status = 'completed' THEN l.done ELSE (l.p).last_sequence END
              AND (a.since IS NULL OR m.created_at >= a.since) AND (a.till IS NULL OR m.created_at <= a.till)
              AND CASE WHEN a.status IS NULL THEN true WHEN NOT l.is_mixed THEN a.status <> 'processing'
                  ELSE a.status = (SELECT s.status FROM hydrogen_queue.message_state(m.partition, m.sequence) AS s) END
            ORDER BY m.sequence DESC LIMIT a.page + a.skipped
        ) AS n
        UNION ALL
        SELECT l.p, l.q, m
        FROM asked AS a CROSS JOIN looked_at AS l CROSS JOIN LATERAL (
            SELECT DISTINCT d.sequence FROM hydrogen_queue.dead_letters AS d
            WHERE a.status = 'dead_letter' AND d.partition = (l.p).number
        ) AS d
        JOIN hydrogen_queue.messages AS m ON m.partition = (l.p).number AND m.sequence = d.sequence
        WHERE (a.since IS NULL OR m.created_at >= a.since) AND (a.till IS NULL OR m.created_at <= a.till)
    )
    SELECT f.m, f.p, f.q, row_number() OVER (ORDER BY (f.m).created_at DESC, (f.m).sequence DESC)
    FROM found AS f ORDER BY (f.m).created_at DESC, (f.m).sequence DESC
    LIMIT (SELECT a.page FROM asked AS a) OFFSET (SELECT a.skipped FROM asked AS a)
$$;

CREATE OR REPLACE FUNCTION hydrogen_queue.report_messages(r json) RETURNS TABLE (j json) LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        'messages', (
            SELECT coalesce(json_agg(hydrogen_queue.message_summary(n.m, n.p, n.q) ORDER BY n.place), '[]')
            FROM hydrogen_queue.newest_messages(r) AS n),
        'mode', (
            SELECT json_build_object(
                'type', CASE WHEN g.has_queue_mode AND g.groups > 0 THEN 'hybrid' WHEN g.groups > 0 THEN 'bus'
                             WHEN g.has_queue_mode THEN 'queue' ELSE 'none' END,
                'hasQueueMode', g.has_queue_mode, 'busGroupsCount', g.groups)
            FROM (
                SELECT coalesce(bool_or(c.consumer_group = '__QUEUE_MODE__'), false) AS has_queue_mode,
                       count(DISTINCT c.consumer_group) FILTER (WHERE c.consumer_group <> '__QUEUE_MODE__') AS groups
                FROM hydrogen_queue.cursors AS c
                JOIN hydrogen_queue.partitions AS p ON p.number = c.partition
                JOIN hydrogen_queue.queues AS q ON q.number = p.queue
                WHERE r ->> 'queue' IS NULL OR q.name = r ->> 'queue'
            ) AS g))
$$;

CREATE OR REPLACE FUNCTION hydrogen_queue.report_message(r json) RETURNS TABLE (j json) LANGUAGE sql STABLE AS $$
    SELECT hydrogen_queue.merged(hydrogen_queue.message_summary(m, p, q), json_build_object(
        'payload', m.payload::json, 'isEncrypted', m.is_encrypted, 'errorMessage', d.error,
        'retryCount', coalesce(d.retries, g.retries, 0),
        'queueConfig', json_build_object(
            'leaseTime', q.lease_seconds, 'priority', q.priority, 'retryDelay', q.retry_delay_ms, 'retryLimit', q.retry_limit,
            'ttl', q.ttl_seconds),
        'consumerGroups', g.groups))
    FROM hydrogen_queue.partitions AS p
    JOIN hydrogen_queue.queues AS q ON q.number = p.queue
    JOIN hydrogen_queue.messages AS m ON m.partition = p.number
    LEFT JOIN LATERAL (
        SELECT d.error, d.retries FROM hydrogen_queue.dead_letters AS d
        WHERE d.partition = p.number AND d.sequence = m.sequence ORDER BY d.failed_at DESC LIMIT 1
    ) AS d ON true
    CROSS JOIN LATERAL (
        SELECT max(c.retries) FILTER (WHERE c.sequence = m.sequence - 1) AS retries,
               coalesce(json_agg(json_build_object(
                   'name', c.consumer_group, 'consumed', c.sequence >= m.sequence,
                   'leaseExpiresAt', CASE WHEN c.sequence < m.sequence AND c.lease_sequence >= m.sequence
                                     THEN hydrogen_queue.utc(c.lease_expires_at) END) ORDER BY c.consumer_group), '[]') AS groups
        FROM hydrogen_queue.cursors AS c WHERE c.partition = p.number
    ) AS g
    WHERE p.id = (r ->> 'partition')::uuid AND m.transaction_id = r ->> 'transaction'
$$;

-- Holds a message with its partition and the places of groups there, for those who change it: in the order in which pushes,
-- acknowledgements and housekeeping take them.
CREATE OR REPLACE FUNCTION hydrogen_queue.hold_message(r json) RETURNS hydrogen_queue.messages LANGUAGE plpgsql AS $$
DECLARE
    the_partition bigint;
    held hydrogen_queue.messages;
BEGIN
    SELECT p.number INTO the_partition FROM hydrogen_queue.partitions AS p
    WHERE p.id = (r ->> 'partition')::uuid FOR NO KEY UPDATE;
    PERFORM FROM hydrogen_queue.cursors AS c WHERE c.partition = the_partition ORDER BY c.consumer_group FOR UPDATE;
    SELECT m.* INTO held FROM hydrogen_queue.messages AS m
    WHERE m.partition = the_partition AND m.transaction_id = r ->> 'transaction' FOR UPDATE;
    RETURN held;
END $$;

CREATE OR REPLACE FUNCTION hydrogen_queue.message_done(r json, what text) RETURNS json LANGUAGE sql IMMUTABLE AS $$
    SELECT json_build_object(
        'success', true, 'message', what, 'partitionId', r ->> 'partition', 'transactionId', r ->> 'transaction')
$$;

CREATE OR REPLACE FUNCTION hydrogen_queue.report_delete_message(r json) RETURNS TABLE (j json) LANGUAGE plpgsql AS $$
DECLARE
    held hydrogen_queue.messages := hydrogen_queue.hold_message(r);
BEGIN
    IF held.partition IS NULL THEN
        RETURN;
    END IF;
    PERFORM hydrogen_queue.take_back(held.partition, held.sequence);
    DELETE FROM hydrogen_queue.messages AS m WHERE m.partition = held.partition AND m.sequence = held.sequence;
    j := hydrogen_queue.message_done(r, 'Message deleted');
    RETURN NEXT;
END $$;

-- Takes a dead letter back: as cursors never do, the message goes to the end of its log, as if it were pushed now. It keeps its
-- transaction id, and every group gets it.
CREATE OR REPLACE FUNCTION hydrogen_queue.report_retry_message(r json) RETURNS TABLE (j json) LANGUAGE plpgsql AS $$
DECLARE
    held hydrogen_queue.messages := hydrogen_queue.hold_message(r);
    new_sequence bigint;
BEGIN
    DELETE FROM hydrogen_queue.dead_letters AS d WHERE d.partition = held.partition AND d.sequence = held.sequence;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM hydrogen_queue.take_back(held.partition, held.sequence);
    UPDATE hydrogen_queue.partitions AS p SET last_sequence = p.last_sequence + 1, last_push_at = clock_timestamp()
    WHERE p.number = held.partition RETURNING p.last_sequence INTO new_sequence;
    UPDATE hydrogen_queue.messages AS m SET sequence = new_sequence, created_at = clock_timestamp()
    WHERE m.partition = held.partition AND m.sequence = held.sequence;
    j := hydrogen_queue.message_done(r, 'Message is handed out again');
    RETURN NEXT;
END $$;

-- Sets a message aside, whoever had it or would get it: it goes before the first of its log, where no cursor comes to.
CREATE OR REPLACE FUNCTION hydrogen_queue.report_bury_message(r json) RETURNS TABLE (j json) LANGUAGE plpgsql AS $$
DECLARE
    held hydrogen_queue.messages := hydrogen_queue.hold_message(r);
    new_sequence bigint;
BEGIN
    IF held.partition IS NULL THEN
        RETURN;
    END IF;
    IF held.sequence > 0 THEN
        PERFORM hydrogen_queue.take_back(held.partition, held.sequence);
        SELECT least(min(m.sequence), 1) - 1 INTO new_sequence
        FROM hydrogen_queue.messages AS m WHERE m.partition = held.partition;
        UPDATE hydrogen_queue.messages AS m SET sequence = new_sequence
        WHERE m.partition = held.partition AND m.sequence = held.sequence;
        UPDATE hydrogen_queue.dead_letters AS d SET sequence = new_sequence
        WHERE d.partition = held.partition AND d.sequence = held.sequence;
        INSERT INTO hydrogen_queue.dead_letters (partition, consumer_group, sequence, error, retries)
        VALUES (held.partition, coalesce(r ->> 'consumerGroup', '__QUEUE_MODE__'), new_sequence,
                coalesce(r ->> 'error', 'Set aside by an operator'), 0)
        ON CONFLICT DO NOTHING;
    END IF;
    j := hydrogen_queue.message_done(r, 'Message is a dead letter');
    RETURN NEXT;
END $$;

CREATE OR REPLACE FUNCTION hydrogen_queue.report_dead_letters(r json) RETURNS TABLE (j json) LANGUAGE sql STABLE AS $$
    WITH letter AS (
        SELECT d.*, p.id AS partition_id, p.name, q.name AS queue
        FROM hydrogen_queue.dead_letters AS d
        JOIN hydrogen_queue.partitions AS p ON p.number = d.partition
        JOIN hydrogen_queue.queues AS q ON q.number = p.queue
        WHERE (r ->> 'queue' IS NULL OR q.name = r ->> 'queue') AND (r ->> 'partition' IS NULL OR p.name = r ->> 'partition')
          AND (r ->> 'consumerGroup' IS NULL OR d.consumer_group = r ->> 'consumerGroup')
          AND (r ->> 'from' IS NULL OR d.failed_at >= (r ->> 'from')::timestamptz)
          AND (r ->> 'to' IS NULL OR d.failed_at <= (r ->> 'to')::timestamptz)
    ), page AS (
        SELECT * FROM letter ORDER BY failed_at DESC, number DESC
        LIMIT (r ->> 'limit')::bigint OFFSET (r ->> 'offset')::bigint
    )
    SELECT json_build_object(
        'messages', (
            SELECT coalesce(json_agg(json_build_object(
                'id', m.id, 'transactionId', m.transaction_id, 'partitionId', l.partition_id, 'partition', l.name,
                'queue', l.queue, 'consumerGroup', l.consumer_group, 'errorMessage', l.error, 'retryCount', l.retries,
                'data', m.payload::json, 'isEncrypted', m.is_encrypted, 'producerSub', m.producer,
                'createdAt', hydrogen_queue.utc(m.created_at), 'failedAt', hydrogen_queue.utc(l.failed_at))
                ORDER BY l.failed_at DESC, l.number DESC), '[]')
            FROM page AS l
            LEFT JOIN hydrogen_queue.messages AS m ON m.partition = l.partition AND m.sequence = l.sequence),
        'total', (SELECT count(*) FROM letter),
        'pagination', hydrogen_queue.pagination(r))
$$;
