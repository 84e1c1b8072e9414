-- Performs operations in their order, all of them or none: pushes and acknowledgements, given as two lists with the number of
-- the operation that each item belongs to.
--
-- Returns one JSON array with one object for each item. What cannot be done undoes everything and is raised as HQ001.
CREATE OR REPLACE FUNCTION hydrogen_queue.transact(
    operations integer, required uuid[],
    push_operations integer[], queues text[], push_partitions text[], places integer[], positions integer[],
    push_transactions text[], traces uuid[], ids uuid[], producers text[], payloads text[], encrypted boolean[],
    ack_operations integer[], ack_transactions text[], ack_partitions uuid[], statuses text[], errors text[], groups text[],
    leases uuid[]
) RETURNS TABLE (j json) LANGUAGE plpgsql AS $$
DECLARE
    texts text[] := '{}';
    done json;
    item json;
    pushed record;
    missing uuid;
BEGIN
    -- Held until the end: nobody else gets what is under them meanwhile.
    PERFORM FROM hydrogen_queue.cursors AS c WHERE c.lease_id = ANY (required) ORDER BY c.partition, c.consumer_group FOR UPDATE;
    SELECT l INTO missing FROM unnest(required) AS l
    WHERE NOT EXISTS (
        SELECT FROM hydrogen_queue.cursors AS c WHERE c.lease_id = l AND c.lease_expires_at > clock_timestamp())
    LIMIT 1;
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'Required lease % is not held any more', missing USING ERRCODE = 'HQ001';
    END IF;
    FOR operation IN 0 .. operations - 1 LOOP
        SELECT array_agg(place ORDER BY n) AS place, array_agg(position ORDER BY n) AS position, array_agg(tx ORDER BY n) AS tx,
               array_agg(trace ORDER BY n) AS trace, array_agg(id ORDER BY n) AS id, array_agg(producer ORDER BY n) AS producer,
               array_agg(payload ORDER BY n) AS payload, array_agg(is_encrypted ORDER BY n) AS encrypted
        INTO pushed
        FROM (
            -- Of those of a partition the first of this operation is its first.
            SELECT u.place, u.position - min(u.position) OVER (PARTITION BY u.place) + 1 AS position, u.tx, u.trace, u.id, u.producer,
                   u.payload, u.is_encrypted, u.n
            FROM unnest(push_operations, places, positions, push_transactions, traces, ids, producers, payloads, encrypted)
                WITH ORDINALITY AS u (o, place, position, tx, trace, id, producer, payload, is_encrypted, n)
            WHERE u.o = operation
        ) AS own;
        IF pushed.place IS NOT NULL THEN
            -- All partitions of the transaction are held from its first push on.
            done := hydrogen_queue.push(
                queues, push_partitions, pushed.place, pushed.position, pushed.tx, pushed.trace, pushed.id, pushed.producer,
                pushed.payload, pushed.encrypted, false);
            item := done -> 'others' -> 0;
            IF item ->> 'duplicate' IS NOT NULL THEN
                RAISE EXCEPTION 'PUSH operation failed: transactionId % is in the partition already',
                    to_json(pushed.tx[(item ->> 'item')::integer]) USING ERRCODE = 'HQ001';
            ELSIF item IS NOT NULL THEN
                RAISE EXCEPTION 'PUSH operation failed: %', item ->> 'failed' USING ERRCODE = 'HQ001';
            END IF;
            texts := texts || ARRAY(
                SELECT format(
                    '"type":"push","success":true,"transactionId":%s,"messageId":"%s","partitionId":%s,"queueName":%s}',
                    to_json(u.tx), u.id, done -> 'partitions' -> (u.place - 1), to_json(queues[u.place]))
                FROM unnest(pushed.place, pushed.tx, pushed.id) WITH ORDINALITY AS u (place, tx, id, n) ORDER BY u.n);
        END IF;

        SELECT a.j INTO done FROM (
            SELECT array_agg(0) AS r, array_agg(tx) AS tx, array_agg(p) AS p, array_agg(status) AS status,
                   array_agg(error) AS error, array_agg(g) AS g, array_agg(lease) AS lease
            FROM unnest(ack_operations, ack_transactions, ack_partitions, statuses, errors, groups, leases)
                AS u (o, tx, p, status, error, g, lease)
            WHERE u.o = operation
        ) AS own, hydrogen_queue.ack(own.r, own.tx, own.p, own.status, own.error, own.g, own.lease, true) AS a
        WHERE own.r IS NOT NULL;
        IF FOUND THEN
            item := done -> 0;
            IF NOT (item ->> 'success')::boolean THEN
                RAISE EXCEPTION 'ACK operation failed: %', coalesce(item ->> 'error', 'unknown status')
                    USING ERRCODE = 'HQ001';
            END IF;
            texts := texts || format(
                '"type":"ack","success":true,"transactionId":%s,"error":null,"dlq":%s}', item -> 'transactionId', item -> 'dlq');
        END IF;
    END LOOP;
    RETURN QUERY SELECT ('[' || coalesce(string_agg(format('{"index":%s,', t.n - 1) || t.text, ',' ORDER BY t.n), '') || ']')::json
    FROM unnest(texts) WITH ORDINALITY AS t (text, n);
END $$;
