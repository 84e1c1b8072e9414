-- id: 11
-- name: Wait, and do nothing
-- description: Shows what a slow query does to its queue, and what a timeout does to the query.
-- parameters: seconds FLOAT = 2.5
-- queue: slow
-- timeout: 10
-- access: public
SELECT :seconds AS seconds, now() AS begun, clock_timestamp() AS ended
FROM pg_sleep(:seconds)
