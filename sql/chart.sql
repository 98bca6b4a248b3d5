--
-- The type chart: text, equality and order, storage.
--

\pset format unaligned

-- Text is a JSON object: bodies with longitudes in degrees, in the order of
-- the registry of bodies.
SELECT '{"moon": 303.5466256, "sun": 196.2678939, "chiron": 120.5681084}'::chart;
SELECT '{}'::chart, NULL::chart IS NULL AS unknown;

-- For loading in bulk there is the positional form: the ten planets from Sun
-- to Pluto.  John Lennon:
SELECT '{196.2678939,303.5466256,218.5582322,153.2154171,182.6625306,43.6918678,43.2150138,55.5519944,176.0301116,124.1880861}'::chart;
SELECT ' { 196.27 , null,	NULL ,NULL,NULL,NULL,NULL,NULL,NULL , 124.19 } '::chart;
SELECT '{NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}'::chart = '{}'::chart AS empty;

-- A body may have a speed and a declination, a chart house cusps and the
-- uncertainty of the birth time in seconds.
CREATE TEMPORARY TABLE people (name text, chart chart);
INSERT INTO people VALUES
('John Lennon', '{
	"sun": {"longitude": 196.2678939, "speed": 0.988481, "declination": -6.3988857},
	"moon": {"longitude": 303.5466256, "speed": 12.5290939, "declination": -14.5969381},
	"jupiter": {"longitude": 43.6918678, "speed": -0.1069103},
	"neptune": {"longitude": 176.0301116, "declination": 2.6814188},
	"pluto": 124.1880861,
	"ascendant": 19.7111278,
	"cusps": [19.7111278, 59.519861, 80.22482, 97.0584110, 115.3002147, 142.0860024,
		199.7111278, 239.5198610, 260.2248200, 277.0584110, 295.3002147, 322.0860024],
	"uncertainty": 1800}'),
('Yoko Ono', '{329.3793683,251.1295754,337.8913140,313.7855124,165.1254055,170.6954913,309.7369720,20.5479258,159.0760407,111.6284326}'),
('nobody', '{}'),
('unknown', NULL);
SELECT * FROM people;

-- What it prints it reads, to the same value.
SELECT name, chart::text::chart = chart AS same FROM people;

-- A longitude is folded into the circle.
SELECT d AS degrees, ('{"sun": ' || d || '}')::chart
FROM unnest('{0,-0,-0.0,360,-360,725,-715,5,1e2,1.5E+2,36005e-2,1e15,-1e300}'::text[]) AS d;
-- ... also in the positional form, which takes numbers as PostgreSQL does
SELECT '{725,-715,-0.0,360,1e2,36005e-2,+7,.5,5.,1e300}'::chart;

-- It prints as the shortest decimal that reads back.  A turn has 2^32 units,
-- one is 8.4e-8 degrees: seven places are always kept.
SELECT d AS degrees, longitude(('{"sun": ' || d || '}')::chart, 'sun')
FROM unnest('{196.27,196.2678939,0.1,0.0000001,359.9999999,359.99999999,0.333333333333333333333333333333,
	123.45678901234567,90.00000004,90.00000005}'::text[]) AS d;
SELECT count(*) AS different
FROM generate_series(0, 3600000000, 1234567) AS i
WHERE longitude(('{"sun": ' || i / 1e7 || '}')::chart, 'sun') <> i % 3600000000 / 1e7;

-- Every sign begins at its first point.
SELECT i * 30 AS degrees, b.longitude, b.sign, b.sign_degree
FROM generate_series(0, 12) AS i, bodies(chart(sun => i * 30)) AS b;

-- Speeds have six places, declinations seven.
SELECT '{"sun": {"longitude": 1, "speed": 0.9884814, "declination": -6.39888574}}'::chart;
SELECT '{"sun": {"longitude": 1, "speed": -0.0000001, "declination": 0.00000001}}'::chart;
SELECT '{"sun": {"longitude": 1, "speed": 2147.483647, "declination": 90},
	"moon": {"longitude": 1, "speed": -2147.483647, "declination": -90}}'::chart;
-- Where none is known, there is none: nothing remains of them
SELECT '{"sun": {"longitude": 1, "speed": null, "declination": null}, "moon": null, "cusps": null, "uncertainty": 0}'::chart
	= '{"sun": 1}'::chart AS equal;

--
-- Errors say what is wrong and where.
--

SELECT ''::chart;
SELECT 'sun 196.27'::chart;
SELECT 'über allem ♈ ♉ ♊ ♋ ♌ ♍ ♎ ♏ ♐ ♑ ♒ ♓ und keine Karte'::chart;
SELECT '196.27'::chart;
SELECT '{'::chart;
SELECT '{1,2,3,4,5,6,7,8,9}'::chart;
SELECT '{1,2,3,4,5,6,7,8,9,10,11}'::chart;
SELECT '{1,2,3,4,5,6,7,8,9,10,}'::chart;
SELECT '{1,2,3,4,5,6,7,8,9,10'::chart;
SELECT '{1,2,3,4,5,6,7,8,9,10} or so'::chart;
SELECT '{1,2,,4,5,6,7,8,9,10}'::chart;
SELECT '{1,2,drei♎♎♎♎♎♎♎♎,4,5,6,7,8,9,10}'::chart;
SELECT '{1,2 3,4,5,6,7,8,9,10}'::chart;
SELECT '{1,2,0x10,4,5,6,7,8,9,10}'::chart;
SELECT '{"sun": 196.27, }'::chart;
SELECT '{"sun": 196.27'::chart;

-- A number is finite.
SELECT '{1,2,NaN,4,5,6,7,8,9,10}'::chart;
\echo :LAST_ERROR_SQLSTATE
SELECT '{1,2,3,-Infinity,5,6,7,8,9,10}'::chart;
SELECT '{1,2,3,4,1e400,6,7,8,9,10}'::chart;
SELECT '{"sun": 1e400}'::chart;

-- A body has one longitude, one speed, one declination.
SELECT '{"sun": 196.27, "Sun": 196.27}'::chart;
SELECT '{"sun": 196.27, "Sun": 196.28}'::chart;
SELECT '{"true_node": 10, "mean_node": 11, "north_node": 11}'::chart;
\echo :LAST_ERROR_SQLSTATE
SELECT '{"sun": {"longitude": 1, "speed": 1}, "Sun": {"longitude": 1, "speed": 2}}'::chart;

-- Other words than names of bodies are errors when they have positions.
SELECT '{"sun": 196.27, "venuss": 153.22}'::chart;
SELECT '{"sun": 196.27, "planet x": 153.22}'::chart;

-- Everything has its range.
SELECT '{"sun": {"longitude": 1, "declination": 90.0000001}}'::chart;
\echo :LAST_ERROR_SQLSTATE
SELECT '{"sun": {"longitude": 1, "declination": -91}}'::chart;
SELECT '{"sun": {"longitude": 1, "speed": 2147.483648}}'::chart;
SELECT '{"sun": {"longitude": 1, "speed": -1e9}}'::chart;
SELECT '{"sun": 1, "cusps": [0, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300]}'::chart;
SELECT '{"sun": 1, "cusps": [0, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 330, 360]}'::chart;
SELECT '{"sun": 1, "uncertainty": -1}'::chart;
SELECT '{"sun": 1, "uncertainty": 31557601}'::chart;
SELECT '{"sun": 1, "uncertainty": 31557600}'::chart;

-- One wrong line fails a COPY, with its place.
COPY people FROM stdin;
Paul McCartney	{"sun": 86.69}
George Harrison	{"sun": 334.46, "saturnus": 57.6}
\.

--
-- Equality and order.  Equal charts are equal bytes.
--

SELECT '{"sun": 196.27}'::chart = '{"Sun": 556.27}'::chart AS folded,
	'{"sun": 196.27}'::chart = '{"sun": 196.2700001}'::chart AS near,
	'{"sun": 196.27}'::chart = '{"sun": 196.27, "moon": null}'::chart AS null_is_absent,
	'{"sun": 0}'::chart = '{}'::chart AS zero_is_not_absent,
	'{"sun": 196.27}'::chart = '{"moon": 196.27}'::chart AS other_body;
SELECT '{1,2,3,4,5,6,7,8,9,10}'::chart
	= '{"pluto":10,"neptune":9,"uranus":8,"saturn":7,"jupiter":6,"mars":5,"venus":4,"mercury":3,"moon":2,"sun":1}'::chart AS order_of_writing;

-- The order is total and stable and means nothing, but that charts with the
-- same bodies sort by their first longitude, then by the second, and so on.
CREATE TEMPORARY TABLE charts AS
	SELECT i AS id, c::chart AS chart
	FROM unnest(ARRAY['{}', '{"sun": 2}', '{"sun": 300}', '{"sun": 2, "moon": 1}', '{"sun": 2, "moon": 200}',
		'{"moon": 1}', '{"sun": {"longitude": 2, "speed": 1}}', '{"sun": {"longitude": 2, "speed": -1}}',
		'{"sun": {"longitude": 2, "declination": -1}}', '{"sun": 2, "uncertainty": 60}',
		'{1,2,3,4,5,6,7,8,9,10}', '{1,2,3,4,5,6,7,8,9,11}',
		'{1,2,3,4,5,6,7,8,9,NULL}']) WITH ORDINALITY AS u(c, i);
SELECT chart FROM charts ORDER BY chart;
SELECT count(*) AS contradictions
FROM charts AS a, charts AS b
WHERE (a.chart < b.chart) <> (chart_cmp(a.chart, b.chart) < 0)
	OR (a.chart <= b.chart) <> (chart_cmp(a.chart, b.chart) <= 0)
	OR (a.chart = b.chart) <> (chart_cmp(a.chart, b.chart) = 0)
	OR (a.chart >= b.chart) <> (chart_cmp(a.chart, b.chart) >= 0)
	OR (a.chart > b.chart) <> (chart_cmp(a.chart, b.chart) > 0)
	OR (a.chart <> b.chart) <> (a.id <> b.id)
	OR sign(chart_cmp(a.chart, b.chart)) <> -sign(chart_cmp(b.chart, a.chart));
SELECT count(*) AS not_transitive
FROM charts AS a, charts AS b, charts AS c
WHERE a.chart < b.chart AND b.chart < c.chart AND NOT a.chart < c.chart;
SELECT count(DISTINCT chart_hash(chart)) AS hashes, count(DISTINCT chart_hash_extended(chart, 42)) AS extended,
	bool_and(chart_hash_extended(chart, 0)::bit(32) = chart_hash(chart)::bit(32)) AS agree
FROM charts;

-- DISTINCT, GROUP BY and every kind of join.
INSERT INTO charts SELECT id + 100, chart FROM charts WHERE id <= 5;
INSERT INTO charts VALUES (200, NULL), (201, NULL);
SELECT count(*), count(DISTINCT chart) FROM charts;
SET enable_sort = off;
SELECT chart, count(*) FROM charts GROUP BY chart HAVING count(*) > 1 ORDER BY min(id);
RESET enable_sort;
SET enable_hashagg = off;
SELECT chart, count(*) FROM charts GROUP BY chart HAVING count(*) > 1 ORDER BY min(id);
RESET enable_hashagg;
ANALYZE charts;
SET enable_nestloop = off;
SET enable_mergejoin = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM charts AS a JOIN charts AS b USING (chart);
SELECT count(*) FROM charts AS a JOIN charts AS b USING (chart);
RESET enable_mergejoin;
SET enable_hashjoin = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM charts AS a JOIN charts AS b USING (chart);
SELECT count(*) FROM charts AS a JOIN charts AS b USING (chart);
RESET enable_hashjoin;
RESET enable_nestloop;

-- Indexes of both kinds; a unique one lets every chart in once.
CREATE INDEX ON charts USING hash (chart);
SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT id FROM charts WHERE chart = '{"moon": 1}';
SELECT id FROM charts WHERE chart = '{"moon": 1}';
DELETE FROM charts WHERE id >= 100;
CREATE UNIQUE INDEX charts_chart_key ON charts (chart);
EXPLAIN (COSTS OFF) SELECT id FROM charts WHERE chart < '{"moon": 1}' ORDER BY chart;
SELECT id FROM charts WHERE chart < '{"moon": 1}' ORDER BY chart;
INSERT INTO charts VALUES (300, '{"Moon": 361}');
INSERT INTO charts VALUES (300, '{"Moon": 361}') ON CONFLICT DO NOTHING;
RESET enable_seqscan;
RESET enable_bitmapscan;

-- Partitions by hash.
CREATE TEMPORARY TABLE by_hash (chart chart) PARTITION BY HASH (chart);
CREATE TEMPORARY TABLE by_hash_0 PARTITION OF by_hash FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TEMPORARY TABLE by_hash_1 PARTITION OF by_hash FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO by_hash SELECT chart(sun => i) FROM generate_series(0, 359) AS i;
SELECT count(*) BETWEEN 120 AND 240 AS even FROM by_hash_0;
SELECT count(*) FROM by_hash WHERE chart = '{"sun": 196}';

--
-- Storage: ten planets take 48 bytes, and a chart is always read in place.
--

SELECT name, pg_column_size(chart) FROM people;
CREATE TEMPORARY TABLE odd (a "char", chart chart, b bool);
INSERT INTO odd SELECT 'x', chart, true FROM charts;
INSERT INTO odd SELECT 'x', chart(array_agg(body), array_agg(id * 2.1), array_agg(id * 0.1), array_agg(id * 0.2)), true
FROM (SELECT * FROM synastry_bodies() ORDER BY id LIMIT 128) AS b;
SELECT pg_column_size(chart) AS bytes, count(*) FROM odd GROUP BY 1 ORDER BY 1;
SELECT count(*) AS different FROM odd WHERE chart::text::chart <> chart;

-- Text form and back through COPY; NULL is NULL.
COPY people TO stdout;
CREATE TEMPORARY TABLE copied (LIKE people);
COPY copied FROM stdin;
John Lennon	{"sun": {"longitude": 196.2678939, "speed": 0.988481, "declination": -6.3988857}, "moon": {"longitude": 303.5466256, "speed": 12.529094, "declination": -14.5969381}, "jupiter": {"longitude": 43.6918678, "speed": -0.10691}, "neptune": {"longitude": 176.0301116, "declination": 2.6814188}, "pluto": 124.1880861, "ascendant": 19.7111278, "cusps": [19.7111278, 59.519861, 80.22482, 97.058411, 115.3002147, 142.0860024, 199.7111278, 239.519861, 260.22482, 277.058411, 295.3002147, 322.0860024], "uncertainty": 1800}
Yoko Ono	{329.3793683,251.1295754,337.8913140,313.7855124,165.1254055,170.6954913,309.7369720,20.5479258,159.0760407,111.6284326}
unknown	\N
\.
SELECT name, chart = people.chart AS same FROM copied JOIN people USING (name, chart);
SELECT name FROM copied WHERE chart IS NULL;

-- Arrays, records and prepared statements hold charts like any other value.
SELECT (array_agg(chart ORDER BY name))[1] FROM people;
SELECT ARRAY['{"sun": 1}', NULL, '{1,2,3,4,5,6,7,8,9,10}']::chart[];
SELECT ROW('{"sun": 1}'::chart, 'x') = ROW('{"sun": 361}'::chart, 'x') AS equal;
\pset null '(null)'
PREPARE sun_of(chart) AS SELECT longitude($1, 'sun');
EXECUTE sun_of('{"sun": 1}');
EXECUTE sun_of(NULL);
DEALLOCATE sun_of;
