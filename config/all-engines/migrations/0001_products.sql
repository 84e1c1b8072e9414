-- SQL that PostgreSQL, SQLite, MariaDB and DB2 take alike.
CREATE TABLE products (
    product_id INTEGER NOT NULL PRIMARY KEY,
    name VARCHAR(100) NOT NULL,
    stock BIGINT NOT NULL,
    weight DOUBLE PRECISION,
    added DATE NOT NULL
);

INSERT INTO products (product_id, name, stock, weight, added) VALUES (16, 'Harbour Coffee', 42, 0.25, '2026-01-15');
INSERT INTO products (product_id, name, stock, weight, added) VALUES (17, 'Fjällräven "Kånken" 😀', 9007199254740993, 1.5, '2026-01-31');
INSERT INTO products (product_id, name, stock, weight, added) VALUES (18, 'It''s a mystery', 0, NULL, '2026-02-28');
