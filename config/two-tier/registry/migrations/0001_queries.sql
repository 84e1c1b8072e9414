-- The queries of several applications, each in revisions of which one is released, and for one engine or for all.

CREATE TABLE queries (
    app           TEXT    NOT NULL,
    query_id      INTEGER NOT NULL CHECK (query_id >= 0),
    revision      INTEGER NOT NULL CHECK (revision > 0),
    database_type TEXT    NOT NULL CHECK (database_type IN ('any', 'sqlite', 'postgresql')),
    name          TEXT    NOT NULL,
    sql_template  TEXT    NOT NULL,
    parameters    TEXT,
    queue         TEXT    NOT NULL DEFAULT 'fast' CHECK (queue IN ('slow', 'medium', 'fast', 'cache')),
    released      BOOLEAN NOT NULL DEFAULT 0 CHECK (released IN (0, 1)),
    PRIMARY KEY (app, query_id, revision, database_type)
);

INSERT INTO queries (app, query_id, revision, database_type, name, sql_template, parameters, released) VALUES
    ('shop', 1, 1, 'any', 'Product by number',
     'SELECT product_id, name, price FROM products WHERE product_id = :id', 'id INTEGER', 1),

    ('shop', 1, 2, 'any', 'Product by number, with what is left of it',
     'SELECT product_id, name, price, stock FROM products WHERE product_id = :id', 'id INTEGER', 0),

    -- One number, two dialects: each database gets the row for its engine.
    ('shop', 2, 1, 'sqlite', 'Products since a day',
     'SELECT name, strftime(''%d.%m.%Y'', since) AS since FROM products WHERE since >= :day ORDER BY products.since',
     'day DATE = ''2026-01-01''', 1),
    ('shop', 2, 1, 'postgresql', 'Products since a day',
     'SELECT name, to_char(since, ''DD.MM.YYYY'') AS since FROM products WHERE since >= :day ORDER BY products.since',
     'day DATE = ''2026-01-01''', 1),

    -- Of another application: Shop never gets it.
    ('crm', 7, 1, 'any', 'Customer by number', 'SELECT * FROM customers WHERE customer_id = :id', 'id INTEGER', 1);
