-- id: 2
-- name: All products
-- timeout: 5
-- tables: products
SELECT product_id AS "product_id", name AS "name", stock AS "stock", weight AS "weight", added AS "added"
FROM products
ORDER BY product_id
