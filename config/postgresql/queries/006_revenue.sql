-- id: 6
-- name: Revenue by month and category
-- description: Reads every order, so it has its place in the slow queue.
-- parameters: year INTEGER = 2025
-- queue: slow
-- timeout: 20
-- access: public
-- tables: orders, order_lines, products
SELECT month, category, orders, pieces, revenue,
       round(100 * revenue / sum(revenue) OVER (PARTITION BY month), 1) AS percent_of_month
FROM (
    SELECT date_trunc('month', o.placed_at AT TIME ZONE 'UTC')::date AS month, p.category,
           count(DISTINCT o.order_id) AS orders, sum(l.quantity) AS pieces, sum(l.quantity * l.unit_price) AS revenue
    FROM orders AS o
    JOIN order_lines AS l USING (order_id)
    JOIN products AS p USING (product_id)
    WHERE o.status <> 'returned' AND extract(year FROM o.placed_at AT TIME ZONE 'UTC') = :year
    GROUP BY month, p.category
) AS sales
ORDER BY month, category
