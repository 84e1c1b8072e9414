-- id: 10
-- name: Add a launch
-- parameters: vehicle_id INTEGER, mission STRING, launched_at TIMESTAMP
-- parameters: crewed BOOLEAN = false, cost FLOAT = null, note TEXT = null
-- queue: medium
-- timeout: 5
-- access: public
-- tables: launches, vehicles
INSERT INTO launches (vehicle_id, site_id, mission, launch_date, launched_at, outcome, crewed, cost, note)
SELECT vehicle_id, home_site_id, :mission, date(:launched_at), strftime('%Y-%m-%dT%H:%M:%SZ', :launched_at),
       'planned', :crewed, :cost, :note
FROM vehicles
WHERE vehicle_id = :vehicle_id
RETURNING launch_id, vehicle_id, site_id, mission, launch_date, launched_at, outcome, crewed, cost, note
