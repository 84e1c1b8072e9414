-- Reports on consumer groups, and what operators do with their places.

CREATE OR REPLACE FUNCTION hydrogen_queue.report_groups(r json) RETURNS TABLE (j json) LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(json_build_object(
        'name', g.consumer_group, 'queueName', g.queue_name, 'topics', json_build_array(g.queue_name), 'members', g.members,
        'state', CASE WHEN g.oldest IS NULL OR g.oldest > clock_timestamp() - interval '1 minute' THEN 'Stable'
                      WHEN g.last_claim IS NULL OR g.last_claim < clock_timestamp() - interval '1 hour' THEN 'Dead'
                      ELSE 'Lagging' END,
        'maxTimeLag', coalesce(round(extract(epoch FROM clock_timestamp() - g.oldest))::bigint, 0), 'totalLag', g.behind,
        'partitionsWithLag', g.partitions_behind, 'subscriptionMode', coalesce(s.mode, 'all'),
        'subscriptionTimestamp', hydrogen_queue.utc(s.starts_at), 'subscriptionCreatedAt', hydrogen_queue.utc(s.created_at))
        ORDER BY g.consumer_group, g.queue_name), '[]')
    FROM (
        SELECT p.consumer_group, p.queue_name, sum(p.behind) AS behind, count(*) FILTER (WHERE p.is_leased) AS members,
               count(*) FILTER (WHERE p.behind > 0) AS partitions_behind, min(p.waiting_since) AS oldest,
               max(p.claimed_at) AS last_claim
        FROM hydrogen_queue.group_places AS p GROUP BY p.consumer_group, p.queue_name
    ) AS g
    LEFT JOIN hydrogen_queue.subscriptions AS s ON s.consumer_group = g.consumer_group AND s.queue = g.queue_name
$$;

CREATE OR REPLACE FUNCTION hydrogen_queue.report_group(r json) RETURNS TABLE (j json) LANGUAGE sql STABLE AS $$
    SELECT json_object_agg(g.queue_name, json_build_object('partitions', g.partitions) ORDER BY g.queue_name)
    FROM (
        SELECT p.queue_name, json_agg(json_build_object(
            'partition', p.partition_name, 'workerId', NULL, 'lastConsumedAt', hydrogen_queue.utc(p.consumed_at),
            'totalConsumed', p.consumed, 'offsetLag', p.behind,
            'timeLagSeconds', coalesce(round(extract(epoch FROM clock_timestamp() - p.waiting_since))::bigint, 0),
            'leaseActive', p.is_leased) ORDER BY p.partition_name) AS partitions
        FROM hydrogen_queue.group_places AS p WHERE p.consumer_group = r ->> 'group' GROUP BY p.queue_name
    ) AS g HAVING count(*) > 0
$$;

CREATE OR REPLACE FUNCTION hydrogen_queue.report_lagging_groups(r json) RETURNS TABLE (j json) LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(json_build_object(
        'consumer_group', p.consumer_group, 'queue_name', p.queue_name, 'partition_name', p.partition_name,
        'partition_id', p.partition_id, 'worker_id', NULL, 'offset_lag', p.behind, 'time_lag_seconds', round(p.seconds)::bigint,
        'lag_hours', round(p.seconds / 3600, 2), 'oldest_unconsumed_at', hydrogen_queue.utc(p.waiting_since),
        'last_consumed_at', hydrogen_queue.utc(p.consumed_at)) ORDER BY p.waiting_since, p.consumer_group), '[]')
    FROM (
        SELECT g.*, extract(epoch FROM clock_timestamp() - g.waiting_since)::numeric AS seconds
        FROM hydrogen_queue.group_places AS g
    ) AS p WHERE p.seconds >= (r ->> 'minLagSeconds')::bigint
$$;

-- Forgets where a group is, in one queue or all: its next pop begins as that of a new group.
CREATE OR REPLACE FUNCTION hydrogen_queue.report_delete_group(r json) RETURNS TABLE (j json) LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint[];
    forgotten bigint;
    subscriptions bigint := 0;
BEGIN
    IF r ->> 'queue' IS NOT NULL AND NOT EXISTS (SELECT FROM hydrogen_queue.queues AS q WHERE q.name = r ->> 'queue') THEN
        RETURN;
    END IF;
    SELECT array_agg(c.partition) INTO wanted FROM (
        SELECT c.partition FROM hydrogen_queue.cursors AS c
        JOIN hydrogen_queue.partitions AS p ON p.number = c.partition
        JOIN hydrogen_queue.queues AS q ON q.number = p.queue
        WHERE c.consumer_group = r ->> 'group' AND (r ->> 'queue' IS NULL OR q.name = r ->> 'queue')
        ORDER BY c.partition FOR UPDATE OF c
    ) AS c;
    DELETE FROM hydrogen_queue.cursors AS c WHERE c.consumer_group = r ->> 'group' AND c.partition = ANY (wanted);
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    IF (r ->> 'deleteMetadata')::boolean THEN
        DELETE FROM hydrogen_queue.subscriptions AS s
        WHERE s.consumer_group = r ->> 'group' AND (r ->> 'queue' IS NULL OR s.queue = r ->> 'queue');
        GET DIAGNOSTICS subscriptions = ROW_COUNT;
    END IF;
    j := json_build_object(
        'success', true, 'consumerGroup', r ->> 'group', 'deletedPartitions', forgotten, 'metadataDeleted', subscriptions > 0);
    IF r ->> 'queue' IS NOT NULL THEN
        j := hydrogen_queue.merged(j, json_build_object('queueName', r ->> 'queue'));
    END IF;
    RETURN NEXT;
END $$;

-- Moves the moment that a group begins at, in partitions that it has not been in yet.
CREATE OR REPLACE FUNCTION hydrogen_queue.report_move_subscription(r json) RETURNS TABLE (j json) LANGUAGE plpgsql AS $$
DECLARE
    moved bigint;
BEGIN
    UPDATE hydrogen_queue.subscriptions AS s SET mode = 'timestamp', starts_at = (r ->> 'subscriptionTimestamp')::timestamptz
    WHERE s.consumer_group = r ->> 'group';
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved > 0 THEN
        j := json_build_object(
            'success', true, 'consumerGroup', r ->> 'group',
            'newTimestamp', hydrogen_queue.utc((r ->> 'subscriptionTimestamp')::timestamptz), 'rowsUpdated', moved);
        RETURN NEXT;
    END IF;
END $$;

-- Puts a group before the first message of a moment or later, or at the end, and ends its leases. Nothing else moves a cursor back.
CREATE OR REPLACE FUNCTION hydrogen_queue.seek(the_group text, wanted bigint[], moment timestamptz)
RETURNS TABLE (partition bigint, place bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO hydrogen_queue.cursors (partition, consumer_group)
    SELECT w.number, the_group FROM unnest(wanted) AS w (number) ORDER BY w.number ON CONFLICT DO NOTHING;
    PERFORM FROM hydrogen_queue.cursors AS c WHERE c.consumer_group = the_group AND c.partition = ANY (wanted)
    ORDER BY c.partition FOR UPDATE;
    RETURN QUERY
    UPDATE hydrogen_queue.cursors AS c SET
        sequence = CASE WHEN moment IS NULL THEN p.last_sequence ELSE hydrogen_queue.place_before(p.number, moment) END,
        lease_id = NULL, lease_expires_at = NULL, lease_sequence = 0, retries = 0, not_before = NULL
    FROM hydrogen_queue.partitions AS p
    WHERE p.number = c.partition AND c.consumer_group = the_group AND c.partition = ANY (wanted)
    RETURNING c.partition, c.sequence;
END $$;

CREATE OR REPLACE FUNCTION hydrogen_queue.report_seek_queue(r json) RETURNS TABLE (j json) LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint[];
    moment timestamptz := CASE WHEN (r ->> 'toEnd')::boolean THEN NULL ELSE (r ->> 'timestamp')::timestamptz END;
    moved bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM hydrogen_queue.queues AS q WHERE q.name = r ->> 'queue') THEN
        RETURN;
    END IF;
    SELECT coalesce(array_agg(p.number), '{}') INTO wanted
    FROM hydrogen_queue.partitions AS p JOIN hydrogen_queue.queues AS q ON q.number = p.queue WHERE q.name = r ->> 'queue';
    SELECT count(*) INTO moved FROM hydrogen_queue.seek(r ->> 'group', wanted, moment);
    j := json_build_object(
        'success', true, 'consumerGroup', r ->> 'group', 'queueName', r ->> 'queue', 'partitionsUpdated', moved,
        'seekToEnd', moment IS NULL, 'targetTimestamp', hydrogen_queue.utc(moment));
    RETURN NEXT;
END $$;

CREATE OR REPLACE FUNCTION hydrogen_queue.report_seek_partition(r json) RETURNS TABLE (j json) LANGUAGE plpgsql AS $$
DECLARE
    moment timestamptz := CASE WHEN (r ->> 'toEnd')::boolean THEN NULL ELSE (r ->> 'timestamp')::timestamptz END;
BEGIN
    RETURN QUERY
    SELECT json_build_object(
        'success', true, 'consumerGroup', r ->> 'group', 'queueName', r ->> 'queue', 'partitionName', r ->> 'partition',
        'seekToEnd', moment IS NULL, 'targetTimestamp', hydrogen_queue.utc(moment), 'cursorMovedTo', s.place, 'updated', true)
    FROM hydrogen_queue.queues AS q
    JOIN hydrogen_queue.partitions AS p ON p.queue = q.number
    CROSS JOIN LATERAL hydrogen_queue.seek(r ->> 'group', ARRAY[p.number], moment) AS s
    WHERE q.name = r ->> 'queue' AND p.name = r ->> 'partition';
END $$;

-- Counts are counted when they are asked for: there is nothing to renew.
CREATE OR REPLACE FUNCTION hydrogen_queue.report_refresh(r json) RETURNS TABLE (j json) LANGUAGE sql STABLE AS $$
    SELECT json_build_object('success', true, 'message', 'Counts are always fresh', 'statsAge', 0,
                             'timestamp', hydrogen_queue.utc(clock_timestamp()))
$$;
