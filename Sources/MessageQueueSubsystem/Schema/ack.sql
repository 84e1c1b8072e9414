-- Acknowledges messages: of one request each in the order of their places in the partition, whatever the order that they
-- are given in.
--
--   completed, success   the cursor goes to the message, and never back
--   failed               the batch is handed out again after the queue's retryDelay; a message that has failed more often than
--                        retryLimit is set aside as a dead letter, and the cursor goes past it
--   dlq                  set aside at once
--   retry                handed out again at once, without being counted
--
-- Returns one JSON array for each request, in the order of their numbers, with one object for each acknowledgement.
CREATE OR REPLACE FUNCTION hydrogen_queue.ack(
    requests integer[], transactions text[], partitions uuid[], statuses text[], errors text[], groups text[], leases uuid[],
    is_final boolean
) RETURNS TABLE (j json) LANGUAGE plpgsql AS $$
DECLARE
    now_at timestamptz;
    item record;
    held hydrogen_queue.cursors;
    present record;
    is_ended boolean;
    is_done boolean;
    success boolean;
    error text;
    released boolean;
    buried boolean;
    is_final_failure boolean;
    texts text[] := array_fill(NULL::text, ARRAY[cardinality(requests)]);
BEGIN
    -- A message may be acknowledged that was never handed out.
    INSERT INTO hydrogen_queue.cursors (partition, consumer_group)
    SELECT p.number, a.g
    FROM (SELECT DISTINCT u.p, u.g FROM unnest(partitions, groups) AS u (p, g)) AS a
    JOIN hydrogen_queue.partitions AS p ON p.id = a.p
    WHERE NOT EXISTS (
        SELECT FROM hydrogen_queue.cursors AS c WHERE c.partition = p.number AND c.consumer_group = a.g)
    ORDER BY p.number, a.g ON CONFLICT DO NOTHING;

    PERFORM FROM hydrogen_queue.cursors AS c
    JOIN hydrogen_queue.partitions AS p ON p.number = c.partition
    WHERE (p.id, c.consumer_group) IN (SELECT u.p, u.g FROM unnest(partitions, groups) AS u (p, g))
    ORDER BY c.partition, c.consumer_group FOR UPDATE OF c;
    now_at := clock_timestamp();

    FOR item IN
        SELECT a.*, p.number, p.name, q.name AS queue, q.retry_limit, q.retry_delay_ms, m.sequence,
               row_number() OVER (PARTITION BY p.number, a.g, a.r ORDER BY m.sequence, a.n) = 1 AS is_first,
               row_number() OVER (PARTITION BY p.number, a.g, a.r ORDER BY m.sequence DESC, a.n DESC) = 1 AS is_last
        FROM unnest(requests, transactions, partitions, statuses, errors, groups, leases) WITH ORDINALITY
            AS a (r, tx, p, status, error, g, lease, n)
        LEFT JOIN hydrogen_queue.partitions AS p ON p.id = a.p
        LEFT JOIN hydrogen_queue.queues AS q ON q.number = p.queue
        LEFT JOIN hydrogen_queue.messages AS m ON m.partition = p.number AND m.transaction_id = a.tx
        ORDER BY p.number, a.g, a.r, m.sequence, a.n
    LOOP
        success := false;
        error := NULL;
        released := false;
        buried := false;
        is_done := false;
        IF item.is_first AND item.number IS NOT NULL THEN
            SELECT * INTO held FROM hydrogen_queue.cursors AS c
            WHERE c.partition = item.number AND c.consumer_group = item.g;
            -- The lease of this moment counts for the whole request.
            present := held;
            is_ended := false;
        END IF;

        IF item.sequence IS NULL THEN
            error := 'Message not found';
        ELSIF item.status IN ('completed', 'success') AND item.sequence <= held.sequence THEN
            -- It is done, as the caller wishes: the answer to an earlier request was lost, or a later one went before.
            success := true;
            is_done := true;
        ELSIF item.lease IS NOT NULL
            AND (present.lease_id IS DISTINCT FROM item.lease OR present.lease_expires_at <= now_at) THEN
            error := 'Invalid or expired lease';
        ELSIF item.status IN ('completed', 'success') THEN
            success := true;
            IF NOT is_ended THEN
                held.consumed := held.consumed + (item.sequence - held.sequence);
                held.consumed_at := now_at;
                held.sequence := item.sequence;
                IF held.lease_id IS NOT NULL AND held.sequence >= held.lease_sequence THEN
                    released := true;
                END IF;
                held.retries := 0;
            END IF;
        ELSIF item.status = 'retry' THEN
            success := true;
            IF NOT is_ended AND item.sequence > held.sequence THEN
                released := true;
                is_ended := true;
            END IF;
        ELSIF item.status IN ('failed', 'dlq') THEN
            success := true;
            is_final_failure := is_final OR item.status = 'dlq' OR held.retries >= item.retry_limit;
            IF item.sequence <= held.sequence AND NOT is_ended THEN
                -- It is done: nobody gets it again.
                success := false;
                error := 'Message is already committed';
            ELSIF is_ended THEN
                NULL;
            ELSIF is_final_failure THEN
                INSERT INTO hydrogen_queue.dead_letters (partition, consumer_group, sequence, error, retries)
                VALUES (item.number, item.g, item.sequence, coalesce(item.error, 'Retries exhausted'), held.retries)
                ON CONFLICT DO NOTHING;
                buried := true;
                held.consumed := held.consumed + (item.sequence - held.sequence);
                held.consumed_at := now_at;
                held.sequence := item.sequence;
                held.retries := 0;
                released := held.lease_id IS NOT NULL AND held.sequence >= held.lease_sequence;
            ELSE
                held.retries := held.retries + 1;
                held.not_before := now_at + make_interval(secs => item.retry_delay_ms / 1000.0);
                released := held.lease_id IS NOT NULL;
                is_ended := true;
            END IF;
        END IF;
        IF released THEN
            held.lease_id := NULL;
            held.lease_expires_at := NULL;
        END IF;
        IF item.is_last AND item.number IS NOT NULL THEN
            UPDATE hydrogen_queue.cursors AS c SET
                sequence = held.sequence, lease_id = held.lease_id, lease_expires_at = held.lease_expires_at,
                retries = held.retries, not_before = held.not_before, consumed_at = held.consumed_at, consumed = held.consumed
            WHERE c.partition = item.number AND c.consumer_group = item.g
              AND (c.sequence, c.lease_id, c.retries, c.not_before)
                IS DISTINCT FROM (held.sequence, held.lease_id, held.retries, held.not_before);
        END IF;
        texts[item.n] := format(
            '"transactionId":%s,"success":%s,"error":%s,"queueName":%s,"partitionName":%s,"leaseReleased":%s,"dlq":%s%s}',
            to_json(item.tx), success::text, coalesce(to_json(error)::text, 'null'), coalesce(to_json(item.queue)::text, 'null'),
            coalesce(to_json(item.name)::text, 'null'), released::text, buried::text,
            CASE WHEN is_done THEN ',"noop":true' ELSE '' END);
    END LOOP;

    RETURN QUERY
    SELECT ('[' || string_agg(format('{"index":%s,', t.n - t.first) || t.text, ',' ORDER BY t.n) || ']')::json
    FROM (
        SELECT u.r, u.n, min(u.n) OVER (PARTITION BY u.r) AS first, u.text
        FROM unnest(requests, texts) WITH ORDINALITY AS u (r, text, n)
    ) AS t GROUP BY t.r ORDER BY t.r;
END $$;

-- Keeps a lease: no partition that is held under it is given to others before the time that is asked for, or later.
--
-- Returns {"expiresAt":"2026-01-31T12:00:00.000000Z","renewed":1} with the number of partitions; {"expiresAt":null,"renewed":0} for
-- one that is not held.
CREATE OR REPLACE FUNCTION hydrogen_queue.extend(lease uuid, seconds integer) RETURNS TABLE (j json) LANGUAGE sql AS $$
    WITH kept AS (
        UPDATE hydrogen_queue.cursors AS c
        SET lease_expires_at = greatest(c.lease_expires_at, clock_timestamp() + make_interval(secs => seconds))
        WHERE c.lease_id = lease AND c.lease_expires_at > clock_timestamp()
        RETURNING c.lease_expires_at
    )
    SELECT json_build_object(
        'expiresAt', hydrogen_queue.utc(min(lease_expires_at)), 'renewed', count(*))
    FROM kept
$$;
