-- id: 1
-- name: Launch by number
-- parameters: id INTEGER
-- queue: fast
-- timeout: 5
-- access: public
-- tables: launches
SELECT launch_id, vehicle_id, site_id, mission, launched_at, outcome, crewed
FROM launches
WHERE launch_id = :id
