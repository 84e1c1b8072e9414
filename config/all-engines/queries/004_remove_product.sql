-- id: 4
-- name: Remove a product
-- parameters: id INTEGER
-- queue: medium
-- timeout: 5
-- tables: products
DELETE FROM products WHERE product_id = :id
