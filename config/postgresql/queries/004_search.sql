-- id: 4
-- name: Search products by name, upper or lower case
-- parameters: term STRING, dearest FLOAT = null, limit INTEGER = 20
-- queue: medium
-- timeout: 5
-- access: public
-- tables: products
SELECT product_id, sku, name, category, price
FROM products
-- % and _ in the term are taken literally.
WHERE name ILIKE '%' || replace(replace(replace(:term, '\', '\\'), '%', '\%'), '_', '\_') || '%'
  AND (:dearest::float8 IS NULL OR price <= :dearest)
ORDER BY name, product_id
LIMIT least(greatest(:limit, 0), 500)
