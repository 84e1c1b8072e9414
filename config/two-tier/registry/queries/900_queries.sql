-- id: 900
-- name: The released queries of an application
-- description: Other databases ask it for their queries (Bootstrap.Host); callers may, too.
-- parameters: app STRING ['shop'|'crm']
-- queue: medium
-- timeout: 5
-- access: public
-- tables: queries
SELECT query_id, name, sql_template, parameters, queue, nullif(database_type, 'any') AS database_type
FROM queries
WHERE app = :app AND released
ORDER BY query_id, database_type
