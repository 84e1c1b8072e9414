-- Hands out the next messages to one consumer, of one queue, or of all queues of a namespace or task.
--
-- A partition that somebody else is claiming is passed over, never waited for; the one that was served longest ago comes
-- first, and queues of higher priority before all others. Of a group that has not been in a partition before, the
-- subscription says where it begins.
--
-- One answer has no more than 4 MiB of payloads and the one that goes past them, so that it stays within what a result may have.
--
-- Returns {"success":true, ..., "messages":[...]}, or {"empty":"why"}. Its last member is "encrypted":true when a payload has to be
-- decrypted.
CREATE OR REPLACE FUNCTION hydrogen_queue.pop_one(
    the_queue text, the_partition text, the_namespace text, the_task text, the_group text, most integer, most_partitions integer,
    takes_all boolean, mode text, starting timestamptz, lease uuid
) RETURNS text LANGUAGE plpgsql
-- A partition is read in the order of its numbers, from the cursor on and no further than it has to: also where nobody has counted
-- its messages yet, and a plan that reads all of them looks as cheap.
SET enable_bitmapscan = off SET enable_seqscan = off SET enable_sort = off SET jit = off
AS $$
DECLARE
    now_at timestamptz := clock_timestamp();
    start_at timestamptz;
    candidate record;
    held hydrogen_queue.cursors;
    got record;
    messages text := '';
    head text;
    has_secrets boolean := false;
    claimed integer := 0;
    left_over integer := most;
    why text := CASE WHEN the_partition IS NULL THEN 'no_available_partition' ELSE 'partition_not_found' END;
BEGIN
    -- Also where there is nothing yet: what is pushed from now on is news to the group.
    IF the_group <> '__QUEUE_MODE__' AND the_queue IS NOT NULL AND (starting IS NOT NULL OR mode = 'new') THEN
        INSERT INTO hydrogen_queue.subscriptions (consumer_group, queue, mode, starts_at)
        SELECT the_group, the_queue, CASE WHEN starting IS NULL THEN 'new' ELSE 'timestamp' END, coalesce(starting, now_at)
        WHERE NOT EXISTS (
            SELECT FROM hydrogen_queue.subscriptions AS s WHERE s.consumer_group = the_group AND s.queue = the_queue)
        ON CONFLICT DO NOTHING;
    END IF;

    FOR candidate IN
        SELECT p.number, p.id, p.name, p.last_sequence, p.last_push_at, q.name AS queue, q.lease_seconds, q.delay_seconds,
               q.window_seconds, q.ttl_seconds, q.priority, c.partition IS NULL AS is_new,
               coalesce(c.lease_expires_at > now_at, false) AS is_leased
        FROM hydrogen_queue.queues AS q
        JOIN hydrogen_queue.partitions AS p ON p.queue = q.number
        LEFT JOIN hydrogen_queue.cursors AS c ON c.partition = p.number AND c.consumer_group = the_group
        WHERE (the_queue IS NULL OR q.name = the_queue) AND (the_namespace IS NULL OR q.namespace = the_namespace)
          AND (the_task IS NULL OR q.task = the_task) AND (the_partition IS NULL OR p.name = the_partition)
          AND p.last_sequence > coalesce(c.sequence, 0)
          AND (c.not_before IS NULL OR c.not_before <= now_at)
          AND (the_partition IS NOT NULL OR c.lease_expires_at IS NULL OR c.lease_expires_at <= now_at)
        ORDER BY q.priority DESC, c.claimed_at NULLS FIRST, p.number
    LOOP
        IF candidate.is_leased THEN
            why := 'lease_held';
            CONTINUE;
        END IF;
        IF candidate.window_seconds > 0
            AND candidate.last_push_at > now_at - make_interval(secs => candidate.window_seconds) THEN
            why := 'window_buffer';
            CONTINUE;
        END IF;
        IF candidate.is_new THEN
            SELECT s.starts_at INTO start_at FROM hydrogen_queue.subscriptions AS s
            WHERE s.consumer_group = the_group AND s.queue = candidate.queue;
            INSERT INTO hydrogen_queue.cursors (partition, consumer_group, sequence)
            SELECT candidate.number, the_group, CASE WHEN start_at IS NULL THEN 0 ELSE 
                hydrogen_queue.place_before(candidate.number, start_at) END
            ON CONFLICT DO NOTHING;
        END IF;
        SELECT * INTO held FROM hydrogen_queue.cursors AS c
        WHERE c.partition = candidate.number AND c.consumer_group = the_group
          AND (c.lease_expires_at IS NULL OR c.lease_expires_at <= now_at) AND (c.not_before IS NULL OR c.not_before <= now_at)
        FOR UPDATE SKIP LOCKED;
        IF NOT FOUND THEN
            why := CASE WHEN the_partition IS NULL THEN why ELSE 'lease_held' END;
            CONTINUE;
        END IF;

        head := format(
            ',"partitionId":"%s","partition":%s,"leaseId":"%s","consumerGroup":%s,"queue":%s,"retryCount":%s,"priority":%s}',
            candidate.id, to_json(candidate.name), CASE WHEN takes_all THEN '' ELSE lease::text END,
            CASE WHEN the_group = '__QUEUE_MODE__' THEN 'null' ELSE to_json(the_group)::text END, to_json(candidate.queue),
            held.retries, candidate.priority);
        SELECT count(*) AS count, max(m.sequence) AS last, bool_or(m.is_encrypted) AS secret, string_agg(format(
            '{"id":"%s","transactionId":%s,"traceId":%s,"data":%s,"producerSub":%s,"createdAt":"%s"', m.id,
            to_json(m.transaction_id), coalesce('"' || m.trace_id || '"', 'null'), m.payload,
            coalesce(to_json(m.producer)::text, 'null'),
            hydrogen_queue.utc(m.created_at))
            || CASE WHEN m.is_encrypted THEN ',"isEncrypted":true' ELSE '' END || head, ',' ORDER BY m.sequence) AS texts
        INTO got
        FROM (
            SELECT n.* FROM (
                SELECT m.*, sum(octet_length(m.payload)) OVER (ORDER BY m.sequence) - octet_length(m.payload) AS before
                FROM hydrogen_queue.messages AS m
                WHERE m.partition = candidate.number AND m.sequence > held.sequence
                  AND (candidate.ttl_seconds = 0 OR m.created_at > now_at - make_interval(secs => candidate.ttl_seconds))
                ORDER BY m.sequence LIMIT left_over
            ) AS n WHERE n.before < 4194304
              AND (candidate.delay_seconds = 0 OR n.created_at <= now_at - make_interval(secs => candidate.delay_seconds))
        ) AS m;
        IF got.count = 0 THEN
            -- What is left there is gone or too old: it is not looked for again. All up to that number was committed before.
            IF candidate.delay_seconds = 0 THEN
                UPDATE hydrogen_queue.cursors AS c SET sequence = greatest(c.sequence, candidate.last_sequence)
                WHERE c.partition = candidate.number AND c.consumer_group = the_group;
            END IF;
            CONTINUE;
        END IF;

        UPDATE hydrogen_queue.cursors AS c SET
            sequence = CASE WHEN takes_all THEN got.last ELSE c.sequence END,
            consumed = c.consumed + CASE WHEN takes_all THEN got.count ELSE 0 END,
            consumed_at = CASE WHEN takes_all THEN now_at ELSE c.consumed_at END,
            batches = c.batches + 1,
            claimed_at = now_at,
            not_before = NULL,
            lease_sequence = got.last,
            lease_id = CASE WHEN takes_all THEN NULL ELSE lease END,
            lease_expires_at = CASE WHEN takes_all THEN NULL
                ELSE now_at + make_interval(secs => CASE candidate.lease_seconds WHEN 0 THEN 60 ELSE candidate.lease_seconds END)
            END
        WHERE c.partition = candidate.number AND c.consumer_group = the_group;
        IF claimed = 0 THEN
            head := format(
                '{"success":true,"queue":%s,"partition":%s,"partitionId":"%s","leaseId":"%s","consumerGroup":%s', to_json(candidate.queue),
                to_json(candidate.name), candidate.id, CASE WHEN takes_all THEN '' ELSE lease::text END, to_json(the_group));
            messages := head || ',"messages":[' || got.texts;
        ELSE
            messages := messages || ',' || got.texts;
        END IF;
        has_secrets := has_secrets OR got.secret;
        claimed := claimed + 1;
        left_over := left_over - got.count;
        EXIT WHEN claimed >= most_partitions OR left_over <= 0;
    END LOOP;
    IF claimed = 0 THEN
        RETURN format('{"empty":"%s"}', why);
    END IF;
    RETURN format('%s],"partitionsClaimed":%s,"messageCount":%s%s}', messages, claimed, most - left_over, CASE WHEN has_secrets THEN ',"encrypted":true' ELSE '' END);
END $$;

-- The pops of many requests, one after the other: what one claims, the next does not see. When the answers have become many, the
-- rest is told {"empty":"later"}, and asks again.
CREATE OR REPLACE FUNCTION hydrogen_queue.pop(
    queues text[], partitions text[], namespaces text[], tasks text[], groups text[], most integer[], most_partitions integer[],
    takes_all boolean[], modes text[], starting timestamptz[], leases uuid[]
) RETURNS TABLE (j json) LANGUAGE plpgsql AS $$
DECLARE
    size bigint := 0;
BEGIN
    FOR i IN 1 .. cardinality(queues) LOOP
        IF size > 33554432 THEN
            j := '{"empty":"later"}';
            RETURN NEXT;
            CONTINUE;
        END IF;
        j := hydrogen_queue.pop_one(
            queues[i], partitions[i], namespaces[i], tasks[i], groups[i], most[i], most_partitions[i], takes_all[i], modes[i],
            starting[i], leases[i])::json;
        size := size + octet_length(j::text);
        RETURN NEXT;
    END LOOP;
END $$;

-- Gives up a lease that nobody knows of: what is under it may be handed out again at once.
CREATE OR REPLACE FUNCTION hydrogen_queue.release(lease uuid) RETURNS TABLE (j json) LANGUAGE sql AS $$
    UPDATE hydrogen_queue.cursors AS c SET lease_id = NULL, lease_expires_at = NULL, claimed_at = NULL
    WHERE c.lease_id = lease RETURNING 'true'::json
$$;
