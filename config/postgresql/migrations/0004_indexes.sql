-- Made after the rows, which is faster than keeping them up to date while the rows arrive.

CREATE INDEX products_by_category ON products (category, price);
CREATE INDEX orders_by_customer ON orders (customer_id, placed_at);
CREATE INDEX orders_by_time ON orders (placed_at);
CREATE INDEX order_lines_by_product ON order_lines (product_id);
