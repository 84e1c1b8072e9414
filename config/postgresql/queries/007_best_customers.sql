-- id: 7
-- name: The customers that ordered most
-- parameters: limit INTEGER = 10
-- queue: cache
-- timeout: 10
-- cache: 60
-- access: public
-- tables: customers, orders, order_lines
SELECT rank() OVER (ORDER BY sum(l.quantity * l.unit_price) DESC) AS rank,
       c.customer_id, c.name, c.country, c.since, c.newsletter,
       count(DISTINCT o.order_id) AS orders, sum(l.quantity * l.unit_price) AS total
FROM customers AS c
JOIN orders AS o USING (customer_id)
JOIN order_lines AS l USING (order_id)
GROUP BY c.customer_id
ORDER BY rank, c.customer_id
LIMIT least(greatest(:limit, 0), 500)
