--
-- Composite charts: of two, composite(); of many, composite_agg()
--
CREATE SCHEMA composite;
SET search_path = composite, public;
CREATE TABLE positions (id int, body text, longitude float8, speed float8, declination float8);
\copy positions FROM 'test/data/positions.csv' (FORMAT csv, HEADER)
CREATE TABLE house_cusps (id int, house int, longitude float8);
\copy house_cusps FROM 'test/data/cusps.csv' (FORMAT csv, HEADER)
CREATE TABLE members AS
	SELECT id, with_cusps(chart_agg(body, longitude, speed, declination),
		(SELECT array_agg(longitude ORDER BY house) FROM house_cusps AS h WHERE h.id = p.id)) AS chart
	FROM positions AS p GROUP BY id;
ANALYZE members;

SELECT composite(a.chart - '{nodes,chiron,mean_lilith}'::text[], b.chart) FROM members AS a, members AS b WHERE a.id = 1 AND b.id = 2;

-- The nearer midpoint, on whichever side of 0 Aries; bodies that both have;
-- the mean of the speeds; no declinations.
SELECT composite('{"sun": 350, "moon": 10, "mars": 1}', '{"sun": 20, "moon": 350, "venus": 1}');
SELECT composite('{"sun": {"longitude": 1, "speed": 0.000001}, "moon": {"longitude": 1, "declination": 1}, "mars": {"longitude": 3, "speed": -1}}',
	'{"sun": {"longitude": 2, "speed": 0.000002}, "moon": {"longitude": 2, "speed": 1}, "mars": {"longitude": 5, "speed": 0.999999}}');
SELECT composite('{"sun": 1}', '{"moon": 2}');
SELECT composite('{"sun": 1}', NULL) IS NULL AS unknown;

-- Exactly opposite bodies have two midpoints: the smaller longitude counts,
-- or none.
SELECT composite('{"sun": 10, "moon": 190, "mars": 0, "venus": 270, "pluto": 10}',
	'{"sun": 190, "moon": 10, "mars": 180, "venus": 90, "pluto": 190.0000002}');
SELECT composite('{"sun": 10, "moon": 190, "mars": 0, "venus": 270, "pluto": 10}',
	'{"sun": 190, "moon": 10, "mars": 180, "venus": 90, "pluto": 190.0000002}', opposed_unknown => true);

-- It does not matter who comes first, and oneself is in one's own middle.
SELECT count(*), bool_and(composite(a.chart, b.chart) = composite(b.chart, a.chart)) AS commutative
FROM members AS a, members AS b;
SELECT bool_and(composite(chart, chart)::text = chart(array_agg, longitudes, speeds, NULL, cusps(chart))::text) AS same
FROM (SELECT chart, array_agg(b.body), array_agg(b.longitude) AS longitudes, array_agg(b.speed) AS speeds
	FROM members, bodies(chart) AS b GROUP BY chart) AS taken_apart;
-- Midpoints are halfway.
SELECT count(*), max(abs(180 - abs(180 - abs(longitude(a.chart, body) - longitude)) - (180 - abs(180 - abs(longitude(b.chart, body) - longitude))))) < 0.0000004 AS halfway,
	max(180 - abs(180 - abs(longitude(a.chart, body) - longitude))) <= 90 AS nearer
FROM members AS a, members AS b, bodies(composite(a.chart, b.chart));

-- Cusps, where both have them: midpoints, the houses in their order.
SELECT cusps(composite(with_cusps('{}', ARRAY[350, 20, 50, 80, 110, 140, 170, 200, 230, 260, 290, 320]),
	with_cusps('{}', ARRAY[20, 40, 80, 110, 140, 170, 200, 220, 260, 290, 320, 350])));
SELECT cusps(composite(with_cusps('{}', ARRAY[10, 20, 50, 80, 110, 140, 190, 200, 230, 260, 290, 320]), '{}')) IS NULL AS unknown,
	cusps(composite(with_cusps('{}', ARRAY[10, 20, 50, 80, 110, 140, 190, 200, 230, 260, 290, 320]),
		with_cusps('{}', ARRAY[190, 200, 230, 260, 290, 320, 10, 20, 50, 80, 110, 140]), true)) IS NULL AS opposed;
SELECT count(*), bool_and(turn = 360) AS one_turn, max(distance) < 0.0000006 AS midpoints
FROM members AS a, members AS b,
	LATERAL (
		SELECT round(sum(arc)::numeric, 6) AS turn, max(distance) AS distance
		FROM (
			SELECT (cusp - lag(cusp, 1, last) OVER (ORDER BY house) + 360)::numeric % 360 AS arc,
				abs((2 * cusp - (cusps(a.chart))[house] - (cusps(b.chart))[house] + 1080 + 180)::numeric % 360 - 180) AS distance
			FROM unnest(cusps(composite(a.chart, b.chart))) WITH ORDINALITY AS c (cusp, house),
				LATERAL (SELECT (cusps(composite(a.chart, b.chart)))[12] AS last) AS l
		) AS arcs
	) AS houses
WHERE cusps(a.chart) IS NOT NULL AND cusps(b.chart) IS NOT NULL;

SET client_min_messages = warning;
DROP SCHEMA composite CASCADE;
