-- id: 1
-- name: Product by number
-- parameters: id INTEGER
-- queue: fast
-- timeout: 5
-- tables: products
SELECT product_id AS "product_id", name AS "name", stock AS "stock", weight AS "weight", added AS "added"
FROM products
WHERE product_id = :id
