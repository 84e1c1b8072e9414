-- id: 9
-- name: Order a product, and take it from the stock
-- description: One statement, so that it happens as a whole or not at all. No row where the stock does not suffice.
-- parameters: customer_id INTEGER, product_id INTEGER, quantity INTEGER = 1
-- parameters: placed_at TIMESTAMP = null, deliver_after TIME = null, note TEXT = null
-- queue: medium
-- timeout: 5
-- access: public
-- tables: products, orders, order_lines
WITH taken AS (
    UPDATE products SET stock = stock - :quantity
    WHERE product_id = :product_id AND active AND stock >= :quantity
    RETURNING product_id, price, stock
), placed AS (
    INSERT INTO orders (customer_id, placed_at, deliver_after, note)
    SELECT :customer_id, coalesce(:placed_at, now()), :deliver_after, :note FROM taken
    RETURNING order_id, reference, placed_at, status
), lines AS (
    INSERT INTO order_lines (order_id, line, product_id, quantity, unit_price)
    SELECT order_id, 1, product_id, :quantity, price FROM taken, placed
    RETURNING quantity * unit_price AS total
)
SELECT order_id, reference, placed_at, status, total, stock AS left_in_stock
FROM taken, placed, lines
