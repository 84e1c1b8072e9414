-- Who flies, from where, and on what. All names are invented.

INSERT INTO agencies (agency_id, name, short_name, country, founded, commercial, motto) VALUES
    (1, 'Northern Orbital Service',      'NOS',   'Norway',      '1974-03-01', 0, 'Steady hands, clear skies'),
    (2, 'Aurelia Launch Company',        'ALC',   'Portugal',    '2003-09-15', 1, NULL),
    (3, 'Kestrel Aerospace',             'KAERO', 'Scotland',    '2011-05-20', 1, 'Small, often, on time'),
    (4, 'Pacific Ascent Agency',         'PAA',   'New Zealand', '1989-11-02', 0, 'Up from the islands'),
    (5, 'Meridian Spaceflight',          'MERID', 'Kenya',       '1996-07-30', 1, 'The equator is a head start'),
    (6, 'Institute for High Atmosphere', 'IHA',   'Switzerland', '1968-01-12', 0, NULL),
    (7, 'Tamarack Heavy Lift',           'THL',   'Canada',      '2007-02-28', 1, 'Bring the big ones'),
    (8, 'Southern Cross Rockets',        'SCR',   'Australia',   '2015-10-09', 1, NULL);

INSERT INTO launch_sites (site_id, name, country, latitude, longitude, pads, closed) VALUES
    (1, 'Skarvnes Range',      'Norway',       69.294,   16.021, 3, NULL),
    (2, 'Ilha do Corvo Pad',   'Portugal',     39.705,  -31.112, 2, NULL),
    (3, 'Machrie Moor',        'Scotland',     55.539,   -5.312, 1, NULL),
    (4, 'Waihora Point',       'New Zealand', -38.968,  177.902, 4, NULL),
    (5, 'Kiunga Sea Platform', 'Kenya',        -1.749,   41.492, 2, NULL),
    (6, 'Gander Ridge',        'Canada',       48.957,  -54.608, 3, NULL),
    (7, 'Woomelang Downs',     'Australia',   -35.682,  142.666, 2, NULL),
    (8, 'Old Skarvnes Pad',    'Norway',       69.301,   16.044, 1, '2009-06-30');

-- In the order of their first flights: 0003 picks among the vehicles that fly on a given day by number.
INSERT INTO vehicles (vehicle_id, agency_id, home_site_id, name, stages, reusable, capacity_kg, list_price,
                      first_flight, properties) VALUES
    (1,  6, 1, 'Sonde IX',    1, 1,    60,    740000.99, '1992-10-10', '{"fuel":"solid","engines":1,"fairing":0.6}'),
    (2,  1, 1, 'Havørn 2',    2, 0,  3200,  28500000.00, '1994-04-18', '{"fuel":"kerosene","engines":5,"fairing":3.6}'),
    (3,  4, 4, 'Kahawai',     3, 0,  2100,  19900000.00, '1997-12-03', '{"fuel":"kerosene","engines":4,"fairing":2.9}'),
    (4,  5, 5, 'Simba E',     2, 0,  4100,  30000000.00, '1998-01-05', '{"fuel":"hydrogen","engines":2,"fairing":3.8}'),
    (5,  1, 1, 'Havørn 3',    3, 0,  7800,  61250000.00, '2001-08-07', '{"fuel":"kerosene","engines":9,"fairing":4.2}'),
    (6,  2, 2, 'Aurelia A',   2, 0,  1450,  12990000.50, '2006-05-23', '{"fuel":"methane","engines":3,"fairing":2.4}'),
    (7,  7, 6, 'Tamarack 9',  3, 1, 24500, 118000000.00, '2012-07-17', '{"fuel":"hydrogen","engines":11,"fairing":5.4}'),
    (8,  3, 3, 'Windhover',   2, 0,   320,   5750000.25, '2013-06-01', '{"fuel":"propane","engines":9,"fairing":1.2}'),
    (9,  2, 2, 'Aurelia B',   2, 1,  5600,  33400000.00, '2014-02-11', '{"fuel":"methane","engines":7,"fairing":3.9}'),
    (10, 4, 4, 'Toroa',       2, 1,  6400,  37600000.75, '2016-03-29', '{"fuel":"methane","engines":9,"fairing":4.2}'),
    (11, 8, 7, 'Crux',        2, 1,  1750,  14300000.00, '2018-11-22', '{"fuel":"methane","engines":5,"fairing":2.6}'),
    (12, 3, 3, 'Merlin Hill', 2, 1,   890,   8100000.00, '2019-09-14', '{"fuel":"propane","engines":9,"fairing":1.8}');
