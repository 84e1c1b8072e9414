-- id: 12
-- name: Every type of column
-- queue: fast
-- timeout: 5
-- access: public
-- tables: specimens
SELECT *
FROM specimens
ORDER BY specimen_id
