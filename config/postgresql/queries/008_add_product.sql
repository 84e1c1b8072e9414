-- id: 8
-- name: Add a product
-- parameters: sku STRING, name STRING, category STRING, price FLOAT, weight_kg FLOAT
-- parameters: stock INTEGER = 0, attributes TEXT = '{}'
-- queue: medium
-- timeout: 5
-- access: public
-- tables: products
INSERT INTO products (sku, name, category, price, weight_kg, stock, attributes)
VALUES (:sku, :name, :category, :price, :weight_kg, :stock, :attributes::jsonb)
RETURNING product_id, sku, name, category, price, weight_kg, stock, active, attributes, changed_at
