-- id: 6
-- name: Success rate and payload mass by vehicle
-- parameters: minimum_flights INTEGER = 1
-- queue: medium
-- timeout: 10
-- access: public
-- tables: launches, vehicles, payloads
SELECT v.name AS vehicle, v.reusable,
       count(*) AS flights,
       sum(l.outcome = 'success') AS successes,
       round(100.0 * sum(l.outcome = 'success') / count(*), 1) AS success_percent,
       round(sum(p.mass_kg), 1) AS payload_kg
FROM launches AS l
JOIN vehicles AS v USING (vehicle_id)
JOIN (SELECT launch_id, sum(mass_kg) AS mass_kg FROM payloads GROUP BY launch_id) AS p USING (launch_id)
WHERE l.outcome <> 'planned'
GROUP BY v.vehicle_id
HAVING count(*) >= :minimum_flights
ORDER BY flights DESC, vehicle
