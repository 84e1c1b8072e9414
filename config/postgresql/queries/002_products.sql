-- id: 2
-- name: Products of a category or of all, by pages
-- parameters: category STRING = null, limit INTEGER = 20, offset INTEGER = 0
-- queue: fast
-- timeout: 5
-- access: public
-- tables: products
SELECT product_id, sku, name, category, price, stock
FROM products
-- A filter that is null lets everything pass. The cast says what type a null is.
WHERE active AND (:category::text IS NULL OR category = :category)
ORDER BY name, product_id
LIMIT least(greatest(:limit, 0), 500) OFFSET greatest(:offset, 0)
