-- Reports on how the queues do, and the history that they draw on: once a minute the totals of each queue that has moved.

CREATE TABLE hydrogen_queue.samples (
    queue    bigint NOT NULL REFERENCES hydrogen_queue.queues ON DELETE CASCADE,
    at       timestamptz NOT NULL,
    -- Since the beginning: what happened in between is the difference of two rows.
    pushed   numeric NOT NULL,
    consumed numeric NOT NULL,
    batches  numeric NOT NULL,
    PRIMARY KEY (queue, at)
);

CREATE INDEX samples_by_time ON hydrogen_queue.samples (at);

-- Adds what is known now to the history, and takes away what is older than 90 days. Several instances may do so.
CREATE OR REPLACE FUNCTION hydrogen_queue.take_sample() RETURNS TABLE (j json) LANGUAGE plpgsql AS $$
DECLARE
    minute timestamptz := date_trunc('minute', clock_timestamp());
    added bigint;
BEGIN
    DELETE FROM hydrogen_queue.samples AS s WHERE s.at < minute - interval '90 days';
    INSERT INTO hydrogen_queue.samples AS known (queue, at, pushed, consumed, batches)
    SELECT q.number, minute, p.pushed, c.consumed, c.batches
    FROM hydrogen_queue.queues AS q
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(p.last_sequence), 0) AS pushed FROM hydrogen_queue.partitions AS p WHERE p.queue = q.number
    ) AS p
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(c.consumed), 0) AS consumed, coalesce(sum(c.batches), 0) AS batches
        FROM hydrogen_queue.partitions AS p JOIN hydrogen_queue.cursors AS c ON c.partition = p.number
        WHERE p.queue = q.number
    ) AS c
    LEFT JOIN LATERAL (
        SELECT s.* FROM hydrogen_queue.samples AS s WHERE s.queue = q.number ORDER BY s.at DESC LIMIT 1
    ) AS last ON true
    WHERE (p.pushed, c.consumed, c.batches) IS DISTINCT FROM (last.pushed, last.consumed, last.batches)
    ORDER BY q.number
    ON CONFLICT (queue, at) DO UPDATE SET
        pushed = excluded.pushed, consumed = excluded.consumed, batches = excluded.batches;
    GET DIAGNOSTICS added = ROW_COUNT;
    j := to_json(added);
    RETURN NEXT;
END $$;

-- What has happened in each queue up to each minute of a time, since the minute before it that is known.
CREATE OR REPLACE FUNCTION hydrogen_queue.samples_between(since timestamptz, till timestamptz)
RETURNS TABLE (queue bigint, at timestamptz, pushed numeric, consumed numeric, batches numeric) LANGUAGE sql STABLE AS $$
    SELECT d.queue, d.at, greatest(d.pushed - coalesce(d.pushed_before, d.first_pushed), 0),
           greatest(d.consumed - coalesce(d.consumed_before, d.first_consumed), 0),
           greatest(d.batches - coalesce(d.batches_before, d.first_batches), 0)
    FROM (
        SELECT s.*, lag(s.pushed) OVER w AS pushed_before, lag(s.consumed) OVER w AS consumed_before,
               lag(s.batches) OVER w AS batches_before,
               -- Of a queue that was made a moment before its first row, all of that is new.
               CASE WHEN q.created_at > s.at - interval '2 minutes' THEN 0 ELSE s.pushed END AS first_pushed,
               CASE WHEN q.created_at > s.at - interval '2 minutes' THEN 0 ELSE s.consumed END AS first_consumed,
               CASE WHEN q.created_at > s.at - interval '2 minutes' THEN 0 ELSE s.batches END AS first_batches
        FROM (
            SELECT s.* FROM hydrogen_queue.samples AS s WHERE s.at >= since AND s.at <= till
            UNION ALL
            SELECT b.* FROM hydrogen_queue.queues AS q CROSS JOIN LATERAL (
                SELECT s.* FROM hydrogen_queue.samples AS s WHERE s.queue = q.number AND s.at < since ORDER BY s.at DESC LIMIT 1
            ) AS b
        ) AS s JOIN hydrogen_queue.queues AS q ON q.number = s.queue
        WINDOW w AS (PARTITION BY s.queue ORDER BY s.at)
    ) AS d WHERE d.at >= since
$$;

-- The time that a request is about: an hour until now, unless it says, and the minutes of one point of it.
CREATE OR REPLACE FUNCTION hydrogen_queue.time_range(r json)
RETURNS TABLE (since timestamptz, till timestamptz, minutes integer) LANGUAGE sql STABLE AS $$
    SELECT t.since, t.till,
           CASE WHEN t.till - t.since <= interval '2 hours' THEN 1 WHEN t.till - t.since <= interval '12 hours' THEN 5
                WHEN t.till - t.since <= interval '2 days' THEN 15 WHEN t.till - t.since <= interval '8 days' THEN 60
                ELSE 1440 END
    FROM (
        SELECT coalesce((r ->> 'from')::timestamptz, e.till - interval '1 hour') AS since, e.till
        FROM (SELECT coalesce((r ->> 'to')::timestamptz, clock_timestamp()) AS till) AS e
    ) AS t
$$;

CREATE OR REPLACE FUNCTION hydrogen_queue.report_status(r json) RETURNS TABLE (j json) LANGUAGE sql STABLE AS $$
    WITH span AS MATERIALIZED (
        SELECT t.*, t.minutes * 60 AS seconds FROM hydrogen_queue.time_range(r) AS t
    ), wanted AS MATERIALIZED (
        SELECT q.*, c.partitions, c.total, c.pending, c.processing, c.completed, c.failed, c.dead_letter
        FROM hydrogen_queue.queues AS q CROSS JOIN LATERAL hydrogen_queue.queue_counts(q.number) AS c
        WHERE (r ->> 'queue' IS NULL OR q.name = r ->> 'queue')
          AND (r ->> 'namespace' IS NULL OR q.namespace = r ->> 'namespace')
          AND (r ->> 'task' IS NULL OR q.task = r ->> 'task')
    ), point AS MATERIALIZED (
        SELECT floor(extract(epoch FROM d.at) / s.seconds) * s.seconds AS second, sum(d.pushed) AS pushed,
               sum(d.consumed) AS consumed, sum(d.batches) AS batches
        FROM span AS s CROSS JOIN LATERAL hydrogen_queue.samples_between(date_trunc('minute', s.since), s.till) AS d
        WHERE d.queue IN (SELECT w.number FROM wanted AS w) GROUP BY 1
    ), letter AS MATERIALIZED (
        SELECT d.* FROM hydrogen_queue.dead_letters AS d JOIN hydrogen_queue.partitions AS p ON p.number = d.partition
        WHERE p.queue IN (SELECT w.number FROM wanted AS w)
    )
    SELECT json_build_object(
        'timeRange', json_build_object('from', hydrogen_queue.utc(s.since), 'to', hydrogen_queue.utc(s.till)),
        'bucketMinutes', s.minutes, 'pointCount', (SELECT count(*) FROM point),
        'throughput', (
            SELECT coalesce(json_agg(json_build_object(
                'timestamp', hydrogen_queue.utc(to_timestamp(p.second)), 'ingested', p.pushed, 'processed', p.consumed,
                'ingestedPerSecond', round(p.pushed / s.seconds, 3), 'processedPerSecond', round(p.consumed / s.seconds, 3))
                ORDER BY p.second), '[]') FROM point AS p),
        'queues', (
            SELECT coalesce(json_agg(json_build_object(
                'id', w.id, 'name', w.name, 'namespace', w.namespace, 'task', w.task, 'partitions', w.partitions,
                'messages', hydrogen_queue.tally(w.total, w.pending, w.processing, w.completed, w.failed, w.dead_letter))
                ORDER BY w.name), '[]') FROM (SELECT * FROM wanted ORDER BY name LIMIT 100) AS w),
        'messages', (
            SELECT hydrogen_queue.merged(
                hydrogen_queue.tally(sum(w.total), sum(w.pending), sum(w.processing), sum(w.completed), sum(w.failed),
                                     sum(w.dead_letter)),
                json_build_object(
                    'requests', json_build_object('pop', t.batches),
                    'batchEfficiency', json_build_object('pop', round(t.consumed / nullif(t.batches, 0), 2))))
            FROM wanted AS w RIGHT JOIN (
                SELECT coalesce(sum(p.batches), 0) AS batches, coalesce(sum(p.consumed), 0) AS consumed FROM point AS p
            ) AS t ON true GROUP BY t.batches, t.consumed),
        'leases', (
            SELECT json_build_object(
                'active', count(*), 'partitionsWithLeases', count(DISTINCT c.partition),
                'consumerGroups', count(DISTINCT c.consumer_group))
            FROM hydrogen_queue.cursors AS c JOIN hydrogen_queue.partitions AS p ON p.number = c.partition
            WHERE c.lease_expires_at > clock_timestamp() AND p.queue IN (SELECT w.number FROM wanted AS w)),
        'deadLetterQueue', json_build_object(
            'totalMessages', (SELECT count(*) FROM letter), 'affectedPartitions', (SELECT count(DISTINCT partition) FROM letter),
            'topErrors', (
                SELECT coalesce(json_agg(json_build_object('error', e.error, 'count', e.count) ORDER BY e.count DESC, e.error), '[]')
                FROM (SELECT l.error, count(*) FROM letter AS l GROUP BY l.error ORDER BY count(*) DESC, l.error LIMIT 10) AS e)),
        'errors', json_build_object(
            'deadLettered', (SELECT count(*) FROM letter AS l WHERE l.failed_at >= s.since AND l.failed_at <= s.till)),
        'workers', json_build_array(), 'statsAge', 0)
    FROM span AS s
$$;

CREATE OR REPLACE FUNCTION hydrogen_queue.report_status_queues(r json) RETURNS TABLE (j json) LANGUAGE sql STABLE AS $$
    SELECT json_build_object('queues', coalesce(json_agg(json_build_object(
        'id', q.id, 'name', q.name, 'namespace', q.namespace, 'task', q.task, 'partitions', c.partitions,
        'createdAt', hydrogen_queue.utc(q.created_at),
        'messages', hydrogen_queue.tally(c.total, c.pending, c.processing, c.completed, c.failed, c.dead_letter))
        ORDER BY q.name), '[]'), 'total', (SELECT count(*) FROM hydrogen_queue.queues), 'pagination', hydrogen_queue.pagination(r))
    FROM (
        SELECT * FROM hydrogen_queue.queues ORDER BY name LIMIT (r ->> 'limit')::bigint OFFSET (r ->> 'offset')::bigint
    ) AS q CROSS JOIN LATERAL hydrogen_queue.queue_counts(q.number) AS c
$$;

CREATE OR REPLACE FUNCTION hydrogen_queue.report_status_queue(r json) RETURNS TABLE (j json) LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        'queue', json_build_object(
            'id', q.id, 'name', q.name, 'namespace', q.namespace, 'task', q.task, 'priority', q.priority,
            'createdAt', hydrogen_queue.utc(q.created_at), 'config', hydrogen_queue.options(q)),
        'totals', hydrogen_queue.tally(c.total, c.pending, c.processing, c.completed, c.failed, c.dead_letter),
        'partitions', coalesce((
            SELECT json_agg(json_build_object(
                'id', p.id, 'name', p.name, 'createdAt', hydrogen_queue.utc(p.created_at),
                'cursor', json_build_object('totalConsumed', g.consumed, 'batchesConsumed', g.batches),
                'messages', hydrogen_queue.tally(n.total, n.pending, n.processing, n.completed, n.failed, n.dead_letter),
                'lastActivity', hydrogen_queue.utc(greatest(p.last_push_at, g.last_at))) ORDER BY p.name)
            FROM hydrogen_queue.partitions AS p
            JOIN hydrogen_queue.partition_counts AS n ON n.partition = p.number
            CROSS JOIN LATERAL (
                SELECT coalesce(sum(c.consumed), 0) AS consumed, coalesce(sum(c.batches), 0) AS batches,
                       greatest(max(c.consumed_at), max(c.claimed_at)) AS last_at
                FROM hydrogen_queue.cursors AS c WHERE c.partition = p.number
            ) AS g
            WHERE p.queue = q.number), '[]'))
    FROM hydrogen_queue.queues AS q CROSS JOIN LATERAL hydrogen_queue.queue_counts(q.number) AS c
    WHERE q.name = r ->> 'queue'
$$;

CREATE OR REPLACE FUNCTION hydrogen_queue.report_status_messages(r json) RETURNS TABLE (j json) LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT json_agg(json_build_object(
            'id', (n.m).id, 'transactionId', (n.m).transaction_id, 'partitionId', (n.p).id, 'partition', (n.p).name,
            'queue', (n.q).name, 'queuePath', (n.q).name || '/' || (n.p).name, 'status', s.status,
            'createdAt', hydrogen_queue.utc((n.m).created_at)) ORDER BY n.place)
        FROM hydrogen_queue.newest_messages(r) AS n
        CROSS JOIN LATERAL hydrogen_queue.message_state((n.m).partition, (n.m).sequence) AS s), '[]')
    FROM hydrogen_queue.queues AS q WHERE q.name = r ->> 'queue'
$$;

CREATE OR REPLACE FUNCTION hydrogen_queue.report_analytics(r json) RETURNS TABLE (j json) LANGUAGE sql STABLE AS $$
    WITH span AS MATERIALIZED (
        SELECT coalesce((r ->> 'from')::timestamptz, e.till - CASE r ->> 'interval'
                   WHEN 'hour' THEN interval '1 day' WHEN 'day' THEN interval '30 days' ELSE interval '90 days' END) AS since, e.till
        FROM (SELECT coalesce((r ->> 'to')::timestamptz, clock_timestamp()) AS till) AS e
    )
    SELECT json_build_object(
        'interval', r ->> 'interval', 'from', hydrogen_queue.utc(s.since), 'to', hydrogen_queue.utc(s.till),
        'dataPoints', (
            SELECT coalesce(json_agg(json_build_object(
                'timestamp', to_char(p.moment, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'messages', p.pushed) ORDER BY p.moment), '[]')
            FROM (
                SELECT date_trunc(r ->> 'interval', d.at AT TIME ZONE 'UTC') AS moment, sum(d.pushed) AS pushed
                FROM hydrogen_queue.samples_between(date_trunc('minute', s.since), s.till) AS d GROUP BY 1
            ) AS p))
    FROM span AS s
$$;
