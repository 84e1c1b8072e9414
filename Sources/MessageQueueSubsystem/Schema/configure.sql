-- The options of a queue, as answers have them.
CREATE OR REPLACE FUNCTION hydrogen_queue.options(q hydrogen_queue.queues) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        'leaseTime', q.lease_seconds, 'retryLimit', q.retry_limit, 'retryDelay', q.retry_delay_ms, 'maxSize', q.max_size,
        'ttl', q.ttl_seconds, 'priority', q.priority, 'delayedProcessing', q.delay_seconds, 'windowBuffer', q.window_seconds,
        'retentionSeconds', q.retention_seconds, 'completedRetentionSeconds', q.completed_retention_seconds,
        'retentionEnabled', q.retention_enabled, 'encryptionEnabled', q.encryption_enabled,
        'deadLetterQueue', q.dead_letter_queue, 'dlqAfterMaxRetries', q.dlq_after_max_retries,
        'maxWaitTimeSeconds', q.max_wait_seconds)
$$;

-- Makes a queue, or gives it other options: what is absent goes back to its default.
CREATE OR REPLACE FUNCTION hydrogen_queue.configure(the_queue text, the_namespace text, the_task text, o json)
RETURNS TABLE (j json) LANGUAGE plpgsql AS $$
DECLARE
    q hydrogen_queue.queues;
    partition_id uuid;
BEGIN
    INSERT INTO hydrogen_queue.queues AS known (
        name, namespace, task, lease_seconds, retry_limit, retry_delay_ms, max_size, ttl_seconds, priority, delay_seconds,
        window_seconds, retention_seconds, completed_retention_seconds, retention_enabled, encryption_enabled, dead_letter_queue,
        dlq_after_max_retries, max_wait_seconds)
    VALUES (
        the_queue, the_namespace, the_task, coalesce((o ->> 'leaseTime')::integer, 300), coalesce((o ->> 'retryLimit')::integer, 3),
        coalesce((o ->> 'retryDelay')::integer, 1000), coalesce((o ->> 'maxSize')::bigint, 0), coalesce((o ->> 'ttl')::integer, 0),
        coalesce((o ->> 'priority')::integer, 0), coalesce((o ->> 'delayedProcessing')::integer, 0),
        coalesce((o ->> 'windowBuffer')::integer, 0), coalesce((o ->> 'retentionSeconds')::integer, 0),
        coalesce((o ->> 'completedRetentionSeconds')::integer, 0), coalesce((o ->> 'retentionEnabled')::boolean, false),
        coalesce((o ->> 'encryptionEnabled')::boolean, false), coalesce((o ->> 'deadLetterQueue')::boolean, false),
        coalesce((o ->> 'dlqAfterMaxRetries')::boolean, false), coalesce((o ->> 'maxWaitTimeSeconds')::integer, 0))
    ON CONFLICT (name) DO UPDATE SET
        namespace = excluded.namespace, task = excluded.task, lease_seconds = excluded.lease_seconds,
        retry_limit = excluded.retry_limit, retry_delay_ms = excluded.retry_delay_ms, max_size = excluded.max_size,
        ttl_seconds = excluded.ttl_seconds, priority = excluded.priority, delay_seconds = excluded.delay_seconds,
        window_seconds = excluded.window_seconds, retention_seconds = excluded.retention_seconds,
        completed_retention_seconds = excluded.completed_retention_seconds, retention_enabled = excluded.retention_enabled,
        encryption_enabled = excluded.encryption_enabled, dead_letter_queue = excluded.dead_letter_queue,
        dlq_after_max_retries = excluded.dlq_after_max_retries, max_wait_seconds = excluded.max_wait_seconds
    RETURNING known.* INTO q;
    INSERT INTO hydrogen_queue.partitions (queue, name) VALUES (q.number, 'Default') ON CONFLICT DO NOTHING;
    SELECT p.id INTO partition_id FROM hydrogen_queue.partitions AS p WHERE p.queue = q.number AND p.name = 'Default';
    j := json_build_object(
        'configured', true, 'queueId', q.id, 'partitionId', partition_id, 'queue', q.name, 'namespace', q.namespace, 'task', q.task,
        'options', hydrogen_queue.options(q));
    RETURN NEXT;
END $$;

-- Deletes a queue with everything in it.
CREATE OR REPLACE FUNCTION hydrogen_queue.delete_queue(the_queue text)
RETURNS TABLE (j json) LANGUAGE plpgsql AS $$
DECLARE
    the_number bigint;
BEGIN
    SELECT q.number INTO the_number FROM hydrogen_queue.queues AS q WHERE q.name = the_queue FOR UPDATE;
    -- Who is pushing holds a partition, and finds it gone afterwards.
    PERFORM FROM hydrogen_queue.partitions AS p WHERE p.queue = the_number ORDER BY p.number FOR UPDATE;
    DELETE FROM hydrogen_queue.messages AS m
    USING hydrogen_queue.partitions AS p WHERE p.queue = the_number AND m.partition = p.number;
    DELETE FROM hydrogen_queue.queues AS q WHERE q.number = the_number;
    j := json_build_object('deleted', true, 'queue', the_queue, 'existed', the_number IS NOT NULL);
    RETURN NEXT;
END $$;

-- The queues that hold something which a consumer group has not done, with the group: for those who wait.
CREATE OR REPLACE FUNCTION hydrogen_queue.news(
    queues text[], partitions text[], namespaces text[], tasks text[], groups text[]
) RETURNS TABLE (n bigint) LANGUAGE sql STABLE AS $$
    SELECT w.n FROM unnest(queues, partitions, namespaces, tasks, groups) WITH ORDINALITY AS w (queue, partition, namespace, task, g, n)
    WHERE EXISTS (
        SELECT FROM hydrogen_queue.queues AS q
        JOIN hydrogen_queue.partitions AS p ON p.queue = q.number
        LEFT JOIN hydrogen_queue.cursors AS c ON c.partition = p.number AND c.consumer_group = w.g
        WHERE (w.queue IS NULL OR q.name = w.queue) AND (w.namespace IS NULL OR q.namespace = w.namespace)
          AND (w.task IS NULL OR q.task = w.task) AND (w.partition IS NULL OR p.name = w.partition)
          AND p.last_sequence > coalesce(c.sequence, 0)
          AND (c.lease_expires_at IS NULL OR c.lease_expires_at <= clock_timestamp())
          AND (c.not_before IS NULL OR c.not_before <= clock_timestamp()))
$$;
