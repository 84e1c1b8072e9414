-- id: 11
-- name: Record the outcome of a launch
-- parameters: id INTEGER, outcome STRING, note TEXT = null
-- queue: medium
-- timeout: 5
-- access: public
-- tables: launches
UPDATE launches
SET outcome = :outcome, note = coalesce(:note, note)
WHERE launch_id = :id
RETURNING launch_id, mission, outcome, note
