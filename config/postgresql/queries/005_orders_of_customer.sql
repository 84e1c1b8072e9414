-- id: 5
-- name: Orders of a customer in a period
-- parameters: customer_id INTEGER, from DATE = '2025-01-01', to DATE = '2025-12-31', status STRING = null
-- queue: fast
-- timeout: 5
-- access: public
-- tables: orders, order_lines
SELECT o.order_id, o.placed_at, o.status, count(*) AS lines, sum(l.quantity * l.unit_price) AS total
FROM orders AS o
JOIN order_lines AS l USING (order_id)
WHERE o.customer_id = :customer_id
  -- Days of UTC, the last one included.
  AND o.placed_at >= :from::timestamp AT TIME ZONE 'UTC'
  AND o.placed_at < (:to::date + 1)::timestamp AT TIME ZONE 'UTC'
  AND (:status::text IS NULL OR o.status = :status)
GROUP BY o.order_id
ORDER BY o.placed_at
