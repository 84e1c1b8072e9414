-- id: 5
-- name: Search missions by name, upper or lower case
-- parameters: term STRING, limit INTEGER = 20
-- queue: medium
-- timeout: 5
-- access: public
-- tables: launches, vehicles
SELECT l.launch_id, l.mission, l.launch_date, l.outcome, v.name AS vehicle
FROM launches AS l
JOIN vehicles AS v USING (vehicle_id)
-- LIKE ignores the case of ASCII letters; % and _ in the term are taken literally.
WHERE l.mission LIKE '%' || replace(replace(replace(:term, '\', '\\'), '%', '\%'), '_', '\_') || '%' ESCAPE '\'
ORDER BY l.launch_id
LIMIT min(max(:limit, 0), 500)
