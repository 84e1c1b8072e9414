-- Two thousand customers, 240 products and six thousand orders of 2025, the same on every machine.

INSERT INTO customers (name, email, country, since, newsletter, preferences)
SELECT first || ' ' || last, lower(first) || '.' || n || '@example.org',
       (ARRAY['Norway', 'Portugal', 'Scotland', 'Kenya', 'Canada', 'New Zealand', 'Switzerland', 'Japan'])[1 + h % 8],
       date '2015-01-01' + n,
       h % 3 = 0,
       CASE WHEN h % 4 = 0 THEN jsonb_build_object('language', (ARRAY['en', 'no', 'pt', 'ja'])[1 + h / 8 % 4],
                                                   'gift_wrap', h / 32 % 2 = 0) ELSE '{}' END
FROM generate_series(1, 2000) AS n,
     mixed('customer', n) AS h,
     LATERAL (SELECT (ARRAY['Ada', 'Björn', 'Chloe', 'Dara', 'Edwin', 'Fatou', 'Goran', 'Hanae', 'Ines', 'Jonas',
                            'Kirsi', 'Lwazi', 'Mei', 'Nils', 'Olena', 'Pablo'])[1 + h / 64 % 16] AS first,
                     (ARRAY['Abara', 'Bergström', 'Castell', 'Dunmore', 'Endo', 'Falk', 'Grieg', 'Hallam', 'Iversen',
                            'Juma', 'Kovac', 'Lindqvist', 'Moreau', 'Nakano', 'Okafor', 'Pires'])[1 + h / 1024 % 16]
                     AS last) AS names
ORDER BY n;

INSERT INTO products (sku, name, category, price, weight_kg, stock, active, tags, attributes, changed_at)
SELECT upper(left(category, 3)) || '-' || lpad(n::text, 4, '0'),
       (ARRAY['Amber', 'Bright', 'Cobalt', 'Distant', 'Ember', 'Golden', 'Hidden', 'Jade', 'Keen', 'Lunar', 'Marble',
              'Nimble', 'Opal', 'Polar', 'Quiet', 'Rustic'])[1 + h % 16] || ' '
       || (ARRAY['Morning', 'Harbour', 'Meadow', 'Lantern', 'Orchard', 'Summit', 'Tide', 'Willow'])[1 + h / 16 % 8]
       || ' ' || n,
       category,
       (199 + h / 128 % 9800) / 100.0,
       round(0.05 + h / 1024 % 2400 / 1000.0, 3),
       h / 4096 % 200,
       h % 25 > 0,
       ARRAY(SELECT tag FROM unnest(ARRAY['new', 'gift', 'fair trade', 'limited']) WITH ORDINALITY AS tags (tag, k)
             WHERE h / 65536 % (k + 2) = 0 ORDER BY k),
       jsonb_build_object('colour', (ARRAY['red', 'green', 'blue', 'white', 'black'])[1 + h / 32 % 5],
                          'size_cm', jsonb_build_array(5 + h / 64 % 30, 5 + h / 512 % 20)),
       timestamptz '2025-01-01 00:00:00Z' + n * interval '36 hours'
FROM generate_series(1, 240) AS n,
     mixed('product', n) AS h,
     LATERAL (SELECT (ARRAY['tea', 'coffee', 'cups', 'books', 'lamps', 'bags'])[1 + n % 6] AS category) AS kinds
ORDER BY n;

INSERT INTO orders (reference, customer_id, placed_at, status, deliver_after, note)
SELECT md5('order ' || n)::uuid, 1 + h % 2000,
       timestamptz '2025-01-01 06:00:00Z' + n * interval '5200 seconds' + h % 3600 * interval '1 second',
       CASE WHEN n > 5950 THEN 'open' WHEN n > 5900 THEN 'paid' WHEN h % 30 = 0 THEN 'returned' ELSE 'sent' END,
       CASE WHEN h % 5 = 0 THEN time '08:00' + h / 8 % 20 * interval '30 minutes' END,
       CASE WHEN h % 40 = 0 THEN 'Please ring twice' END
FROM generate_series(1, 6000) AS n, mixed('order', n) AS h
ORDER BY n;

-- One to four lines an order; a product stands once in an order, as 61 and 240 have no common divisor.
INSERT INTO order_lines (order_id, line, product_id, quantity, unit_price)
SELECT order_id, line, product_id, 1 + h / 1024 % 5, price
FROM orders
CROSS JOIN mixed('order', order_id) AS h
CROSS JOIN generate_series(1, 1 + h / 256 % 4) AS line
JOIN products ON product_id = 1 + (h + line * 61) % 240;
