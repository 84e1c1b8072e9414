-- id: 3
-- name: Add a product
-- parameters: id INTEGER, name STRING [1..100], stock INTEGER = 0, weight FLOAT = NULL, added DATE
-- queue: medium
-- timeout: 5
-- tables: products
INSERT INTO products (product_id, name, stock, weight, added) VALUES (:id, :name, :stock, :weight, :added)
