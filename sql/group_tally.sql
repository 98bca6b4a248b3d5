--
-- What the members of a group have in common, group_tally(); matrices out of
-- rows, aspect_matrix_agg()
--
CREATE SCHEMA group_tally;
SET search_path = group_tally, public;
CREATE TABLE positions (id int, body text, longitude float8, speed float8, declination float8);
\copy positions FROM 'test/data/positions.csv' (FORMAT csv, HEADER)
CREATE TABLE members AS SELECT id, chart_agg(body, longitude) AS chart FROM positions GROUP BY id;
ANALYZE members;
ANALYZE positions;

-- The Beatles
SELECT body_a, body_b, aspect, pairs, count, round(share::numeric, 3) AS share, mean_orb
FROM tally_rows((SELECT group_tally(chart, 'trine 3, conjunction 3; bodies sun, moon, venus') FROM members WHERE id IN (1, 3, 4, 5)));

-- It is what all pairs add up to, with both directions in one cell.
CREATE FUNCTION tally_by_pairs(aspect_set, OUT body_a text, OUT body_b text,
	OUT aspect text, OUT pairs int8, OUT count int8)
RETURNS SETOF record LANGUAGE sql AS $$
	WITH registry AS (
		SELECT id, body FROM synastry_bodies()
	), taking_part AS (
		SELECT m.id, r.id AS body_id, body,
			bool_or(side = 'a') AS a, bool_or(side = 'b') AS b
		FROM members AS m, bodies(chart) JOIN registry AS r USING (body),
			(VALUES ('a'), ('b')) AS s (side)
		WHERE CASE side
			WHEN 'a' THEN aspect_matrix(chart(ARRAY[body], ARRAY[0]), '{}', $1)::jsonb->'a' ? body
			ELSE aspect_matrix('{}', chart(ARRAY[body], ARRAY[0]), $1)::jsonb->'b' ? body END
		GROUP BY 1, 2, 3
	), cells AS (
		SELECT x.id AS x, y.id AS y,
			least(x.body_id, y.body_id) AS low, greatest(x.body_id, y.body_id) AS high, x.body AS x_body, y.body AS y_body
		FROM taking_part AS x JOIN taking_part AS y ON x.id < y.id AND (x.a AND y.b OR x.b AND y.a)
	), found AS (
		SELECT low, high, f.aspect
		FROM cells AS c JOIN members AS p ON p.id = x JOIN members AS q ON q.id = y,
			aspects(chart(ARRAY[x_body], ARRAY[longitude(p.chart, x_body)]),
				chart(ARRAY[y_body], ARRAY[longitude(q.chart, y_body)]), (regexp_replace($1::text, '; bodies_[^;]*', '', 'g'))::aspect_set) AS f
	)
	SELECT l.body, h.body, f.aspect, (SELECT count(*) FROM cells AS c WHERE (c.low, c.high) = (f.low, f.high)), count(*)
	FROM found AS f JOIN registry AS l ON l.id = low JOIN registry AS h ON h.id = high
	GROUP BY low, high, 1, 2, 3
$$;
CREATE TABLE everybody AS TABLE members;
DELETE FROM members WHERE id > 7;
CREATE TABLE compared (aspects text, rows bigint, different bigint);
DO $$
DECLARE
	aspects aspect_set;
BEGIN
	FOREACH aspects IN ARRAY ARRAY['synastry'::aspect_set, 'trine 8; bodies planets',
			'major; bodies_a luminaries, angles; bodies_b planets; strict', 'square 5; bodies_a sun; bodies_b moon']
	LOOP
		INSERT INTO compared
		SELECT aspects, count(*), count(*) FILTER (WHERE (t.pairs, t.count) IS DISTINCT FROM (p.pairs, p.count))
		FROM tally_rows((SELECT group_tally(chart, aspects) FROM members)) AS t
			FULL JOIN tally_by_pairs(aspects) AS p USING (body_a, body_b, aspect);
	END LOOP;
END $$;
SELECT left(aspects, 50) AS aspects, rows, different FROM compared;

-- Whatever the order, the plan, the frame.
CREATE TABLE result AS SELECT group_tally(chart) AS tally FROM everybody;
SELECT group_tally(chart ORDER BY id)::text = tally::text AS ascending,
	group_tally(chart ORDER BY md5(id::text))::text = tally::text AS shuffled,
	group_tally(DISTINCT chart)::text = tally::text AS once
FROM everybody, result GROUP BY tally::text;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 3;
EXPLAIN (COSTS OFF) SELECT group_tally(chart) FROM everybody;
SELECT aspect_tally_send(group_tally(chart)) = (SELECT aspect_tally_send(tally) FROM result) AS same FROM everybody;
SET max_parallel_workers_per_gather = 0;
SELECT count(*), bool_and(growing::text = alone::text) AS growing, bool_and(sliding::text = near::text) AS sliding
FROM (
	SELECT group_tally(chart) OVER (ORDER BY id) AS growing,
		group_tally(chart) OVER (ORDER BY id ROWS 2 PRECEDING) AS sliding,
		(SELECT group_tally(chart) FROM members AS q WHERE q.id <= p.id) AS alone,
		(SELECT group_tally(chart) FROM members AS q WHERE q.id BETWEEN p.id - 2 AND p.id) AS near
	FROM members AS p
) AS frames;
SELECT (group_tally(chart) FILTER (WHERE id <= 7))::text = (SELECT group_tally(chart)::text FROM members) AS filtered FROM everybody;

-- Nobody, nobody known, one alone.
SELECT group_tally(chart) IS NULL AS nobody FROM members WHERE false;
SELECT group_tally(NULL::chart) IS NULL AS unknown, group_tally(chart, NULL) IS NULL AS without_set FROM members;
SELECT group_tally('{"sun": 0}', 'trine 8');

-- Tallies of groups add up; with those of ordered pairs they do not.
SELECT pairs FROM tally_rows((SELECT a + a FROM (SELECT group_tally(chart, 'conjunction 180; bodies sun') AS a FROM members) AS t));
SELECT aspect_tally_accum(tally, '{}', '{}') FROM result;
SELECT group_tally(chart, CASE WHEN id = 1 THEN 'trine 8' ELSE 'trine 7' END::aspect_set ORDER BY id) FROM members;

-- States, by hand and as text.
SELECT group_tally_accum(NULL, '{"sun": 1, "moon": {"longitude": 2, "speed": 13, "declination": -4}, "uncertainty": 60}', 'trine 8');
SELECT group_tally_combine('{"aspects": "trine 8", "charts": [{"sun": 0}]}', '{"aspects": "trine 8", "charts": [{"sun": 120}, {}]}');
SELECT group_tally_final('{"aspects": "trine 8", "charts": [{"sun": 0}, {"sun": 121}]}');
SELECT group_tally_combine('{"aspects": "trine 8", "charts": []}', '{"aspects": "trine 7", "charts": []}');
SELECT '{"charts": []}'::chart_group;
SELECT '{"aspects": "trine 8"}'::chart_group;
SELECT '{"aspects": "trine 8", "charts": [1]}'::chart_group;
SELECT '{"aspects": "trine 8", "charts": [{"sun": "x"}]}'::chart_group;
SELECT '[]'::chart_group;
CREATE AGGREGATE as_state(chart, aspect_set) (SFUNC = group_tally_accum, STYPE = chart_group);
CREATE TABLE states AS
	SELECT as_state(chart, 'modern' ORDER BY id) AS state FROM everybody
	UNION ALL SELECT as_state('{}', 'trine 8, golden=137.5 1; bodies_a sun')
	UNION ALL SELECT '{"aspects": "trine 8", "charts": []}';
\copy states TO 'results/states.copy' (FORMAT binary)
CREATE TABLE copied (LIKE states);
\copy copied FROM 'results/states.copy' (FORMAT binary)
SELECT count(*), bool_and(s.state::text::chart_group::text = s.state::text) AS text_back,
	bool_and(chart_group_send(s.state::text::chart_group) = chart_group_send(s.state)) AS same
FROM states AS s JOIN copied AS c ON chart_group_send(s.state) = chart_group_send(c.state);
SELECT group_tally_final(state)::text = (SELECT group_tally(chart, 'modern')::text FROM everybody) AS same
FROM copied ORDER BY length(state::text) DESC LIMIT 1;

--
-- aspect_matrix_agg()
--
CREATE VIEW side_by_side AS
	SELECT a.id AS a, b.id AS b, body, a.longitude AS longitude_a, b.longitude AS longitude_b
	FROM (SELECT * FROM positions WHERE id = 1) AS a FULL JOIN (SELECT * FROM positions WHERE id = 2) AS b USING (body);
SELECT aspect_matrix_agg(body, longitude_a, longitude_b)::text = aspect_matrix(a.chart, b.chart)::text AS same,
	aspect_matrix_agg(body, longitude_a, longitude_b, 'modern' ORDER BY body DESC)::text = aspect_matrix(a.chart, b.chart, 'modern')::text AS modern
FROM side_by_side, everybody AS a, everybody AS b WHERE a.id = 1 AND b.id = 2 GROUP BY a.chart, b.chart;
SELECT aspect_matrix_agg(body, a, b, 'major; bodies_b angles')
FROM (VALUES ('sun', 1, 2), ('moon', NULL, 0), ('asc', NULL, 121), (NULL, 1, 1), ('mars', NULL, NULL), ('Sun', 361, NULL)) AS t (body, a, b);
SELECT aspect_matrix_agg(body, a, b)::int[] FROM (VALUES ('sun', 1, 1), ('moon', 181, 91)) AS t (body, a, b);
CREATE TABLE pairs AS
	SELECT a.id * 100 + b.id AS pair, body, a.longitude AS longitude_a, b.longitude AS longitude_b
	FROM positions AS a JOIN positions AS b USING (body) WHERE a.id < b.id AND a.id <= 10;
ANALYZE pairs;
CREATE TABLE matrices AS SELECT pair, aspect_matrix_agg(body, longitude_a, longitude_b) AS matrix FROM pairs GROUP BY pair;
SET max_parallel_workers_per_gather = 3;
SET enable_sort = off;
EXPLAIN (COSTS OFF) SELECT pair, aspect_matrix_agg(body, longitude_a, longitude_b) FROM pairs GROUP BY pair;
SELECT count(*), bool_and(m.matrix::text = p.matrix::text) AS same
FROM matrices AS m JOIN (SELECT pair, aspect_matrix_agg(body, longitude_a, longitude_b) AS matrix FROM pairs GROUP BY pair) AS p USING (pair);
RESET enable_sort;
SET max_parallel_workers_per_gather = 0;
SELECT body, aspect_matrix_agg(body, longitude_a, longitude_b) OVER (ORDER BY body)::int[] AS growing
FROM side_by_side WHERE body IN ('sun', 'moon', 'venus');
SELECT aspect_matrix_agg(body, longitude_a, longitude_b) IS NULL AS nothing FROM side_by_side WHERE false;
SELECT aspect_matrix_agg('sun', 1, 'NaN');
SELECT aspect_matrix_agg('venuss', 1, 1);
SELECT aspect_matrix_agg('sun', a, 1) FROM generate_series(1, 2) AS a;
SELECT aspect_matrix_agg(body, 1, 1) FROM synastry_bodies();
SELECT aspect_matrix_agg('sun', 1, 1, CASE WHEN a = 1 THEN 'trine 8' ELSE 'trine 7' END::aspect_set) FROM generate_series(1, 2) AS a;
SELECT aspect_matrix_agg_combine('{"aspects": "trine 8", "charts": [{"sun": 0}, {"sun": 120}]}', '{"aspects": "trine 8", "charts": [{"moon": 0}, {}]}');
SELECT aspect_matrix_agg_final('{"aspects": "trine 8", "charts": [{"sun": 0}, {"sun": 120}]}')::int[];
SELECT aspect_matrix_agg_final('{"aspects": "trine 8", "charts": [{"sun": 0}]}');
SELECT aspect_matrix_agg_combine('{"aspects": "trine 8", "charts": []}', '{"aspects": "trine 8", "charts": []}');

SET client_min_messages = warning;
DROP SCHEMA group_tally CASCADE;
