-- id: 14
-- name: What each agency was paid
-- parameters: year INTEGER = 2025
-- queue: slow
-- timeout: 10
-- access: protected
-- tables: launches, vehicles, agencies
SELECT a.name AS agency, a.commercial, count(*) AS launches, count(l.cost) AS priced,
       sum(l.cost) AS total_cost, max(l.cost) AS dearest
FROM launches AS l
JOIN vehicles AS v USING (vehicle_id)
JOIN agencies AS a USING (agency_id)
WHERE l.launch_date BETWEEN :year || '-01-01' AND :year || '-12-31'
GROUP BY a.agency_id
ORDER BY total_cost DESC
