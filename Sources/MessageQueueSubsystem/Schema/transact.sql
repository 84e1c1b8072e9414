-- Performs operations in their order, all of them or none: pushes and acknowledgements, given as two lists with the number of
-- the operation that each item belongs to.
--
-- Returns one JSON array with one object for each item. What cannot be done undoes everything and is raised as HQ001.
CREATE OR REPLACE FUNCTION hydrogen_queue.transact(
    operations integer, required uuid[],
    push_operations integer[], queues text[], push_partitions text[], push_transactions text[], traces uuid[], ids uuid[],
    producers text[], payloads text[],
    ack_operations integer[], ack_transactions text[], ack_partitions uuid[], statuses text[], errors text[], groups text[],
    leases uuid[]
) RETURNS TABLE (j json) LANGUAGE plpgsql AS $$
DECLARE
    texts text[] := '{}';
    done json;
    item json;
    missing uuid;
BEGIN
    SELECT l INTO missing FROM unnest(required) AS l
    WHERE NOT EXISTS (
        SELECT FROM hydrogen_queue.cursors AS c WHERE c.lease_id = l AND c.lease_expires_at > clock_timestamp())
    LIMIT 1;
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'Required lease % is not held any more', missing USING ERRCODE = 'HQ001';
    END IF;
    FOR operation IN 0 .. operations - 1 LOOP
        SELECT p.j INTO done FROM (
            SELECT array_agg(0) AS r, array_agg(q) AS q, array_agg(p) AS p, array_agg(tx) AS tx, array_agg(trace) AS trace,
                   array_agg(id) AS id, array_agg(producer) AS producer, array_agg(payload) AS payload
            FROM unnest(push_operations, queues, push_partitions, push_transactions, traces, ids, producers, payloads)
                AS u (o, q, p, tx, trace, id, producer, payload)
            WHERE u.o = operation
        ) AS own, hydrogen_queue.push(own.r, own.q, own.p, own.tx, own.trace, own.id, own.producer, own.payload) AS p
        WHERE own.r IS NOT NULL;
        IF FOUND THEN
            FOR item IN SELECT json_array_elements(done) LOOP
                IF item ->> 'status' = 'duplicate' THEN
                    RAISE EXCEPTION 'PUSH operation failed: transactionId % is in the partition already', item ->> 'transaction_id'
                        USING ERRCODE = 'HQ001';
                ELSIF item ->> 'status' <> 'queued' THEN
                    RAISE EXCEPTION 'PUSH operation failed: %', item ->> 'error' USING ERRCODE = 'HQ001';
                END IF;
                texts := texts || format(
                    '"type":"push","success":true,"transactionId":%s,"messageId":%s,"partitionId":%s,"queueName":%s}',
                    item -> 'transaction_id', item -> 'message_id', item -> 'partition_id', item -> 'queueName');
            END LOOP;
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
