-- Stores messages in the order in which they are given: one statement for the items of many requests.
--
-- The partitions that they go to are given once each, as pairs of names; `places` says for each item which of them it is, from 1, and
-- `positions` which item of that partition it is, from 1.
--
-- Who pushes into a partition holds its row from the first look at what is there until the commit. So two pushes of one
-- transaction id cannot miss each other, and a message with a higher number is never seen before one with a lower.
--
-- `traces`, `producers` and `encrypted` may be empty: then all items have NULL there, and no payload is encrypted.
--
-- A queue that wants encryption takes no payload in clear from a push that began when it did: HQ002 names such queues, as a JSON array.
--
-- `is_forced` stores also what a queue has no room for: its push was answered before.
--
-- Returns {"partitions":[id, ...],"others":[...]}, where others are the items that were not stored, by their position from 1:
-- {"item":3,"duplicate":"id of the message that is there"}, {"item":4,"failed":"why"}.
CREATE OR REPLACE FUNCTION hydrogen_queue.push(
    queues text[], partitions text[], places integer[], positions integer[], transactions text[], traces uuid[], ids uuid[],
    producers text[], payloads text[], encrypted boolean[], is_forced boolean
) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    identities json;
    is_there boolean;
    others json;
BEGIN
    LOOP
        -- One statement for what nearly all pushes are: messages that are new, for partitions that are there and have room.
        BEGIN
            WITH held AS MATERIALIZED (
                SELECT w.n, p.number, p.id, p.last_sequence, q.max_size, q.encryption_enabled
                FROM unnest(queues, partitions) WITH ORDINALITY AS w (queue, name, n)
                JOIN hydrogen_queue.queues AS q ON q.name = w.queue
                JOIN hydrogen_queue.partitions AS p ON p.queue = q.number AND p.name = w.name
                ORDER BY p.number FOR NO KEY UPDATE OF p
            ), whole AS MATERIALIZED (
                -- The moment is after the locks, so that it never runs backwards in a partition.
                SELECT clock_timestamp() AS moment, count(*) = cardinality(queues) AS is_there,
                       NOT bool_or(h.max_size > 0 AND NOT is_forced)
                       AND (NOT bool_or(h.encryption_enabled) OR NOT EXISTS (
                           SELECT FROM unnest(places, encrypted) AS i (place, is_encrypted) JOIN held AS e ON e.n = i.place
                           WHERE e.encryption_enabled AND i.is_encrypted IS NOT TRUE)) AS is_plain
                FROM held AS h
            ), stored AS (
                INSERT INTO hydrogen_queue.messages
                    (partition, sequence, id, transaction_id, trace_id, created_at, producer, is_encrypted, payload)
                SELECT h.number, h.last_sequence + i.position, i.id, i.tx, i.trace, (SELECT moment FROM whole), i.producer,
                       i.is_encrypted IS TRUE, i.payload
                FROM unnest(places, positions, transactions, traces, ids, producers, encrypted, payloads)
                    AS i (place, position, tx, trace, id, producer, is_encrypted, payload)
                JOIN held AS h ON h.n = i.place
                WHERE (SELECT w.is_there AND w.is_plain FROM whole AS w)
            ), moved AS (
                UPDATE hydrogen_queue.partitions AS p
                SET last_sequence = h.last_sequence + i.count, last_push_at = (SELECT moment FROM whole)
                FROM (SELECT place, count(*) AS count FROM unnest(places) AS place GROUP BY place) AS i
                JOIN held AS h ON h.n = i.place
                WHERE p.number = h.number AND (SELECT w.is_there AND w.is_plain FROM whole AS w)
            )
            SELECT w.is_there, CASE WHEN w.is_there AND w.is_plain THEN (SELECT json_agg(h.id ORDER BY h.n) FROM held AS h) END
            INTO is_there, identities FROM whole AS w;
        EXCEPTION WHEN unique_violation THEN
            -- Something was pushed before, or stands twice in this statement.
            is_there := true;
            identities := NULL;
        END;
        IF identities IS NOT NULL THEN
            RETURN json_build_object('partitions', identities, 'others', '[]'::json);
        END IF;
        IF is_there THEN
            SELECT o.identities, o.others INTO identities, others FROM hydrogen_queue.push_what_is_new(
                queues, partitions, places, transactions, traces, ids, producers, payloads, encrypted, is_forced) AS o;
            -- One may have been deleted in between.
            IF identities IS NOT NULL THEN
                RETURN json_build_object('partitions', identities, 'others', coalesce(others, '[]'));
            END IF;
        END IF;
        PERFORM hydrogen_queue.make_partitions(queues, partitions);
    END LOOP;
END $$;

-- Makes the queues and partitions that are not there, given as pairs of names.
CREATE OR REPLACE FUNCTION hydrogen_queue.make_partitions(queues text[], partitions text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hydrogen_queue.queues (name, namespace, task)
    SELECT n, split_part(n, '.', 1), split_part(n, '.', 2) FROM (SELECT DISTINCT unnest(queues) AS n) AS named
    WHERE NOT EXISTS (SELECT FROM hydrogen_queue.queues AS q WHERE q.name = n)
    ORDER BY n ON CONFLICT (name) DO NOTHING;

    INSERT INTO hydrogen_queue.partitions (queue, name)
    SELECT q.number, w.name
    FROM unnest(queues, partitions) AS w (queue, name)
    JOIN hydrogen_queue.queues AS q ON q.name = w.queue
    WHERE NOT EXISTS (SELECT FROM hydrogen_queue.partitions AS p WHERE p.queue = q.number AND p.name = w.name)
    ORDER BY q.number, w.name ON CONFLICT (queue, name) DO NOTHING;
EXCEPTION WHEN foreign_key_violation THEN
    -- A queue was deleted meanwhile: who asks looks again.
    NULL;
END $$;

-- Stores what is not there yet and finds room. Returns the ids of the partitions, NULL when one of them is not there, and what was
-- not stored, NULL when everything was.
CREATE OR REPLACE FUNCTION hydrogen_queue.push_what_is_new(
    queues text[], partitions text[], places integer[], transactions text[], traces uuid[], ids uuid[], producers text[],
    payloads text[], encrypted boolean[], is_forced boolean, OUT identities json, OUT others json
) LANGUAGE plpgsql AS $$
DECLARE
    numbers bigint[];
    sequences bigint[];
    secret boolean[];
    exposed json;
    now_at timestamptz;
BEGIN
    SELECT json_agg(h.id ORDER BY h.n), array_agg(h.number ORDER BY h.n), array_agg(h.last_sequence ORDER BY h.n),
           array_agg(h.encryption_enabled ORDER BY h.n)
    INTO identities, numbers, sequences, secret
    FROM (
        SELECT w.n, p.number, p.id, p.last_sequence, q.encryption_enabled
        FROM unnest(queues, partitions) WITH ORDINALITY AS w (queue, name, n)
        JOIN hydrogen_queue.queues AS q ON q.name = w.queue
        JOIN hydrogen_queue.partitions AS p ON p.queue = q.number AND p.name = w.name
        ORDER BY p.number FOR NO KEY UPDATE OF p
    ) AS h;
    IF cardinality(numbers) IS DISTINCT FROM cardinality(queues) THEN
        identities := NULL;
        RETURN;
    END IF;
    SELECT json_agg(DISTINCT queues[i.place]) INTO exposed
    FROM unnest(places, encrypted) AS i (place, is_encrypted) WHERE secret[i.place] AND i.is_encrypted IS NOT TRUE;
    IF exposed IS NOT NULL THEN
        RAISE EXCEPTION '%', exposed USING ERRCODE = 'HQ002';
    END IF;
    -- After the locks, as above.
    now_at := clock_timestamp();

    WITH item AS MATERIALIZED (
        SELECT i.*, numbers[i.place] AS part, queues[i.place] AS queue,
               row_number() OVER (PARTITION BY i.place, i.tx ORDER BY i.n) AS copy
        FROM unnest(places, transactions, traces, ids, producers, encrypted, payloads) WITH ORDINALITY
            AS i (place, tx, trace, id, producer, is_encrypted, payload, n)
    ), known AS MATERIALIZED (
        SELECT i.n, m.id FROM item AS i
        JOIN hydrogen_queue.messages AS m ON m.partition = i.part AND m.transaction_id = i.tx
    ), fresh AS (
        SELECT i.*, row_number() OVER (PARTITION BY i.queue ORDER BY i.n) AS position
        FROM item AS i WHERE i.copy = 1 AND NOT EXISTS (SELECT FROM known AS k WHERE k.n = i.n)
    ), capacity AS MATERIALIZED (
        -- What is there, and no group, or the one that is furthest behind, has not done.
        SELECT q.name, q.max_size, coalesce(sum(
            p.last_sequence - greatest(behind.sequence, coalesce(oldest.sequence - 1, p.last_sequence))), 0) AS pending
        FROM hydrogen_queue.queues AS q
        JOIN hydrogen_queue.partitions AS p ON p.queue = q.number
        LEFT JOIN LATERAL (
            SELECT min(c.sequence) AS sequence FROM hydrogen_queue.cursors AS c WHERE c.partition = p.number
        ) AS behind ON true
        LEFT JOIN LATERAL (
            SELECT m.sequence FROM hydrogen_queue.messages AS m WHERE m.partition = p.number AND m.sequence > 0
            ORDER BY m.sequence LIMIT 1
        ) AS oldest ON true
        WHERE NOT is_forced AND q.max_size > 0 AND q.name = ANY (queues)
        GROUP BY q.name, q.max_size
    ), taken AS MATERIALIZED (
        SELECT f.*, sequences[f.place] + row_number() OVER (PARTITION BY f.place ORDER BY f.n) AS sequence
        FROM fresh AS f LEFT JOIN capacity AS c ON c.name = f.queue
        WHERE c.name IS NULL OR c.pending + f.position <= c.max_size
    ), stored AS (
        INSERT INTO hydrogen_queue.messages
            (partition, sequence, id, transaction_id, trace_id, created_at, producer, is_encrypted, payload)
        SELECT t.part, t.sequence, t.id, t.tx, t.trace, now_at, t.producer, t.is_encrypted IS TRUE, t.payload FROM taken AS t
    ), moved AS (
        UPDATE hydrogen_queue.partitions AS p SET last_sequence = t.top, last_push_at = now_at
        FROM (SELECT part, max(sequence) AS top FROM taken GROUP BY part) AS t WHERE p.number = t.part
    )
    SELECT json_agg(
        CASE WHEN coalesce(k.id, o.id) IS NOT NULL THEN json_build_object('item', i.n, 'duplicate', coalesce(k.id, o.id))
        ELSE json_build_object('item', i.n, 'failed', format(
            'Queue ''%s'' would exceed max capacity (%s). Current: %s', i.queue, c.max_size, c.pending)) END ORDER BY i.n)
    INTO others
    FROM item AS i
    LEFT JOIN known AS k ON k.n = i.n
    -- The first of its kind in this statement.
    LEFT JOIN taken AS o ON i.copy > 1 AND o.part = i.part AND o.tx = i.tx
    LEFT JOIN capacity AS c ON c.name = i.queue
    WHERE NOT EXISTS (SELECT FROM taken AS t WHERE t.n = i.n);
END $$;
