-- id: 3
-- name: Order with its customer and lines
-- parameters: id INTEGER
-- queue: fast
-- timeout: 5
-- access: public
-- tables: orders, customers, order_lines, products
SELECT o.order_id, o.reference, o.placed_at, o.status, o.deliver_after, o.note, c.name AS customer, c.country,
       sum(l.quantity * l.unit_price) AS total,
       jsonb_agg(jsonb_build_object('product', p.name, 'quantity', l.quantity, 'unit_price', l.unit_price)
                 ORDER BY l.line) AS lines
FROM orders AS o
JOIN customers AS c USING (customer_id)
JOIN order_lines AS l USING (order_id)
JOIN products AS p USING (product_id)
WHERE o.order_id = :id
GROUP BY o.order_id, c.customer_id
