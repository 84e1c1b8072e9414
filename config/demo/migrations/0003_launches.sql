-- Three thousand launches and five thousand payloads, the same on every machine: each figure is cut from a hash
-- of the row's number (a quadratic one modulo 2^31 - 1), and no clock or random source is asked.

INSERT INTO launches
    (launch_id, vehicle_id, site_id, mission, launch_date, launched_at, outcome, crewed, cost, telemetry, note)
WITH RECURSIVE
    numbers (n) AS (
        SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 3000
    ),
    hashed (n, h, day) AS MATERIALIZED (
        SELECT n, (n * n * 40503 + n * 2654435761) % 2147483647, date('1998-01-05', (n * 347 / 100) || ' days')
        FROM numbers
    ),
    flights (n, h, day, minute, vehicle, outcome) AS MATERIALIZED (
        SELECT n, h, day, (h >> 7) % 1440,
               (h >> 3) % (SELECT count(*) FROM vehicles WHERE first_flight <= day) + 1,
               CASE WHEN n > 2960 THEN 'planned'
                    WHEN (h >> 5) % 100 < 4 THEN 'failure'
                    WHEN (h >> 5) % 100 < 7 THEN 'partial'
                    ELSE 'success' END
        FROM hashed
    )
SELECT
    n,
    vehicle_id,
    CASE WHEN home_site_id = 1 AND day <= '2009-06-30' AND h % 2 = 0 THEN 8   -- the old pad, while it was open
         WHEN (h >> 17) % 10 = 0 THEN (h >> 19) % 7 + 1                       -- a guest flight
         ELSE home_site_id END,
    -- A colour and a bird, cut from two lists of sixteen words of equal width.
    rtrim(substr('Amber  Bright Cobalt DistantEmber  First  Golden Hidden '
              || 'Indigo Jade   Keen   Lunar  Marble Nimble Opal   Polar  ', 1 + 7 * ((h >> 12) & 15), 7)) || ' ' ||
    rtrim(substr('AlbatrossBittern  Curlew   Dunlin   Eider    Fulmar   Gannet   Heron    '
              || 'Ibis     Jackdaw  KittiwakeLapwing  MerganserNightjar Osprey   Plover   ',
                 1 + 9 * ((h >> 20) & 15), 9)) || ' ' || n,
    day,
    day || printf('T%02d:%02d:%02dZ', minute / 60, minute % 60, h % 60),
    outcome,
    capacity_kg > 5000 AND (h >> 9) % 8 = 0,
    -- Near the list price, in quarters; one contract in eight is not public.
    CASE WHEN h % 8 > 0 THEN round(list_price * (850 + (h >> 2) % 400) / 250.0) / 4 END,
    CASE WHEN outcome <> 'planned'
         THEN printf('{"apogee_km":%d,"max_g":%d.%d,"stages_recovered":%d}',
                     180 + (h >> 4) % 1900, 3 + (h >> 6) % 3, (h >> 8) % 10, reusable * ((h >> 10) % stages)) END,
    CASE outcome WHEN 'failure' THEN 'Lost ' || (40 + h % 480) || ' s after lift-off'
                 WHEN 'partial' THEN 'Orbit lower than planned' END
FROM flights
JOIN vehicles ON vehicle_id = vehicle;

INSERT INTO payloads
    (payload_id, launch_id, name, kind, orbit, mass_kg, deployed, contact_time, beacon)
WITH RECURSIVE
    numbers (n) AS (
        SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 5000
    ),
    hashed (n, h) AS MATERIALIZED (
        SELECT n, (n * n * 69621 + n * 2246822519) % 2147483647 FROM numbers
    ),
    kinds (k, kind, prefix) AS (
        VALUES (0, 'imaging', 'IRIS'), (1, 'relay', 'RELAY'), (2, 'science', 'SCIO'), (3, 'navigation', 'WAYPOINT'),
               (4, 'cargo', 'CRATE'), (5, 'crew', 'NEST')
    )
SELECT
    n,
    launch_id,
    prefix || '-' || n,
    kind,
    CASE WHEN kind = 'crew' THEN 'LEO' ELSE substr('LEOSSOMEOGTOGEOTLI', 1 + 3 * ((h >> 18) % 6), 3) END,
    round(capacity_kg * (30 + (h >> 5) % 150) / 1000.0, 1),
    outcome IN ('success', 'partial'),
    CASE WHEN outcome = 'success'
         THEN printf('%02d:%02d:%02d', (h >> 3) % 24, (h >> 8) % 60, (h >> 14) % 60) END,
    CASE WHEN h % 3 > 0 THEN CAST(printf('%08X', h) AS BLOB) END
FROM hashed
-- Every launch carries one payload; the other two thousand are spread.
JOIN launches ON launch_id = CASE WHEN n <= 3000 THEN n ELSE (h >> 6) % 3000 + 1 END
JOIN vehicles USING (vehicle_id)
JOIN kinds ON kinds.k = CASE WHEN crewed AND n <= 3000 THEN 5 ELSE (h >> 13) % 5 END;
