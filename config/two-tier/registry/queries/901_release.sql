-- id: 901
-- name: Release a revision of a query
-- description: Every dialect of it at once. No row where there is no such revision, and nothing changes then.
-- parameters: app STRING, id INTEGER, revision INTEGER
-- queue: medium
-- timeout: 5
-- access: public
-- tables: queries
-- Public, as this is a demo: in earnest it is protected, and the SQL is written by those who may migrate.
UPDATE queries
SET released = (revision = :revision)
WHERE app = :app AND query_id = :id AND released <> (revision = :revision)
  AND EXISTS (SELECT 1 FROM queries AS q
              WHERE q.app = :app AND q.query_id = :id AND q.revision = :revision)
RETURNING app, query_id, revision, database_type, released
