-- id: 2
-- name: Launches, newest first, by pages
-- parameters: limit INTEGER = 20, offset INTEGER = 0
-- queue: fast
-- timeout: 5
-- access: public
-- tables: launches
SELECT launch_id, mission, launch_date, outcome, crewed, cost
FROM launches
ORDER BY launch_date DESC, launch_id DESC
LIMIT min(max(:limit, 0), 500) OFFSET max(:offset, 0)
