-- id: 13
-- name: Every kind of parameter, sent back
-- parameters: whole INTEGER = 42, word STRING = 'parcel', flag BOOLEAN = true, ratio FLOAT = 0.25, story TEXT = null
-- parameters: day DATE = '2026-01-31', hour TIME = '12:00:00', local DATETIME = '2026-01-31T12:00:00'
-- parameters: instant TIMESTAMP = '2026-01-31T12:00:00Z'
-- queue: fast
-- timeout: 5
-- access: public
SELECT :whole AS whole, :word AS word, :flag AS flag, :ratio AS ratio, :story AS story,
       :day AS day, :hour AS hour, :local AS local, :instant AS instant
