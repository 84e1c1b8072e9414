-- id: 8
-- name: Launches of a period, filtered
-- parameters: from DATE = '2020-01-01', to DATE = '2020-12-31', crewed BOOLEAN = null, outcome STRING = null
-- queue: medium
-- timeout: 5
-- access: public
-- tables: launches
SELECT launch_id, mission, launch_date, launched_at, outcome, crewed
FROM launches
WHERE launch_date BETWEEN :from AND :to
  -- A filter that is null lets everything pass.
  AND (:crewed IS NULL OR crewed = :crewed)
  AND (:outcome IS NULL OR outcome = :outcome)
ORDER BY launch_date, launch_id
LIMIT 500
