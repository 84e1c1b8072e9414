-- id: 7
-- name: Launches by year
-- queue: cache
-- timeout: 10
-- cache: 60
-- access: public
-- tables: launches
SELECT CAST(strftime('%Y', launch_date) AS INTEGER) AS year,
       count(*) AS launches,
       sum(crewed) AS crewed,
       sum(outcome = 'failure') AS failures
FROM launches
GROUP BY year
ORDER BY year
