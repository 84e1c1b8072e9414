-- Stores messages in the order in which they are given: one statement for the items of many requests.
--
-- Who pushes into a partition holds its row from the first look at what is there until the commit. So two pushes of one
-- transaction id cannot miss each other, and a message with a higher number is never seen before one with a lower.
--
-- Messages that were accepted before, and kept in files meanwhile, are stored whatever room a queue has.
--
-- Returns one JSON array for each request, in the order of their numbers, with one object for each item.
CREATE OR REPLACE FUNCTION hydrogen_queue.push(
    requests integer[], queues text[], partitions text[], transactions text[], traces uuid[], ids uuid[], producers text[],
    payloads text[], are_accepted boolean DEFAULT false
) RETURNS TABLE (j json) LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint[];
    now_at timestamptz;
BEGIN
    -- Until all partitions are there and held: one may be deleted in between.
    LOOP
        INSERT INTO hydrogen_queue.queues (name, namespace, task)
        SELECT n, split_part(n, '.', 1), split_part(n, '.', 2) FROM (SELECT DISTINCT unnest(queues) AS n) AS named
        WHERE NOT EXISTS (SELECT FROM hydrogen_queue.queues AS q WHERE q.name = n)
        ORDER BY n ON CONFLICT (name) DO NOTHING;

        INSERT INTO hydrogen_queue.partitions (queue, name)
        SELECT q.number, named.p
        FROM (SELECT DISTINCT u.q, u.p FROM unnest(queues, partitions) AS u (q, p)) AS named
        JOIN hydrogen_queue.queues AS q ON q.name = named.q
        WHERE NOT EXISTS (SELECT FROM hydrogen_queue.partitions AS p WHERE p.queue = q.number AND p.name = named.p)
        ORDER BY q.number, named.p ON CONFLICT (queue, name) DO NOTHING;

        SELECT array_agg(held.number) INTO wanted FROM (
            SELECT p.number FROM hydrogen_queue.partitions AS p
            JOIN hydrogen_queue.queues AS q ON q.number = p.queue
            WHERE (q.name, p.name) IN (SELECT u.q, u.p FROM unnest(queues, partitions) AS u (q, p))
            ORDER BY p.number FOR NO KEY UPDATE OF p
        ) AS held;
        EXIT WHEN cardinality(wanted)
            = (SELECT count(*) FROM (SELECT DISTINCT u.q, u.p FROM unnest(queues, partitions) AS u (q, p)) AS named);
    END LOOP;

    -- After the locks, so that it never runs backwards in a partition.
    now_at := clock_timestamp();

    RETURN QUERY
    WITH item AS MATERIALIZED (
        SELECT i.*, p.number AS part, p.id AS part_id, p.last_sequence, q.max_size, q.number AS queue_number,
               row_number() OVER (PARTITION BY p.number, i.tx ORDER BY i.n) AS copy
        FROM unnest(requests, queues, partitions, transactions, traces, ids, producers, payloads) WITH ORDINALITY
            AS i (r, queue, name, tx, trace, id, producer, payload, n)
        JOIN hydrogen_queue.queues AS q ON q.name = i.queue
        JOIN hydrogen_queue.partitions AS p ON p.queue = q.number AND p.name = i.name
    ), known AS MATERIALIZED (
        SELECT i.n, m.id FROM item AS i
        JOIN hydrogen_queue.messages AS m ON m.partition = i.part AND m.transaction_id = i.tx
    ), fresh AS (
        SELECT i.*, row_number() OVER (PARTITION BY i.queue_number ORDER BY i.n) AS place
        FROM item AS i WHERE i.copy = 1 AND NOT EXISTS (SELECT FROM known AS k WHERE k.n = i.n)
    ), capacity AS MATERIALIZED (
        -- What no group, or the one that is furthest behind, has done.
        SELECT q.number, q.max_size, coalesce(sum(p.last_sequence - coalesce(behind.sequence, 0)), 0) AS pending
        FROM (SELECT DISTINCT queue_number, max_size FROM item WHERE max_size > 0 AND NOT are_accepted) AS q (number, max_size)
        JOIN hydrogen_queue.partitions AS p ON p.queue = q.number
        LEFT JOIN LATERAL (
            SELECT min(c.sequence) AS sequence FROM hydrogen_queue.cursors AS c WHERE c.partition = p.number
        ) AS behind ON true
        GROUP BY q.number, q.max_size
    ), taken AS MATERIALIZED (
        SELECT f.*, f.last_sequence + row_number() OVER (PARTITION BY f.part ORDER BY f.n) AS sequence
        FROM fresh AS f LEFT JOIN capacity AS c ON c.number = f.queue_number
        WHERE c.number IS NULL OR c.pending + f.place <= c.max_size
    ), stored AS (
        INSERT INTO hydrogen_queue.messages
            (partition, sequence, id, transaction_id, trace_id, created_at, producer, payload)
        SELECT t.part, t.sequence, t.id, t.tx, t.trace, now_at, t.producer, t.payload FROM taken AS t
    ), moved AS (
        UPDATE hydrogen_queue.partitions AS p SET last_sequence = t.top, last_push_at = now_at
        FROM (SELECT part, max(sequence) AS top FROM taken GROUP BY part) AS t WHERE p.number = t.part
    ), told AS (
        SELECT i.r, i.n, i.n - min(i.n) OVER (PARTITION BY i.r) AS index, i.tx, i.queue, i.part_id, i.trace, i.max_size,
               c.pending, t.id AS new_id, coalesce(k.id, o.id) AS known_id
        FROM item AS i LEFT JOIN taken AS t ON t.n = i.n LEFT JOIN known AS k ON k.n = i.n
        LEFT JOIN taken AS o ON i.copy > 1 AND o.part = i.part AND o.tx = i.tx
        LEFT JOIN capacity AS c ON c.number = i.queue_number
    )
    SELECT ('[' || string_agg(
        CASE
            WHEN new_id IS NOT NULL THEN format(
                '{"index":%s,"status":"queued","message_id":"%s","transaction_id":%s,"partition_id":"%s","trace_id":%s,"queueName":%s}',
                index, new_id, to_json(tx), part_id, coalesce('"' || trace || '"', 'null'), to_json(queue))
            WHEN known_id IS NOT NULL THEN format(
                '{"index":%s,"status":"duplicate","message_id":"%s","transaction_id":%s,"partition_id":"%s","queueName":%s}',
                index, known_id, to_json(tx), part_id, to_json(queue))
            ELSE format(
                '{"index":%s,"status":"failed","transaction_id":%s,"queueName":%s,"error":%s}', index, to_json(tx), to_json(queue),
                to_json(format('Queue ''%s'' would exceed max capacity (%s). Current: %s', queue, max_size, pending)))
        END, ',' ORDER BY n) || ']')::json
    FROM told GROUP BY r ORDER BY r;
END $$;
