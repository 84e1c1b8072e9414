-- id: 3
-- name: Launch with its vehicle, agency and site
-- parameters: id INTEGER
-- queue: fast
-- timeout: 5
-- access: public
-- tables: launches, vehicles, agencies, launch_sites
SELECT l.launch_id, l.mission, l.launched_at, l.outcome, l.crewed, l.cost, l.telemetry, l.note,
       v.name AS vehicle, v.reusable, v.properties, a.name AS agency, s.name AS site, s.latitude, s.longitude
FROM launches AS l
JOIN vehicles AS v USING (vehicle_id)
JOIN agencies AS a USING (agency_id)
JOIN launch_sites AS s USING (site_id)
WHERE l.launch_id = :id
