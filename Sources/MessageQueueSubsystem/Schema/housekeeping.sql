-- Removes messages that are too old, by the options of their queues; one server at a time, some at a time.
--
-- In a partition, what was committed later is younger, so that what is too old stands together: before a boundary that is found
-- from the oldest message on. Cursors that stood before it move to it: there is nothing left for them.
--
--   expired    nobody may have it any more: it is older than `ttl`
--   retained   it is older than `retentionSeconds`, done or not; only where retention is enabled
--   completed  every group has done it, and it is older than `completedRetentionSeconds`; only where retention is enabled
--   evicted    some group has not done it, and it is older than `maxWaitTimeSeconds`
--
-- Returns {"elected":false} while another server does it, else what was removed, and whether there may be more:
-- {"elected":true,"expired":0,"retained":0,"completed":0,"evicted":0,"partitions":0,"more":false}.
CREATE OR REPLACE FUNCTION hydrogen_queue.keep_house(what text, most integer, empty_days integer)
RETURNS TABLE (j json) LANGUAGE plpgsql AS $$
DECLARE
    now_at timestamptz := clock_timestamp();
    candidate record;
    reason text;
    seconds integer;
    first_at bigint;
    last_at bigint;
    gone bigint;
    removed bigint := 0;
    counts jsonb := '{"expired":0,"retained":0,"completed":0,"evicted":0,"partitions":0}';
    more boolean := false;
BEGIN
    -- Ends with the transaction. The number is "HQ" and the job.
    IF NOT pg_try_advisory_xact_lock(18513, CASE what WHEN 'retention' THEN 1 ELSE 2 END) THEN
        j := '{"elected":false}';
        RETURN NEXT;
        RETURN;
    END IF;

    FOR candidate IN
        WITH member AS MATERIALIZED (
            SELECT DISTINCT n.queue, o.consumer_group
            FROM hydrogen_queue.partitions AS n JOIN hydrogen_queue.cursors AS o ON o.partition = n.number
            UNION SELECT n.number, s.consumer_group
            FROM hydrogen_queue.subscriptions AS s JOIN hydrogen_queue.queues AS n ON n.name = s.queue
        )
        SELECT p.number, q.ttl_seconds, q.retention_seconds, q.completed_retention_seconds, q.max_wait_seconds,
               q.retention_enabled, done.sequence AS done, oldest.created_at AS oldest_at
        FROM hydrogen_queue.queues AS q
        JOIN hydrogen_queue.partitions AS p ON p.queue = q.number
        -- What every group of the queue has done; one that has not been in this partition has done nothing there.
        LEFT JOIN LATERAL (
            SELECT min(coalesce(c.sequence, 0)) AS sequence
            FROM member AS g
            LEFT JOIN hydrogen_queue.cursors AS c ON c.partition = p.number AND c.consumer_group = g.consumer_group
            WHERE g.queue = q.number
        ) AS done ON true
        CROSS JOIN LATERAL (
            SELECT m.created_at FROM hydrogen_queue.messages AS m
            WHERE m.partition = p.number AND m.sequence > 0 ORDER BY m.sequence LIMIT 1
        ) AS oldest
        WHERE CASE what
            WHEN 'retention' THEN q.ttl_seconds > 0
                OR q.retention_enabled AND (q.retention_seconds > 0 OR q.completed_retention_seconds > 0)
            ELSE q.max_wait_seconds > 0 END
        ORDER BY p.number
    LOOP
        FOREACH reason IN ARRAY CASE what WHEN 'retention' THEN ARRAY['expired', 'retained', 'completed'] ELSE ARRAY['evicted'] END LOOP
            seconds := CASE reason
                WHEN 'expired' THEN candidate.ttl_seconds
                WHEN 'evicted' THEN candidate.max_wait_seconds
                WHEN 'retained' THEN CASE WHEN candidate.retention_enabled THEN candidate.retention_seconds ELSE 0 END
                ELSE CASE WHEN candidate.retention_enabled THEN candidate.completed_retention_seconds ELSE 0 END END;
            CONTINUE WHEN seconds = 0 OR candidate.oldest_at > now_at - make_interval(secs => seconds);
            first_at := CASE reason WHEN 'evicted' THEN coalesce(candidate.done, 0) ELSE 0 END;
            SELECT max(h.sequence) INTO last_at FROM (
                SELECT m.sequence, m.created_at FROM hydrogen_queue.messages AS m
                WHERE m.partition = candidate.number AND m.sequence > first_at
                  AND (reason <> 'completed' OR m.sequence <= candidate.done)
                ORDER BY m.sequence LIMIT most
            ) AS h WHERE h.created_at <= now_at - make_interval(secs => seconds);
            CONTINUE WHEN last_at IS NULL;

            -- In the order in which acknowledgements take them.
            PERFORM FROM hydrogen_queue.cursors AS c
            WHERE c.partition = candidate.number AND c.sequence < last_at ORDER BY c.consumer_group FOR UPDATE;
            -- A lease on nothing but what goes ends with it.
            UPDATE hydrogen_queue.cursors AS c SET
                sequence = last_at,
                lease_id = CASE WHEN c.lease_sequence > last_at THEN c.lease_id END,
                lease_expires_at = CASE WHEN c.lease_sequence > last_at THEN c.lease_expires_at END
            WHERE c.partition = candidate.number AND c.sequence < last_at;
            DELETE FROM hydrogen_queue.dead_letters AS d
            WHERE d.partition = candidate.number AND d.sequence > first_at AND d.sequence <= last_at;
            DELETE FROM hydrogen_queue.messages AS m
            WHERE m.partition = candidate.number AND m.sequence > first_at AND m.sequence <= last_at;
            GET DIAGNOSTICS gone = ROW_COUNT;
            IF first_at > 0 THEN
                -- What is done stays before it: one gap with those that it meets.
                WITH met AS (
                    DELETE FROM hydrogen_queue.gaps AS g
                    WHERE g.partition = candidate.number AND g.first <= last_at + 1 AND g.last >= first_at RETURNING g.first, g.last
                )
                INSERT INTO hydrogen_queue.gaps (partition, first, last)
                SELECT candidate.number, least(min(met.first), first_at + 1), greatest(max(met.last), last_at) FROM met;
            END IF;
            counts := jsonb_set(counts, ARRAY[reason], to_jsonb((counts ->> reason)::bigint + gone));
            more := more OR gone >= most;
            removed := removed + gone;
        END LOOP;
        -- The rest is for another statement: nobody is to wait long for a cursor.
        IF removed >= 10 * most THEN
            more := true;
            EXIT;
        END IF;
    END LOOP;

    IF what = 'retention' THEN
        -- What operators have set aside lies before its log, each as a dead letter.
        DELETE FROM hydrogen_queue.messages AS m
        USING hydrogen_queue.dead_letters AS d
        JOIN hydrogen_queue.partitions AS p ON p.number = d.partition
        JOIN hydrogen_queue.queues AS q ON q.number = p.queue
        WHERE d.sequence < 1 AND m.partition = d.partition AND m.sequence = d.sequence
          AND q.retention_enabled AND q.retention_seconds > 0
          AND m.created_at <= now_at - make_interval(secs => q.retention_seconds);
        GET DIAGNOSTICS gone = ROW_COUNT;
        counts := jsonb_set(counts, '{retained}', to_jsonb((counts ->> 'retained')::bigint + gone));

        DELETE FROM hydrogen_queue.gaps AS g WHERE NOT EXISTS (
            SELECT FROM hydrogen_queue.messages AS m
            WHERE m.partition = g.partition AND m.sequence > 0 AND m.sequence < g.first);

        -- Whoever pushes into one holds it, and it is not empty any more afterwards.
        DELETE FROM hydrogen_queue.partitions AS p
        WHERE coalesce(p.last_push_at, p.created_at) < now_at - make_interval(days => empty_days)
          AND NOT EXISTS (SELECT FROM hydrogen_queue.messages AS m WHERE m.partition = p.number)
          AND NOT EXISTS (
            SELECT FROM hydrogen_queue.cursors AS c
            WHERE c.partition = p.number AND c.claimed_at >= now_at - make_interval(days => empty_days));
        GET DIAGNOSTICS gone = ROW_COUNT;
        counts := jsonb_set(counts, '{partitions}', to_jsonb(gone));
    END IF;
    j := counts || jsonb_build_object('elected', true, 'more', more);
    RETURN NEXT;
END $$;

-- Servers that use the queue, each seen a moment ago.
CREATE TABLE hydrogen_queue.servers (
    id      uuid PRIMARY KEY,
    seen_at timestamptz NOT NULL
);

-- Says that a server is there. Returns how many others are.
CREATE OR REPLACE FUNCTION hydrogen_queue.present(server uuid) RETURNS TABLE (j json) LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hydrogen_queue.servers AS s (id, seen_at) VALUES (server, clock_timestamp())
    ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at;
    DELETE FROM hydrogen_queue.servers AS s WHERE s.seen_at < clock_timestamp() - interval '1 minute';
    RETURN QUERY SELECT to_json(count(*)) FROM hydrogen_queue.servers AS s WHERE s.id <> server;
END $$;

-- Says that a server is gone.
CREATE OR REPLACE FUNCTION hydrogen_queue.absent(server uuid) RETURNS TABLE (j json) LANGUAGE sql AS $$
    DELETE FROM hydrogen_queue.servers AS s WHERE s.id = server RETURNING 'true'::json
$$;

-- How much the queues hold that the group furthest behind has not done, and how many dead letters: the fullest first.
CREATE OR REPLACE FUNCTION hydrogen_queue.depths(most integer) RETURNS TABLE (j json) LANGUAGE sql STABLE AS $$
    SELECT json_build_object('queue', d.name, 'pending', d.pending, 'dead', d.dead)
    FROM (
        SELECT q.name, coalesce(sum(p.last_sequence - greatest(behind.sequence, coalesce(oldest.sequence - 1, p.last_sequence))), 0)::bigint
                AS pending,
               (SELECT count(*) FROM hydrogen_queue.dead_letters AS l
                JOIN hydrogen_queue.partitions AS o ON o.number = l.partition WHERE o.queue = q.number) AS dead
        FROM hydrogen_queue.queues AS q
        LEFT JOIN hydrogen_queue.partitions AS p ON p.queue = q.number
        LEFT JOIN LATERAL (
            SELECT min(c.sequence) AS sequence FROM hydrogen_queue.cursors AS c WHERE c.partition = p.number
        ) AS behind ON true
        LEFT JOIN LATERAL (
            SELECT m.sequence FROM hydrogen_queue.messages AS m WHERE m.partition = p.number AND m.sequence > 0
            ORDER BY m.sequence LIMIT 1
        ) AS oldest ON true
        GROUP BY q.number, q.name
    ) AS d ORDER BY d.pending DESC, d.name LIMIT most
$$;
