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

-- The tenth cusp is the nearer midpoint, as the midheaven is, and by option the
-- first, as the ascendant is: both at once cannot always be.  Kerykeion 5 takes
-- nearer midpoints and sorts them; Lennon's and McCartney's midheaven then is
-- opposite the tenth cusp and in the fourth house, as it is here without anchor.
SELECT other, anchor, longitude(c, 'midheaven') AS midheaven, (cusps(c))[10] AS tenth, longitude(c, 'ascendant') AS ascendant, (cusps(c))[1] AS first,
	(SELECT house FROM bodies(c) WHERE body = 'midheaven') AS house_of_midheaven
FROM (VALUES (3, 'Paul McCartney'), (2, 'Yoko Ono')) AS o (id, other) JOIN members AS b USING (id), members AS john,
	(VALUES ('midheaven'), ('ascendant'), ('none')) AS t (anchor), composite(john.chart, b.chart, anchor => anchor) AS c
WHERE john.id = 1 ORDER BY b.id DESC, anchor COLLATE "C" DESC;
SELECT count(*), bool_and((cusps(mc))[10] = longitude(mc, 'midheaven')) AS tenth, bool_and((cusps(ac))[1] = longitude(ac, 'ascendant')) AS first,
	count(*) FILTER (WHERE cusps(mc) <> cusps(ac)) AS opposite, bool_and(bare_mc = bare_ac) AS same_bodies,
	bool_and(cusps(mc) IN (cusps(ac), (cusps(ac))[7:12] || (cusps(ac))[1:6])) AS same_points
FROM members AS a JOIN members AS b ON a.id < b.id,
	LATERAL (SELECT composite(a.chart, b.chart) AS mc, composite(a.chart, b.chart, anchor => 'ascendant') AS ac) AS c,
	LATERAL (SELECT with_cusps(mc, NULL) AS bare_mc, with_cusps(ac, NULL) AS bare_ac) AS bare
WHERE cusps(a.chart) IS NOT NULL AND cusps(b.chart) IS NOT NULL;
-- With anchor none each is the nearer midpoint, and order is left to chance.
SELECT count(*), bool_and(right_ones) AS nearer, count(*) FILTER (WHERE turns > 360) AS out_of_order
FROM members AS a JOIN members AS b ON a.id < b.id,
	LATERAL (SELECT cusps(composite(a.chart, b.chart, anchor => 'none')) AS cusps) AS c,
	LATERAL (
		SELECT bool_and(longitude(composite(chart(sun => (cusps(a.chart))[h]), chart(sun => (cusps(b.chart))[h])), 'sun') = cusps[h]) AS right_ones,
			round(sum((cusps[h % 12 + 1] - cusps[h] + 360)::numeric % 360)) AS turns
		FROM generate_series(1, 12) AS h
	) AS houses
WHERE cusps(a.chart) IS NOT NULL AND cusps(b.chart) IS NOT NULL;
SELECT anchor, cusps(composite(a, b, true, anchor)) IS NULL AS unknown
FROM (VALUES (with_cusps('{}', ARRAY[10, 20, 50, 80, 110, 140, 190, 200, 230, 260, 290, 320]), with_cusps('{}', ARRAY[190, 200, 230, 250, 290, 320, 10, 20, 50, 70, 110, 140]))) AS c (a, b),
	(VALUES ('midheaven'), ('ascendant'), ('none')) AS t (anchor);
SELECT composite('{"sun": 1}', '{"sun": 2}', anchor => 'mc');
SELECT composite('{"sun": 1}', '{"sun": 2}', 0.5, anchor => '');
SELECT composite('{"sun": 1}', '{"sun": 2}', anchor => NULL) IS NULL AS unknown;

-- A weight of the second chart: on the shorter arc, nearer to one of them.
SELECT weight, composite('{"sun": {"longitude": 350, "speed": 1}, "moon": 10, "mars": 1}', '{"sun": {"longitude": 20, "speed": -0.5}, "moon": 350, "venus": 1}', weight)
FROM unnest(ARRAY[0, 0.1, 0.25, 0.5, 1]::float8[]) AS weight;
SELECT cusps(composite(with_cusps('{}', ARRAY[350, 20, 50, 80, 110, 140, 170, 200, 230, 260, 290, 320]),
	with_cusps('{}', ARRAY[20, 40, 80, 110, 140, 170, 200, 220, 260, 290, 320, 350]), 0.1));
-- None of it and all of it: one and the other, if both know the same.
SELECT count(*), bool_and(composite(a, b, 0) = a) AS first, bool_and(composite(a, b, 1) = b) AS second, bool_and(composite(a, b, 0.5) = composite(a, b)) AS half,
	bool_and(composite(a, b, 0.25) = composite(b, a, 0.75)) AS either_way, bool_and(composite(a, a, 0.3) = a) AS oneself
FROM members AS m, members AS n,
	LATERAL (SELECT composite(m.chart, m.chart) - '{angles,chiron}'::text[] AS a, composite(n.chart, n.chart) - '{angles,chiron}'::text[] AS b) AS c
WHERE (cusps(a) IS NULL) = (cusps(b) IS NULL);
-- The rule in plain SQL.
SELECT count(*), max(180 - abs(180 - abs(b.longitude - right_one))) < 0.0000002 AS right_longitude,
	max(abs(b.speed - right_speed)) < 0.00000101 AS right_speed
FROM members AS m, members AS n, unnest(ARRAY[0.1, 0.382, 0.9]::float8[]) AS weight, bodies(composite(m.chart, n.chart, weight)) AS b,
	LATERAL (SELECT p.longitude AS from_, (q.longitude - p.longitude + 540)::numeric % 360 - 180 AS arc, p.speed + weight * (q.speed - p.speed) AS right_speed
		FROM positions AS p, positions AS q WHERE p.id = m.id AND q.id = n.id AND p.body = b.body AND q.body = b.body) AS way,
	LATERAL (SELECT ((from_ + weight * arc::float8 + 360)::numeric % 360)::float8 AS right_one) AS oracle
WHERE m.id <= 20;
SELECT count(*), bool_and(turn = 360) AS one_turn, bool_and(tenth) AS tenth
FROM members AS a, members AS b, LATERAL (SELECT composite(a.chart, b.chart, 0.3) AS c) AS c,
	LATERAL (SELECT round(sum((cusps[h % 12 + 1] - cusps[h] + 360)::numeric % 360), 6) AS turn, bool_and(cusps[10] = longitude(c, 'midheaven')) AS tenth
		FROM cusps(c) AS cusps, generate_series(1, 12) AS h) AS houses
WHERE a.id <> b.id AND cusps(a.chart) IS NOT NULL AND cusps(b.chart) IS NOT NULL;
-- Exactly opposite: of both points the smaller longitude, or none; at either
-- end there is only one.
SELECT weight, composite('{"sun": 10, "mars": 0}', '{"sun": 190, "mars": 180}', weight),
	composite('{"sun": 10, "mars": 0}', '{"sun": 190, "mars": 180}', weight, true) AS or_unknown
FROM unnest(ARRAY[0, 0.25, 0.75, 1]::float8[]) AS weight;
SELECT composite('{"sun": 1}', '{"sun": 2}', 1.01);
SELECT composite('{"sun": 1}', '{"sun": 2}', -0.01);
SELECT composite('{"sun": 1}', '{"sun": 2}', 'NaN'::float8);
SELECT composite('{"sun": 1}', '{"sun": 2}', NULL::float8) IS NULL AS unknown;

--
-- composite_agg()
--
SELECT composite_agg(chart - '{nodes,chiron,mean_lilith}'::text[]) FROM members WHERE id IN (1, 3, 4, 5);

-- Of longitudes that cancel out there is no mean, of those nearly so there is.
SELECT composite_agg(chart) FROM (VALUES ('{"sun": 0, "moon": 350, "mars": 0, "venus": 0}'::chart),
	('{"sun": 120, "moon": 10, "mars": 90, "venus": 120}'), ('{"sun": 240, "moon": 20, "mars": 180, "venus": 240.001}')) AS t (chart);
SELECT composite_agg(chart) FROM (VALUES ('{"sun": 10, "moon": 0}'::chart), ('{"sun": 190, "moon": 180.001}')) AS t (chart);
SELECT composite_agg(chart(ARRAY['sun'], ARRAY[n * 30])) AS twelve, composite_agg(chart(ARRAY['sun'], ARRAY[n * 51.4285714])) FILTER (WHERE n < 7) AS seven FROM generate_series(0, 11) AS n;

-- Bodies that all have; nothing in, nothing out.
SELECT composite_agg(chart) FROM (VALUES ('{"sun": 10, "moon": 0}'::chart), (NULL), ('{"sun": 20, "asc": 180.001}')) AS t (chart);
SELECT composite_agg(chart) FROM (VALUES ('{"sun": 10}'::chart), ('{"moon": 20}')) AS t (chart);
SELECT composite_agg(chart) IS NULL AS nobody FROM members WHERE false;
SELECT composite_agg(NULL::chart) IS NULL AS unknown FROM members;

-- The mean of one chart is that chart, of many times the same too; of two it is
-- the composite to within a unit.
SELECT count(*), bool_and(composite_agg = bare) AS same
FROM (SELECT composite_agg(chart), chart(array_agg(body), array_agg(longitude)) AS bare FROM members, bodies(chart) GROUP BY id) AS t;
SELECT count(*), max(difference) < 0.0000002 AS within_a_unit
FROM members AS a JOIN members AS b ON a.id < b.id,
	LATERAL (SELECT composite_agg(chart) AS mean FROM (VALUES (a.chart), (b.chart)) AS t (chart)) AS m,
	LATERAL (SELECT abs(180 - abs(180 - abs(longitude(mean, body) - longitude))) AS difference FROM bodies(composite(a.chart, b.chart))
		WHERE 180 - abs(180 - abs(longitude(a.chart, body) - longitude(b.chart, body))) < 150) AS d;
-- And the mean that the server's own functions find.
SELECT count(*), max(180 - abs(180 - abs(mean - exact))) < 0.0000003 AS as_exact
FROM (
	SELECT body, degrees(atan2(sum(sind(longitude)), sum(cosd(longitude)))) AS exact,
		(SELECT longitude(composite_agg(chart), p.body) FROM members) AS mean
	FROM positions AS p GROUP BY body HAVING count(*) = 60
) AS means;

-- Whatever the order and the plan.
CREATE TABLE result AS SELECT composite_agg(chart) AS mean FROM members;
SELECT composite_agg(chart ORDER BY id) = mean AS ascending, composite_agg(chart ORDER BY md5(id::text)) = mean AS shuffled,
	composite_agg(DISTINCT chart) = mean AS once
FROM members, result GROUP BY mean;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 3;
EXPLAIN (COSTS OFF) SELECT composite_agg(chart) FROM members;
SELECT composite_agg(chart) = (SELECT mean FROM result) AS same FROM members;
SELECT bool_and(composite_agg = sorted) AS same
FROM (SELECT id % 7 AS seventh, composite_agg(chart) FROM members GROUP BY 1) AS a
	JOIN (SELECT id % 7 AS seventh, composite_agg(chart ORDER BY id) AS sorted FROM members GROUP BY 1) AS b USING (seventh);
SET max_parallel_workers_per_gather = 0;
SELECT (composite_agg(chart) FILTER (WHERE id = 1)) = (SELECT composite_agg(chart) FROM members WHERE id = 1) AS filtered FROM members;
SELECT count(*), bool_and(growing = alone) AS growing, bool_and(sliding = near) AS sliding
FROM (
	SELECT composite_agg(chart) OVER (ORDER BY id) AS growing,
		composite_agg(chart) OVER (ORDER BY id ROWS 2 PRECEDING) AS sliding,
		(SELECT composite_agg(chart) FROM members AS q WHERE q.id <= p.id) AS alone,
		(SELECT composite_agg(chart) FROM members AS q WHERE q.id BETWEEN p.id - 2 AND p.id) AS near
	FROM members AS p
) AS frames;

-- States, by hand, as text and in binary.
SELECT composite_agg_accum(NULL, '{"sun": 0, "moon": 45}');
WITH state AS MATERIALIZED (SELECT composite_agg_accum(NULL, '{"sun": 0, "moon": 45}') AS s)
SELECT composite_agg_accum(s, '{"sun": 90, "moon": 45}') AS two, s AS one, composite_agg_combine(s, s) AS twice FROM state;
SELECT composite_agg_final('{"charts": 2, "bodies": ["moon"], "sums": [[4294967296, 4294967296]]}');
CREATE AGGREGATE as_state(chart) (SFUNC = composite_agg_accum, STYPE = chart_sum);
CREATE TABLE states AS
	SELECT as_state(chart) AS state FROM members GROUP BY id % 7 UNION ALL SELECT as_state('{}');
\copy states TO 'results/sums.copy' (FORMAT binary)
CREATE TABLE copied (LIKE states);
\copy copied FROM 'results/sums.copy' (FORMAT binary)
SELECT count(*), bool_and(s.state::text::chart_sum::text = s.state::text) AS text_back
FROM states AS s JOIN copied AS c ON chart_sum_send(s.state) = chart_sum_send(c.state);
CREATE AGGREGATE sum(chart_sum) (SFUNC = composite_agg_combine, STYPE = chart_sum);
SELECT composite_agg_final(sum(state)) = (SELECT mean FROM result) AS same FROM copied WHERE state::text NOT LIKE '{"charts": 1,%';
CREATE FUNCTION refused(text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
BEGIN
	PERFORM $1::chart_sum;
	RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN SQLSTATE || ': ' || coalesce(nullif(detail, ''), SQLERRM);
END $$;
SELECT state, refused(state) FROM (VALUES
	('{"charts": 1, "bodies": ["sun"], "sums": [[4294967296, 0]]}'),
	('{"charts": 0, "bodies": [], "sums": []}'), ('{"charts": 2147483648, "bodies": [], "sums": []}'), ('[]'), ('1'),
	('{"charts": 1, "bodies": ["sun"], "sums": []}'), ('{"charts": 1, "bodies": ["sun"], "sums": [[1]]}'),
	('{"charts": 1, "bodies": ["sun"], "sums": [[1, 0.5]]}'), ('{"charts": 1, "bodies": ["sun"], "sums": [[1, 1e300]]}'),
	('{"charts": 1, "bodies": ["venuss"], "sums": [[1, 1]]}'), ('{"charts": 1, "bodies": ["moon", "sun"], "sums": [[1, 1], [1, 1]]}'),
	('{"charts": 1, "bodies": ["sun"], "sums": [[4294967297, 1]]}'), ('{"charts": 1, "bodies": ["sun"], "sums": [[1, -4294967297]]}')
	) AS t (state);
SELECT composite_agg_accum('{"charts": 2147483647, "bodies": [], "sums": []}', '{}');

SET client_min_messages = warning;
DROP SCHEMA composite CASCADE;
