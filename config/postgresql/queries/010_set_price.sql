-- id: 10
-- name: Change the price of a product
-- parameters: id INTEGER, price FLOAT, active BOOLEAN = null
-- queue: medium
-- timeout: 5
-- access: public
-- tables: products
UPDATE products
SET price = round(:price::numeric, 2), active = coalesce(:active, active)
WHERE product_id = :id
RETURNING product_id, name, price, active, changed_at
