-- id: 9
-- name: Heavy payloads of an orbit
-- parameters: minimum_kg FLOAT = 1000.0, orbit STRING = 'GEO', deployed BOOLEAN = true
-- queue: fast
-- timeout: 5
-- cache: 30
-- access: public
-- tables: payloads, launches
SELECT p.payload_id, p.name, p.kind, p.mass_kg, p.contact_time, l.mission, l.launch_date
FROM payloads AS p
JOIN launches AS l USING (launch_id)
WHERE p.orbit = :orbit AND p.mass_kg >= :minimum_kg AND p.deployed = :deployed
ORDER BY p.mass_kg DESC, p.payload_id
LIMIT 100
