-- What a small shop sells. All names are invented.

CREATE TABLE products (
    product_id INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE,
    price      DECIMAL(10, 2) NOT NULL CHECK (price > 0),
    stock      INTEGER NOT NULL CHECK (stock >= 0),
    since      DATE    NOT NULL
);

INSERT INTO products (product_id, name, price, stock, since) VALUES
    (1, 'Morning Tea',     4.90, 120, '2025-03-01'),
    (2, 'Harbour Coffee',  8.50,  42, '2026-01-15'),
    (3, 'Lantern Cup',    12.00,   7, '2026-02-20');
