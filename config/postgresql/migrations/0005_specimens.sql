-- One column of every common type: ordinary values, the ends of the ranges, and NULLs. Query 12 shows how they answer.

CREATE TABLE specimens (
    specimen_id   integer PRIMARY KEY,
    small_value   smallint,
    int_value     integer,
    big_value     bigint,
    exact_value   numeric,
    money_value   numeric(12, 2),
    single_value  real,
    double_value  double precision,
    flag          boolean,
    word          text,
    fixed         char(6),
    bytes         bytea,
    day           date,
    hour          time,
    local         timestamp,
    instant       timestamptz,
    document      jsonb,
    identity      uuid,
    span          interval,
    numbers       integer[],
    words         text[]
);

INSERT INTO specimens VALUES
    (1, 7, 42, 9000000000, 12345.678900, 1999.90, 0.5, 0.1, true, 'Grüße, 世界 "quoted" \ 🚀', 'abc', '\x00ff10',
     '2026-01-31', '12:34:56.789', '2026-01-31 12:34:56.789', '2026-01-31 12:34:56.789+01',
     '{"a": [1, 2.50, null], "b": {"c": "d"}}', '3f2b8c1e-0d4a-4c6b-9e57-1a2b3c4d5e6f',
     '1 year 2 months 3 days 04:05:06.5',
     '{1,2,NULL,4}', '{plain,"with, comma","with \"quotes\"",NULL}'),
    (2, -32768, -2147483648, -9223372036854775808, -0.000000000000000000000000000001, -9999999999.99, '-Infinity',
     -1.7976931348623157e308, false, '', '', '', '0001-01-01', '00:00:00', '0001-01-01 00:00:00',
     '0001-01-01 00:00:00Z', '[]', '00000000-0000-0000-0000-000000000000', '-1 day', '{}', '{}'),
    (3, 32767, 2147483647, 9223372036854775807, 123456789012345678901234567890.123456789, 9999999999.99, 'NaN',
     'Infinity', true, E'tab\tline\nend', 'sixsix', '\xdeadbeef', '9999-12-31', '23:59:59.999999',
     '9999-12-31 23:59:59.999999', '9999-12-31 23:59:59.999999Z', '"text"', 'ffffffff-ffff-ffff-ffff-ffffffffffff',
     '00:00:00.000001', '{{1,2},{3,4}}', '{"",null}');

INSERT INTO specimens (specimen_id) VALUES (4);
