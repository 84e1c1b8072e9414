-- id: 902
-- name: The revisions of an application's queries
-- parameters: app STRING
-- queue: medium
-- timeout: 5
-- access: public
-- tables: queries
SELECT query_id, revision, database_type, name, released
FROM queries
WHERE app = :app
ORDER BY query_id, revision, database_type
