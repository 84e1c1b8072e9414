-- id: 1
-- name: Product by number
-- parameters: id INTEGER
-- queue: fast
-- timeout: 5
-- access: public
-- tables: products
SELECT product_id, sku, name, category, price, weight_kg, stock, active, tags, attributes, changed_at
FROM products
WHERE product_id = :id
