-- The tables of the message queue.
--
-- A partition is a log: its messages are numbered from 1 in the order in which they were committed, as the number is taken
-- under a lock of the partition's row that is held until then. A consumer group has one cursor in it, the number of the last
-- message that is done, and at most one lease. Messages are never marked.

CREATE SCHEMA IF NOT EXISTS hydrogen_queue;

-- A moment as all answers have it.
CREATE OR REPLACE FUNCTION hydrogen_queue.utc(moment timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;

CREATE TABLE hydrogen_queue.queues (
    number                      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id                          uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    name                        text NOT NULL UNIQUE,
    namespace                   text NOT NULL DEFAULT '',
    task                        text NOT NULL DEFAULT '',
    lease_seconds               integer NOT NULL DEFAULT 300,
    retry_limit                 integer NOT NULL DEFAULT 3,
    retry_delay_ms              integer NOT NULL DEFAULT 1000,
    max_size                    bigint NOT NULL DEFAULT 0,
    ttl_seconds                 integer NOT NULL DEFAULT 0,
    priority                    integer NOT NULL DEFAULT 0,
    delay_seconds               integer NOT NULL DEFAULT 0,
    window_seconds              integer NOT NULL DEFAULT 0,
    retention_seconds           integer NOT NULL DEFAULT 0,
    completed_retention_seconds integer NOT NULL DEFAULT 0,
    retention_enabled           boolean NOT NULL DEFAULT false,
    encryption_enabled          boolean NOT NULL DEFAULT false,
    dead_letter_queue           boolean NOT NULL DEFAULT false,
    dlq_after_max_retries       boolean NOT NULL DEFAULT false,
    max_wait_seconds            integer NOT NULL DEFAULT 0,
    created_at                  timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX queues_by_place ON hydrogen_queue.queues (namespace, task);

-- Its row changes with every push: room for the next version on the same page.
CREATE TABLE hydrogen_queue.partitions (
    number        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id            uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    queue         bigint NOT NULL REFERENCES hydrogen_queue.queues ON DELETE CASCADE,
    name          text NOT NULL,
    last_sequence bigint NOT NULL DEFAULT 0,
    last_push_at  timestamptz,
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (queue, name)
) WITH (fillfactor = 50);

-- Without a foreign key: it would lock the partition's row once for each message. Deleting a queue deletes its messages.
CREATE TABLE hydrogen_queue.messages (
    partition      bigint NOT NULL,
    sequence       bigint NOT NULL,
    id             uuid NOT NULL,
    transaction_id text NOT NULL,
    trace_id       uuid,
    created_at     timestamptz NOT NULL,
    producer       text,
    is_encrypted   boolean NOT NULL DEFAULT false,
    -- JSON that was checked before: text, so that it stays as it came and costs no reading.
    payload        text NOT NULL,
    PRIMARY KEY (partition, sequence),
    UNIQUE (partition, transaction_id)
);

-- A cursor changes with every claim and acknowledgement: room for the next version on the same page.
CREATE TABLE hydrogen_queue.cursors (
    partition        bigint NOT NULL REFERENCES hydrogen_queue.partitions ON DELETE CASCADE,
    consumer_group   text NOT NULL,
    sequence         bigint NOT NULL DEFAULT 0,
    lease_id         uuid,
    lease_expires_at timestamptz,
    -- The last message that was handed out under the lease.
    lease_sequence   bigint NOT NULL DEFAULT 0,
    retries          integer NOT NULL DEFAULT 0,
    -- Before this moment a failed batch is not handed out again.
    not_before       timestamptz,
    claimed_at       timestamptz,
    consumed_at      timestamptz,
    consumed         bigint NOT NULL DEFAULT 0,
    batches          bigint NOT NULL DEFAULT 0,
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (partition, consumer_group)
) WITH (fillfactor = 50);

CREATE INDEX cursors_by_lease ON hydrogen_queue.cursors (lease_id) WHERE lease_id IS NOT NULL;

-- Where a consumer group begins in partitions that it has not seen yet. By the queue's name: it may be made later.
CREATE TABLE hydrogen_queue.subscriptions (
    consumer_group text NOT NULL,
    queue          text NOT NULL,
    mode           text NOT NULL,
    starts_at      timestamptz NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (consumer_group, queue)
);

CREATE TABLE hydrogen_queue.dead_letters (
    number         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    partition      bigint NOT NULL REFERENCES hydrogen_queue.partitions ON DELETE CASCADE,
    consumer_group text NOT NULL,
    sequence       bigint NOT NULL,
    error          text NOT NULL,
    retries        integer NOT NULL,
    failed_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (partition, consumer_group, sequence)
);

-- Numbers that no message has any more, between those that are there: for counts, which are differences of numbers.
CREATE TABLE hydrogen_queue.gaps (
    partition bigint NOT NULL REFERENCES hydrogen_queue.partitions ON DELETE CASCADE,
    first     bigint NOT NULL,
    last      bigint NOT NULL,
    PRIMARY KEY (partition, first)
);

-- What operators switch for all instances at once.
CREATE TABLE hydrogen_queue.settings (
    name  text PRIMARY KEY,
    value jsonb NOT NULL
);
