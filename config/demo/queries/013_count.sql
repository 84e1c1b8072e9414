-- id: 13
-- name: Count to n, slowly
-- description: Shows what a slow query does to its queue, and what a timeout does to the query.
-- parameters: n INTEGER = 3000000
-- queue: slow
-- timeout: 30
-- access: public
WITH RECURSIVE counted (i) AS (
    SELECT 1 UNION ALL SELECT i + 1 FROM counted WHERE i < :n
)
SELECT count(*) AS counted, sum(i) AS total FROM counted
