-- id: 12
-- name: Delete a planned launch
-- parameters: id INTEGER
-- queue: medium
-- timeout: 5
-- access: public
-- tables: launches
DELETE FROM launches
-- What has flown stays on record.
WHERE launch_id = :id AND outcome = 'planned'
RETURNING launch_id, mission
