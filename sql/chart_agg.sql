--
-- Charts out of tables with one row per position: chart_agg()
--
CREATE SCHEMA chart_agg;
SET search_path = chart_agg, public;
CREATE TABLE positions (id int, body text, longitude float8, speed float8, declination float8);
\copy positions FROM 'test/data/positions.csv' (FORMAT csv, HEADER)
ANALYZE positions;

SELECT id, chart_agg(body, longitude) FROM positions WHERE id <= 2 AND body IN ('sun', 'moon') GROUP BY id ORDER BY id;
SELECT chart_agg(body, longitude, speed) FROM positions WHERE id = 1 AND body IN ('sun', 'moon');
SELECT chart_agg(body, longitude, speed, declination) FROM positions WHERE id = 1 AND body IN ('sun', 'moon');

-- The same as from arrays, whatever the order and the plan.
CREATE TABLE charts AS
	SELECT id, chart(array_agg(body), array_agg(longitude), array_agg(speed), array_agg(declination)) AS chart
	FROM positions GROUP BY id;
SELECT count(*), bool_and(a.chart = c.chart AND b.chart = c.chart) AS same
FROM charts AS c
	JOIN (SELECT id, chart_agg(body, longitude, speed, declination ORDER BY md5(body)) AS chart FROM positions GROUP BY id) AS a USING (id)
	JOIN (SELECT id, chart_agg(body, longitude, speed, declination ORDER BY body DESC) AS chart FROM positions GROUP BY id) AS b USING (id);
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 3;
SET enable_sort = off;
EXPLAIN (COSTS OFF) SELECT id, chart_agg(body, longitude, speed, declination) FROM positions GROUP BY id;
SELECT count(*), bool_and(a.chart = c.chart) AS same
FROM charts AS c
	JOIN (SELECT id, chart_agg(body, longitude, speed, declination) AS chart FROM positions GROUP BY id) AS a USING (id);
RESET enable_sort;
SET max_parallel_workers_per_gather = 0;

-- What is unknown is skipped; nothing at all is null.
SELECT chart_agg(body, longitude, speed)
FROM (VALUES ('sun', 1.5, NULL), ('moon', NULL, 12), (NULL, 3, 1), ('mars', 4, -0.5)) AS t (body, longitude, speed);
SELECT chart_agg(body, NULL) IS NULL AS unknown, chart_agg(NULL, longitude) IS NULL AS unnamed FROM positions;
SELECT chart_agg(body, longitude) IS NULL AS nothing FROM positions WHERE false;

-- A body twice: equal values are merged, what one row leaves out the other fills in.
SELECT chart_agg(body, longitude, speed, declination)
FROM (VALUES ('sun', 1.5, NULL, 2.5), ('Sun', 361.5, 1, NULL), ('SUN', 1.5, 1, 2.5)) AS t (body, longitude, speed, declination);
SELECT chart_agg(body, longitude) FROM (VALUES ('sun', 1.5), ('asc', 3), ('Sun', 1.6)) AS t (body, longitude);
SELECT chart_agg(body, 1, speed) FROM (VALUES ('sun', 1), ('sun', 2)) AS t (body, speed);
SELECT chart_agg('sun', 1, 1, declination) FROM (VALUES (1), (NULL), (2)) AS t (declination);
SELECT chart_agg('venuss', 1);
SELECT chart_agg('sun', 'NaN');
SELECT chart_agg('sun', 1, 'Infinity');
SELECT chart_agg('sun', 1, 1, 91);
SELECT length(chart_agg(body, 1)::text) > 1000 AS many FROM (SELECT * FROM synastry_bodies() LIMIT 128) AS bodies;
SELECT chart_agg(body, 1) FROM synastry_bodies();

-- FILTER, DISTINCT, window frames: what comes out of a frame does not change
-- when the frame grows.
SELECT (chart_agg(body, longitude) FILTER (WHERE body = 'sun')), chart_agg(DISTINCT body, longitude)
FROM (SELECT * FROM positions UNION ALL SELECT * FROM positions) AS twice WHERE id = 1 AND body IN ('sun', 'mars');
SELECT body, chart_agg(body, longitude) OVER (ORDER BY speed) AS growing,
	chart_agg(body, longitude) OVER (ORDER BY speed ROWS 1 PRECEDING) AS sliding
FROM positions WHERE id = 1 AND body IN ('sun', 'moon', 'venus', 'pluto');

-- States can be put together by hand.
SELECT chart_agg_combine('{"sun": {"longitude": 1, "speed": 1}}', '{"moon": 2, "sun": 1}');
SELECT chart_agg_accum(chart, 'moon', 2), chart FROM (VALUES ('{"sun": 1}'::chart)) AS t (chart);
SELECT chart_agg_combine('{"sun": 1}', '{"sun": 2}');
SELECT chart_agg_combine('{"sun": 1}', '{"uncertainty": 2}');

SET client_min_messages = warning;
DROP SCHEMA chart_agg CASCADE;
