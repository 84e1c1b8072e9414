-- id: 4
-- name: Payloads of a launch
-- parameters: launch_id INTEGER
-- queue: fast
-- timeout: 5
-- access: public
-- tables: payloads
SELECT payload_id, name, kind, orbit, mass_kg, deployed, contact_time, beacon
FROM payloads
WHERE launch_id = :launch_id
ORDER BY payload_id
