-- Reports on queues and what is in them. Each takes the parameters of a request as one object and gives one row, or none
-- when what it asks for does not exist.

CREATE OR REPLACE FUNCTION hydrogen_queue.report_queues(r json) RETURNS TABLE (j json) LANGUAGE sql STABLE AS $$
    SELECT json_build_object('queues', coalesce(json_agg(json_build_object(
        'id', q.id, 'name', q.name, 'namespace', q.namespace, 'task', q.task, 'partitions', c.partitions,
        'createdAt', hydrogen_queue.utc(q.created_at),
        'messages', json_build_object('total', c.total, 'pending', c.pending, 'processing', c.processing)) ORDER BY q.name), '[]'))
    FROM hydrogen_queue.queues AS q CROSS JOIN LATERAL hydrogen_queue.queue_counts(q.number) AS c
$$;

CREATE OR REPLACE FUNCTION hydrogen_queue.report_queue(r json) RETURNS TABLE (j json) LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        'id', q.id, 'name', q.name, 'namespace', q.namespace, 'task', q.task, 'createdAt', hydrogen_queue.utc(q.created_at),
        'totals', hydrogen_queue.tally(c.total, c.pending, c.processing, c.completed, c.failed, c.dead_letter),
        'partitions', coalesce((
            SELECT json_agg(json_build_object(
                'id', p.id, 'name', p.name, 'createdAt', hydrogen_queue.utc(p.created_at),
                'oldestMessage', hydrogen_queue.utc(oldest.created_at), 'newestMessage', hydrogen_queue.utc(newest.created_at),
                'stats', hydrogen_queue.tally(n.total, n.pending, n.processing, n.completed, n.failed, n.dead_letter))
                ORDER BY p.name)
            FROM hydrogen_queue.partitions AS p
            JOIN hydrogen_queue.partition_counts AS n ON n.partition = p.number
            LEFT JOIN LATERAL (
                SELECT m.created_at FROM hydrogen_queue.messages AS m WHERE m.partition = p.number AND m.sequence > 0
                ORDER BY m.sequence LIMIT 1) AS oldest ON true
            LEFT JOIN LATERAL (
                SELECT m.created_at FROM hydrogen_queue.messages AS m WHERE m.partition = p.number AND m.sequence > 0
                ORDER BY m.sequence DESC LIMIT 1) AS newest ON true
            WHERE p.queue = q.number), '[]'))
    FROM hydrogen_queue.queues AS q CROSS JOIN LATERAL hydrogen_queue.queue_counts(q.number) AS c
    WHERE q.name = r ->> 'queue'
$$;

CREATE OR REPLACE FUNCTION hydrogen_queue.report_namespaces(r json) RETURNS TABLE (j json) LANGUAGE sql STABLE AS $$
    SELECT json_build_object('namespaces', coalesce(json_agg(json_build_object(
        'namespace', n.namespace, 'queues', n.queues, 'partitions', n.partitions,
        'messages', json_build_object('total', n.total, 'pending', n.pending)) ORDER BY n.namespace), '[]'))
    FROM (
        SELECT q.namespace, count(*) AS queues, sum(c.partitions) AS partitions, sum(c.total) AS total, sum(c.pending) AS pending
        FROM hydrogen_queue.queues AS q CROSS JOIN LATERAL hydrogen_queue.queue_counts(q.number) AS c
        GROUP BY q.namespace
    ) AS n
$$;

CREATE OR REPLACE FUNCTION hydrogen_queue.report_tasks(r json) RETURNS TABLE (j json) LANGUAGE sql STABLE AS $$
    SELECT json_build_object('tasks', coalesce(json_agg(json_build_object(
        'task', n.task, 'queues', n.queues, 'partitions', n.partitions,
        'messages', json_build_object('total', n.total, 'pending', n.pending)) ORDER BY n.task), '[]'))
    FROM (
        SELECT q.task, count(*) AS queues, sum(c.partitions) AS partitions, sum(c.total) AS total, sum(c.pending) AS pending
        FROM hydrogen_queue.queues AS q CROSS JOIN LATERAL hydrogen_queue.queue_counts(q.number) AS c
        GROUP BY q.task
    ) AS n
$$;

CREATE OR REPLACE FUNCTION hydrogen_queue.report_partitions(r json) RETURNS TABLE (j json) LANGUAGE sql STABLE AS $$
    SELECT json_build_object('partitions', coalesce(json_agg(json_build_object(
        'id', p.id, 'name', p.name, 'queue', p.queue_name, 'namespace', p.namespace, 'task', p.task,
        'createdAt', hydrogen_queue.utc(p.created_at), 'lastActivity', hydrogen_queue.utc(p.last_push_at),
        'messages', hydrogen_queue.tally(c.total, c.pending, c.processing, c.completed, c.failed, c.dead_letter))
        ORDER BY p.queue_name, p.name), '[]'), 'pagination', hydrogen_queue.pagination(r))
    FROM (
        SELECT p.*, q.name AS queue_name, q.namespace, q.task
        FROM hydrogen_queue.partitions AS p JOIN hydrogen_queue.queues AS q ON q.number = p.queue
        WHERE (r ->> 'queue' IS NULL OR q.name = r ->> 'queue')
        ORDER BY q.name, p.name LIMIT (r ->> 'limit')::bigint OFFSET (r ->> 'offset')::bigint
    ) AS p JOIN hydrogen_queue.partition_counts AS c ON c.partition = p.number
$$;

CREATE OR REPLACE FUNCTION hydrogen_queue.report_overview(r json) RETURNS TABLE (j json) LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        'queues', q.queues, 'partitions', c.partitions, 'namespaces', q.namespaces, 'tasks', q.tasks,
        'messages', hydrogen_queue.tally(c.total, c.pending, c.processing, c.completed, c.failed, c.dead_letter),
        'lag', json_build_object(
            'time', json_build_object('avg', l.time_avg, 'median', l.time_median, 'min', l.time_min, 'max', l.time_max),
            'offset', json_build_object('avg', l.avg, 'median', l.median, 'min', l.min, 'max', l.max)),
        'throughput', json_build_object(
            'ingestedPerSecond', round(coalesce(t.pushed, 0) / 300, 3), 'processedPerSecond', round(coalesce(t.consumed, 0) / 300, 3)),
        'statsAge', 0, 'timestamp', hydrogen_queue.utc(clock_timestamp()))
    FROM (
        SELECT count(*) AS queues, count(DISTINCT namespace) FILTER (WHERE namespace <> '') AS namespaces,
               count(DISTINCT task) FILTER (WHERE task <> '') AS tasks
        FROM hydrogen_queue.queues
    ) AS q, (
        SELECT count(*) AS partitions, sum(total) AS total, sum(pending) AS pending, sum(processing) AS processing,
               sum(completed) AS completed, sum(failed) AS failed, sum(dead_letter) AS dead_letter
        FROM hydrogen_queue.partition_counts
    ) AS c, (
        SELECT coalesce(round(avg(p.behind), 2), 0) AS avg, coalesce(min(p.behind), 0) AS min, coalesce(max(p.behind), 0) AS max,
               coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY p.behind), 0) AS median,
               coalesce(round(avg(p.seconds), 3), 0) AS time_avg, coalesce(round(min(p.seconds), 3), 0) AS time_min,
               coalesce(round(max(p.seconds), 3), 0) AS time_max,
               coalesce(round((percentile_cont(0.5) WITHIN GROUP (ORDER BY p.seconds))::numeric, 3), 0) AS time_median
        FROM (
            SELECT g.behind, extract(epoch FROM clock_timestamp() - g.waiting_since) AS seconds
            FROM hydrogen_queue.group_places AS g WHERE g.behind > 0
        ) AS p
    ) AS l, (
        SELECT sum(d.pushed) AS pushed, sum(d.consumed) AS consumed
        FROM hydrogen_queue.samples_between(clock_timestamp() - interval '5 minutes', clock_timestamp()) AS d
    ) AS t
$$;

-- Deletes the messages of a queue, or of one of its partitions; queue, partitions and cursors stay.
CREATE OR REPLACE FUNCTION hydrogen_queue.report_clear_queue(r json) RETURNS TABLE (j json) LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint[];
    gone bigint;
BEGIN
    -- Who pushes now comes before, and its messages go too, or after.
    SELECT array_agg(p.number) INTO wanted FROM (
        SELECT p.number FROM hydrogen_queue.partitions AS p
        JOIN hydrogen_queue.queues AS q ON q.number = p.queue
        WHERE q.name = r ->> 'queue' AND (r ->> 'partition' IS NULL OR p.name = r ->> 'partition')
        ORDER BY p.number FOR NO KEY UPDATE OF p
    ) AS p;
    IF wanted IS NULL AND (
        r ->> 'partition' IS NOT NULL OR NOT EXISTS (SELECT FROM hydrogen_queue.queues AS q WHERE q.name = r ->> 'queue')) THEN
        RETURN;
    END IF;
    PERFORM FROM hydrogen_queue.cursors AS c WHERE c.partition = ANY (wanted)
    ORDER BY c.partition, c.consumer_group FOR UPDATE;
    DELETE FROM hydrogen_queue.messages AS m WHERE m.partition = ANY (wanted);
    GET DIAGNOSTICS gone = ROW_COUNT;
    DELETE FROM hydrogen_queue.dead_letters AS d WHERE d.partition = ANY (wanted);
    UPDATE hydrogen_queue.cursors AS c SET
        sequence = p.last_sequence, lease_id = NULL, lease_expires_at = NULL, retries = 0, not_before = NULL
    FROM hydrogen_queue.partitions AS p WHERE p.number = c.partition AND c.partition = ANY (wanted);
    j := json_build_object(
        'cleared', true, 'queue', r ->> 'queue', 'partition', r ->> 'partition', 'deletedMessages', gone);
    RETURN NEXT;
END $$;
