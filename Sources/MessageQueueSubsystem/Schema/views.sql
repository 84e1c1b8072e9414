-- What the reports of the message queue share: counts by arithmetic of partitions, places of groups, times, shapes.
--
-- Statuses are derived, of the group that is furthest behind: a message is done when every group of its partition is past it,
-- in work while a group holds it under a lease, a dead letter when one has set it aside, else it waits.
--
-- The messages of a partition are those from its first number to its last, without the gaps between. A number below
-- 1 has what one has set aside: no cursor ever meets it.

-- The members of two objects, which both have some, as one object; texts and numbers stay as they are.
CREATE OR REPLACE FUNCTION hydrogen_queue.merged(one json, other json) RETURNS json LANGUAGE sql IMMUTABLE AS $$
    SELECT (left(one::text, -1) || ',' || substr(other::text, 2))::json
$$;

CREATE OR REPLACE FUNCTION hydrogen_queue.pagination(r json) RETURNS json LANGUAGE sql IMMUTABLE AS $$
    SELECT json_build_object('limit', (r ->> 'limit')::bigint, 'offset', (r ->> 'offset')::bigint)
$$;

CREATE OR REPLACE VIEW hydrogen_queue.partition_counts AS
SELECT n.partition, n.queue, n.floor, n.done,
       n.last_sequence - n.floor - n.gaps_behind - n.gaps_ahead + n.aside AS total,
       greatest(n.last_sequence - n.done - n.processing - n.dead_ahead - n.gaps_ahead, 0) AS pending,
       n.processing,
       greatest(n.done - n.floor - n.dead_behind - n.gaps_behind, 0) AS completed,
       n.failed,
       n.dead_behind + n.dead_ahead + n.aside AS dead_letter, n.dead_ahead
FROM (
    SELECT p.number AS partition, p.queue, p.last_sequence, f.floor, g.done, g.failed, a.aside, d.dead_behind, d.dead_ahead,
           w.gaps_behind, w.gaps_ahead,
           CASE WHEN g.lease_end IS NULL THEN 0
                ELSE greatest(least(g.lease_end, p.last_sequence) - greatest(g.lease_start, f.floor) - w.gaps_leased, 0)
           END AS processing
    FROM hydrogen_queue.partitions AS p
    CROSS JOIN LATERAL (
        SELECT coalesce((
            SELECT m.sequence - 1 FROM hydrogen_queue.messages AS m WHERE m.partition = p.number AND m.sequence > 0
            ORDER BY m.sequence LIMIT 1), p.last_sequence) AS floor
    ) AS f
    CROSS JOIN LATERAL (
        SELECT greatest(min(c.sequence), f.floor) AS done,
               min(c.sequence) FILTER (WHERE c.lease_expires_at > clock_timestamp()) AS lease_start,
               max(c.lease_sequence) FILTER (WHERE c.lease_expires_at > clock_timestamp()) AS lease_end,
               count(*) FILTER (WHERE c.retries > 0) AS failed
        FROM hydrogen_queue.cursors AS c WHERE c.partition = p.number
    ) AS g
    CROSS JOIN LATERAL (
        SELECT count(*) AS aside FROM hydrogen_queue.messages AS m WHERE m.partition = p.number AND m.sequence < 1
    ) AS a
    CROSS JOIN LATERAL (
        SELECT count(DISTINCT d.sequence) FILTER (WHERE d.sequence <= g.done) AS dead_behind,
               count(DISTINCT d.sequence) FILTER (WHERE d.sequence > g.done) AS dead_ahead
        FROM hydrogen_queue.dead_letters AS d WHERE d.partition = p.number AND d.sequence > greatest(f.floor, 0)
    ) AS d
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(greatest(least(w.last, g.done) - greatest(w.first - 1, f.floor), 0)), 0) AS gaps_behind,
               coalesce(sum(greatest(w.last - greatest(w.first - 1, g.done), 0)), 0) AS gaps_ahead,
               coalesce(sum(greatest(least(w.last, g.lease_end) - greatest(w.first - 1, g.lease_start, f.floor), 0)), 0) AS gaps_leased
        FROM hydrogen_queue.gaps AS w WHERE w.partition = p.number AND w.last > f.floor
    ) AS w
) AS n;

-- Six counts, as answers have them.
CREATE OR REPLACE FUNCTION hydrogen_queue.tally(
    total numeric, pending numeric, processing numeric, completed numeric, failed numeric, dead_letter numeric
) RETURNS json LANGUAGE sql IMMUTABLE AS $$
    SELECT json_build_object(
        'total', coalesce(total, 0), 'pending', coalesce(pending, 0), 'processing', coalesce(processing, 0),
        'completed', coalesce(completed, 0), 'failed', coalesce(failed, 0), 'deadLetter', coalesce(dead_letter, 0))
$$;

-- The same of a queue, with the number of its partitions.
CREATE OR REPLACE FUNCTION hydrogen_queue.queue_counts(the_queue bigint)
RETURNS TABLE (
    partitions bigint, total numeric, pending numeric, processing numeric, completed numeric, failed numeric, dead_letter numeric
) LANGUAGE sql STABLE AS $$
    SELECT count(*), coalesce(sum(c.total), 0), coalesce(sum(c.pending), 0), coalesce(sum(c.processing), 0),
           coalesce(sum(c.completed), 0), coalesce(sum(c.failed), 0), coalesce(sum(c.dead_letter), 0)
    FROM hydrogen_queue.partition_counts AS c WHERE c.queue = the_queue
$$;

-- Where each group is in each partition of the queues that it has been in, or has a subscription of. Where it has not been yet,
-- it is at the beginning, or, when all there is older than its subscription, at the end.
CREATE OR REPLACE VIEW hydrogen_queue.group_places AS
SELECT n.*, greatest(n.last_sequence - n.place - g.gaps, 0) AS behind, w.created_at AS waiting_since
FROM (
    SELECT k.consumer_group, q.number AS queue, q.name AS queue_name, p.number AS partition, p.id AS partition_id,
           p.name AS partition_name, p.last_sequence, c.consumed_at, c.claimed_at, coalesce(c.consumed, 0) AS consumed,
           coalesce(c.lease_expires_at > clock_timestamp(), false) AS is_leased,
           greatest(coalesce(c.sequence, CASE WHEN p.last_push_at < s.starts_at THEN p.last_sequence ELSE 0 END), f.floor) AS place
    FROM (
        SELECT c.consumer_group, p.queue FROM hydrogen_queue.cursors AS c
        JOIN hydrogen_queue.partitions AS p ON p.number = c.partition
        UNION
        SELECT s.consumer_group, q.number FROM hydrogen_queue.subscriptions AS s
        JOIN hydrogen_queue.queues AS q ON q.name = s.queue
    ) AS k
    JOIN hydrogen_queue.queues AS q ON q.number = k.queue
    JOIN hydrogen_queue.partitions AS p ON p.queue = q.number
    LEFT JOIN hydrogen_queue.cursors AS c ON c.partition = p.number AND c.consumer_group = k.consumer_group
    LEFT JOIN hydrogen_queue.subscriptions AS s ON s.consumer_group = k.consumer_group AND s.queue = q.name
    CROSS JOIN LATERAL (
        SELECT coalesce((
            SELECT m.sequence - 1 FROM hydrogen_queue.messages AS m WHERE m.partition = p.number AND m.sequence > 0
            ORDER BY m.sequence LIMIT 1), p.last_sequence) AS floor
    ) AS f
) AS n
CROSS JOIN LATERAL (
    SELECT coalesce(sum(g.last - greatest(g.first - 1, n.place)), 0) AS gaps
    FROM hydrogen_queue.gaps AS g WHERE g.partition = n.partition AND g.last > n.place
) AS g
LEFT JOIN LATERAL (
    SELECT m.created_at FROM hydrogen_queue.messages AS m
    WHERE n.last_sequence > n.place AND m.partition = n.partition AND m.sequence > n.place
    ORDER BY m.sequence LIMIT 1
) AS w ON true;

-- Where a partition stands before its first message of a moment or later. Messages are in the order of their times.
CREATE OR REPLACE FUNCTION hydrogen_queue.place_before(the_partition bigint, moment timestamptz)
RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    low bigint;
    high bigint;
    middle bigint;
    found_at timestamptz;
BEGIN
    SELECT min(m.sequence) - 1, max(m.sequence) INTO low, high FROM hydrogen_queue.messages AS m
    WHERE m.partition = the_partition AND m.sequence > 0;
    IF low IS NULL THEN
        RETURN (SELECT p.last_sequence FROM hydrogen_queue.partitions AS p WHERE p.number = the_partition);
    END IF;
    -- Whatever is older goes at least to `low` and at most to `high`.
    WHILE low < high LOOP
        middle := (low + high + 1) / 2;
        SELECT m.created_at INTO found_at FROM hydrogen_queue.messages AS m
        WHERE m.partition = the_partition AND m.sequence <= middle AND m.sequence > 0 ORDER BY m.sequence DESC LIMIT 1;
        IF found_at < moment THEN
            low := middle;
        ELSE
            high := middle - 1;
        END IF;
    END LOOP;
    RETURN low;
END $$;

-- Prepares a message for having another place or none. Takes away the leases that it was handed out under: who has it gets the
-- rest of the batch again. The gap that it leaves is noted.
CREATE OR REPLACE FUNCTION hydrogen_queue.take_back(the_partition bigint, the_sequence bigint) RETURNS void LANGUAGE sql AS $$
    UPDATE hydrogen_queue.cursors AS c SET lease_id = NULL, lease_expires_at = NULL
    WHERE c.partition = the_partition AND c.lease_id IS NOT NULL AND c.sequence < the_sequence AND c.lease_sequence >= the_sequence;
    INSERT INTO hydrogen_queue.gaps (partition, first, last) SELECT the_partition, the_sequence, the_sequence WHERE the_sequence > 0;
$$;

-- What is known of a message: its status, and how far groups are.
CREATE OR REPLACE FUNCTION hydrogen_queue.message_state(the_partition bigint, the_sequence bigint)
RETURNS TABLE (
    status text, queue_status text, consumed_by bigint, total_groups bigint, has_queue_mode boolean, lease_expires_at timestamptz
) LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN d.is_dead THEN 'dead_letter' WHEN c.all_groups > 0 AND c.done = c.all_groups THEN 'completed'
                WHEN c.lease_expires_at IS NOT NULL THEN 'processing' ELSE 'pending' END,
           CASE WHEN NOT c.has_queue_mode THEN NULL WHEN d.is_dead THEN 'dead_letter' WHEN c.queue_mode_done THEN 'completed'
                WHEN c.queue_mode_leased THEN 'processing' ELSE 'pending' END,
           c.done - c.queue_mode_done::integer, c.all_groups - c.has_queue_mode::integer, c.has_queue_mode, c.lease_expires_at
    FROM (
        SELECT count(*) AS all_groups, count(*) FILTER (WHERE g.is_done) AS done,
               max(g.lease_expires_at) FILTER (WHERE g.is_leased) AS lease_expires_at,
               coalesce(bool_or(g.is_queue_mode), false) AS has_queue_mode,
               coalesce(bool_or(g.is_queue_mode AND g.is_done), false) AS queue_mode_done,
               coalesce(bool_or(g.is_queue_mode AND g.is_leased), false) AS queue_mode_leased
        FROM (
            SELECT c.lease_expires_at, c.sequence >= the_sequence AS is_done, c.consumer_group = '__QUEUE_MODE__' AS is_queue_mode,
                   c.sequence < the_sequence AND c.lease_sequence >= the_sequence
                       AND c.lease_expires_at > clock_timestamp() AS is_leased
            FROM hydrogen_queue.cursors AS c WHERE c.partition = the_partition
        ) AS g
    ) AS c, (
        SELECT the_sequence < 1 OR EXISTS (
            SELECT FROM hydrogen_queue.dead_letters AS d
            WHERE d.partition = the_partition AND d.sequence = the_sequence) AS is_dead
    ) AS d
$$;
