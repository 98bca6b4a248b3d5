--
-- Access method synastry: ORDER BY chart <~> $1 by index
--
-- An index gives the rows in the same order as a sort, to the last bit of the
-- distances; rows that are equally good come in the order of the table, and
-- those without a score at the end.
--
CREATE TABLE crowd (id serial PRIMARY KEY, kind text, chart chart);

-- somebody's chart at some day, in an ephemeris of mean motions
CREATE FUNCTION born(day float8) RETURNS chart LANGUAGE sql IMMUTABLE AS
$$ SELECT ARRAY[day * 0.985647, day * 13.176396 + 18, day * 1.38 + 25, day * 1.22 + 182, day * 0.524071 + 355,
	day * 0.083129 + 34, day * 0.033498 + 50, day * 0.011773 + 314, day * 0.005997 + 304, day * 0.00397 + 238]::chart $$;

SELECT setseed(0.7);
INSERT INTO crowd (kind, chart) SELECT 'born', born(random() * 25567) FROM generate_series(1, 4000);
INSERT INTO crowd (kind, chart) SELECT 'twins', born(12345) FROM generate_series(1, 300);
INSERT INTO crowd (kind, chart) SELECT 'anywhere', ARRAY(SELECT random() * 360 FROM generate_series(1, 10) WHERE i > 0)::chart FROM generate_series(1, 400) i;
INSERT INTO crowd (kind, chart) SELECT 'people', chart FROM people;
INSERT INTO crowd (kind, chart) SELECT 'without', born(i * 77) - (ARRAY['{moon}', '{moon,mercury}', '{sun,moon,mercury,venus,mars}', '{pluto}']::text[])[i % 4 + 1]::text[] FROM generate_series(1, 400) i;
INSERT INTO crowd (kind, chart) SELECT 'stranger', chart(ARRAY['vega', 'spica'], ARRAY[i::float8, 7]) FROM generate_series(1, 50) i;
INSERT INTO crowd (kind, chart) SELECT 'null', NULL FROM generate_series(1, 50);
CREATE INDEX crowd_chart ON crowd USING synastry (chart);
-- what comes later, and what has gone
INSERT INTO crowd (kind, chart) SELECT 'late', born(random() * 25567) FROM generate_series(1, 500);
INSERT INTO crowd (kind, chart) SELECT 'late', born(i * 77) - '{sun}'::text[] FROM generate_series(1, 50) i;
INSERT INTO crowd (kind, chart) VALUES ('late', NULL), ('late', NULL);
UPDATE crowd SET chart = born(random() * 25567) WHERE id % 50 = 7;
DELETE FROM crowd WHERE id % 40 = 3;
ANALYZE crowd;

CREATE FUNCTION plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS
$$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query; END $$;

-- The rows by index, and by a sort: how they differ.  Where the index does not
-- hold all bodies that the model weighs, rows that are equally good may come
-- in any order.
CREATE FUNCTION compare(query text, relation text DEFAULT 'crowd', filter text DEFAULT 'true', n int DEFAULT NULL,
	ties bool DEFAULT true, OUT rows bigint, OUT scores bigint, OUT difference text) LANGUAGE plpgsql AS $$
DECLARE
	by_index text := format('SELECT id, chart <~> %s AS mismatch FROM %s WHERE %s ORDER BY chart <~> %1$s LIMIT %4$L', query, relation, filter, n);
	by_sort text := format('SELECT id, chart <~> %s AS mismatch FROM %s WHERE %s ORDER BY chart <~> %1$s, ctid LIMIT %4$L', query, relation, filter, n);
	collected text := 'SELECT coalesce(array_agg(id ORDER BY n) FILTER (WHERE mismatch IS NOT NULL), ''{}''),
		coalesce(array_agg(mismatch ORDER BY n) FILTER (WHERE mismatch IS NOT NULL), ''{}''),
		coalesce(array_agg(id ORDER BY id) FILTER (WHERE mismatch IS NULL), ''{}''),
		coalesce(max(n) FILTER (WHERE mismatch IS NOT NULL) < min(n) FILTER (WHERE mismatch IS NULL), true)
		FROM (SELECT *, row_number() OVER () AS n FROM (%s) found) found';
	plan text;
	ids int[]; mismatches float8[]; nulls int[]; nulls_last bool;
	index_ids int[]; index_mismatches float8[]; index_nulls int[]; index_nulls_last bool;
BEGIN
	PERFORM set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true);
	SELECT string_agg(line, E'\n') INTO plan FROM plan_of(by_index) line;
	IF plan !~ 'Index Scan using \S*_chart on' OR plan ~ 'Sort' THEN
		difference := plan;
		RETURN;
	END IF;
	EXECUTE format(collected, by_index) INTO index_ids, index_mismatches, index_nulls, index_nulls_last;
	PERFORM set_config('enable_seqscan', 'on', true), set_config('enable_indexscan', 'off', true), set_config('enable_sort', 'on', true);
	EXECUTE format(collected, by_sort) INTO ids, mismatches, nulls, nulls_last;
	PERFORM set_config('enable_indexscan', 'on', true);
	rows := cardinality(index_ids) + cardinality(index_nulls);
	scores := cardinality(index_ids);
	difference := concat_ws(', ',
		CASE WHEN index_mismatches <> mismatches THEN 'distances' END,
		CASE WHEN ties AND index_ids <> ids THEN 'rows' END,
		CASE WHEN n IS NULL AND ARRAY(SELECT unnest(index_ids) ORDER BY 1) <> ARRAY(SELECT unnest(ids) ORDER BY 1) THEN 'set of rows' END,
		CASE WHEN cardinality(index_nulls) <> cardinality(nulls) OR (n IS NULL AND index_nulls <> nulls) THEN 'rows without score' END,
		CASE WHEN NOT index_nulls_last THEN 'order of rows without score' END);
END $$;

SELECT chart AS me, quote_literal(chart) || '::chart' AS by_me FROM people WHERE id = 20 \gset

--
-- Plans
--

-- the index is chosen for a few rows of many, by both operators and by any side
SELECT plan_of(format('SELECT id FROM crowd ORDER BY chart <~> %s LIMIT 10', :'by_me')) ~ 'Index Scan using crowd_chart' AS chosen;
EXPLAIN (COSTS OFF) SELECT id FROM crowd ORDER BY chart <~> chart(sun => 0) LIMIT 10;
EXPLAIN (COSTS OFF) SELECT id FROM crowd WHERE kind = 'born' ORDER BY chart(sun => 0) <~> chart LIMIT 10;
EXPLAIN (COSTS OFF) SELECT p.id, best.id FROM people p, LATERAL (SELECT id FROM crowd ORDER BY crowd.chart <~> p.chart LIMIT 3) best;
-- not for all of them, nor where another index finds the few that there are,
-- nor for the worst ones, nor without an order
EXPLAIN (COSTS OFF) SELECT id FROM crowd ORDER BY chart <~> chart(sun => 0);
EXPLAIN (COSTS OFF) SELECT id FROM crowd WHERE id < 20 ORDER BY chart <~> chart(sun => 0) LIMIT 10;
EXPLAIN (COSTS OFF) SELECT id FROM crowd ORDER BY chart <~> chart(sun => 0) DESC LIMIT 10;
SET enable_seqscan = off;
-- (18 says of a plan that it is disabled)
SELECT * FROM plan_of('SELECT count(*) FROM crowd WHERE chart IS NULL') AS line WHERE line !~ 'Disabled';
RESET enable_seqscan;
-- nor for a table of two pages
CREATE INDEX people_chart ON people USING synastry (chart);
EXPLAIN (COSTS OFF) SELECT id FROM people ORDER BY chart <~> chart(sun => 0) LIMIT 10;

--
-- The same rows
--

SELECT * FROM compare(:'by_me');
SELECT n, (compare(:'by_me', n => n)).* FROM unnest('{0,1,2,10,15,16,17,100,1000,4300}'::int[]) n;
SELECT filter, (compare(:'by_me', filter => filter, n => n)).*
FROM (VALUES ('id % 10 = 1', 10), ('id % 1000 = 1', 10), ('kind = ''without''', NULL), ('kind IN (''twins'', ''null'')', NULL), ('chart IS NULL', NULL), ('id < 0', 10)) f (filter, n);

-- query charts of all kinds
SELECT kind, (compare(quote_literal(chart) || '::chart')).* FROM (SELECT DISTINCT ON (kind) kind, chart FROM crowd WHERE chart IS NOT NULL ORDER BY kind, id) q;
SELECT * FROM compare('''{"sun": 10}''::chart');
SELECT * FROM compare('''{"vega": 10}''::chart');

-- By any model.  With bodies that the index does not hold, too: those that a
-- row has are weighed when it is read.
CREATE TABLE models (n serial, exact bool DEFAULT true, model score_model);
INSERT INTO models (model) VALUES ('personal'), ('weighted; bodies planets 1'), ('weighted; bodies sun 1, moon 2'), ('weighted; bodies planets 1; constant'),
	('aspects (trine 8); bodies planets 1; worth trine 1'), ('aspects (square 9, opposition 9); bodies planets 1; worth square -1, opposition -2.5'),
	('aspects (conjunction 180); bodies planets 1; worth conjunction 10'), ('aspects (modern; strict); bodies luminaries 1; worth trine 4, square -3; pairs sun-moon -10'),
	('aspects (conjunction 0, trine 0); bodies planets 1; worth conjunction 5, trine 1'), ('aspects (trine 8; first); bodies venus 1, mars 1; worth trine 1000; pairs venus-venus 0, mars-mars 0');
-- orbs by body, of windows that meet, too
INSERT INTO models (model) VALUES ('weighted; aspects (kerykeion6)'), ('weighted; aspects (lilly)'), ('weighted; aspects (major; luminaries +2, pluto max 3)');
INSERT INTO models (exact, model) VALUES (false, 'weighted; bodies planets 1, angles 2'), (false, 'weighted; bodies ascendant 1, midheaven 1'), (false, 'weighted; bodies planets 1, nodes 2, vega 3; pairs sun-vega -5'),
	(false, 'aspects (square 9); bodies planets 1, vega 1, spica 3; worth square -1');
SELECT n, exact, (compare(format('score_query(%L, %L)', :'me', model), ties => exact)).* FROM models ORDER BY n;
SELECT n, exact, (compare(format('score_query(%L, %L)', :'me', model), n => 20, ties => exact)).* FROM models ORDER BY n;

-- any number of rules, wide and narrow, good and bad
CREATE FUNCTION random_model(exact bool) RETURNS score_model LANGUAGE plpgsql AS $$
DECLARE
	names text[] := '{conjunction,sextile,square,trine,opposition,quincunx,semi_sextile,quintile}';
	chosen text[] := (SELECT array_agg(name) FROM (SELECT name FROM unnest(names) name ORDER BY random() LIMIT 1 + random() * 7) c);
	members text[] := CASE WHEN exact THEN '{sun,moon,venus,mars,saturn,pluto}' ELSE '{sun,moon,mercury,jupiter,ascendant,midheaven,chiron,spica}' END::text[];
BEGIN
	RETURN format('aspects (%s%s); bodies %s; worth %s; pairs %s-%s %s%s',
		(SELECT string_agg(format('%s %s', name, round((random() * 9)::numeric, 2)), ', ') FROM unnest(chosen) name),
		CASE WHEN random() < 0.3 THEN '; strict' ELSE '' END,
		(SELECT string_agg(format('%s %s', name, round((random() * 3)::numeric, 3)), ', ') FROM unnest(members) name),
		(SELECT string_agg(format('%s %s', name, round((random() * 10 - 4)::numeric, 3)), ', ') FROM unnest(chosen) name),
		members[1], members[2], round((random() * 10 - 5)::numeric, 2), CASE WHEN random() < 0.3 THEN '; constant' ELSE '' END);
END $$;
CREATE TABLE random_queries AS
SELECT i, i % 3 <> 0 AS exact, random_model(i % 3 <> 0) AS model, (SELECT chart FROM crowd WHERE chart IS NOT NULL AND id > i * 100 ORDER BY id LIMIT 1) AS chart FROM generate_series(1, 45) i;
SELECT exact, count(*), string_agg(DISTINCT c.difference, ' ') AS difference
FROM random_queries, compare(format('score_query(%L, %L)', chart, model), n => (ARRAY[10, 100, NULL])[i % 5 + 1], ties => exact) c GROUP BY exact ORDER BY exact;

-- by any instruction set
SELECT quote_literal(chart) || '::chart' AS by_one FROM crowd WHERE id = 1 \gset
SET synastry.simd = scalar;
SELECT * FROM compare(:'by_one');
SELECT * FROM compare(format('score_query(%L, %L)', :'me', 'weighted; bodies planets 1, angles 2'), ties => false);
RESET synastry.simd;

-- With little memory what is asked for beyond it is sorted.
SET work_mem = '64kB';
SELECT * FROM compare(:'by_me');
SELECT * FROM compare(:'by_one');
SELECT * FROM compare(format('score_query(%L, %L)', :'me', 'weighted; bodies planets 1, angles 2'), ties => false);
SELECT * FROM compare(:'by_me', filter => 'id % 1000 = 1', n => 4);
RESET work_mem;

-- no query: no scores, all rows
SET plan_cache_mode = force_generic_plan;
SET enable_sort = off;
PREPARE by_nobody(chart) AS SELECT count(*), count(chart), count(DISTINCT id), count(mismatch)
FROM (SELECT id, chart, chart <~> $1 AS mismatch FROM crowd ORDER BY chart <~> $1 LIMIT 10000) found;
EXECUTE by_nobody(NULL);
EXECUTE by_nobody(:'me');
RESET enable_sort;
RESET plan_cache_mode;
SELECT count(*), count(chart), count(DISTINCT id) FROM crowd;

--
-- Rescans and cursors
--

CREATE VIEW best AS SELECT p.id AS of, best.* FROM people p, LATERAL (SELECT id, crowd.chart <~> p.chart AS mismatch FROM crowd ORDER BY crowd.chart <~> p.chart LIMIT 5) best;
CREATE VIEW best_by_model AS SELECT n AS of, best.* FROM models, LATERAL (SELECT id, chart <~> score_query((SELECT chart FROM people WHERE id = 20), model) AS mismatch
	FROM crowd ORDER BY chart <~> score_query((SELECT chart FROM people WHERE id = 20), model) LIMIT 5) best;
CREATE TABLE found AS SELECT 'index' AS way, 'chart' AS what, * FROM best UNION ALL SELECT 'index', 'model', * FROM best_by_model;
SET enable_indexscan = off;
INSERT INTO found SELECT 'sort', 'chart', * FROM best UNION ALL SELECT 'sort', 'model', * FROM best_by_model;
RESET enable_indexscan;
SELECT what, count(*), count(DISTINCT of) AS of,
	   array_agg(mismatch ORDER BY of, mismatch) FILTER (WHERE way = 'index') = array_agg(mismatch ORDER BY of, mismatch) FILTER (WHERE way = 'sort') AS same
FROM found GROUP BY what ORDER BY what;

-- What happens to the table after a cursor was opened does not matter to it,
-- however far it goes.
CREATE FUNCTION by_cursor(query chart, OUT rows int, OUT same bool) LANGUAGE plpgsql AS $$
DECLARE
	matches CURSOR FOR SELECT id FROM crowd ORDER BY chart <~> query;
	expected int[] := ARRAY(SELECT id FROM crowd WHERE chart IS NOT NULL AND chart <~> query IS NOT NULL ORDER BY chart <~> query, ctid);
	ids int[] := '{}';
	next int;
BEGIN
	SET LOCAL enable_sort = off;
	OPEN matches;
	LOOP
		FETCH matches INTO next;
		EXIT WHEN NOT FOUND;
		ids := ids || next;
		IF cardinality(ids) IN (5, 50, 500) THEN
			INSERT INTO crowd (kind, chart) SELECT 'later', query FROM generate_series(1, 300);
			DELETE FROM crowd WHERE id = expected[cardinality(ids) + 3];
			UPDATE crowd SET kind = 'changed' WHERE id = expected[cardinality(ids) + 4];
		END IF;
	END LOOP;
	rows := cardinality(ids);
	same := ids[1:cardinality(expected)] = expected;
END $$;
SELECT * FROM by_cursor(:'me');
SELECT * FROM compare(:'by_me');

BEGIN;
DECLARE best SCROLL CURSOR FOR SELECT id, chart <~> :'me' AS mismatch FROM crowd ORDER BY chart <~> :'me'::chart LIMIT 2;
FETCH 1 FROM best;
FETCH 2 FROM best;
FETCH BACKWARD 1 FROM best;
COMMIT;

--
-- Other indexes
--

CREATE INDEX light_chart ON crowd USING synastry (chart) WITH (bodies = 'sun, moon');
BEGIN;
DROP INDEX crowd_chart;
SELECT * FROM compare(:'by_me', ties => false);
SELECT * FROM compare(format('score_query(%L, %L)', :'me', 'weighted; bodies luminaries 1'));
SELECT * FROM compare(format('score_query(%L, %L)', :'me', 'weighted; bodies planets 1'), n => 50, ties => false);
SELECT * FROM compare(format('score_query(%L, %L)', :'me', 'weighted; bodies mars 1'), ties => false);
ROLLBACK;
DROP INDEX light_chart;
CREATE INDEX full_chart ON crowd USING synastry (chart) WITH (bodies = 'planets, angles, chiron');
BEGIN;
DROP INDEX crowd_chart;
SELECT * FROM compare(:'by_me');
SELECT * FROM compare(format('score_query(%L, %L)', :'me', 'weighted; bodies planets 1, angles 2'));
ROLLBACK;
DROP INDEX full_chart;
-- of a part of the rows
CREATE INDEX part_chart ON crowd USING synastry (chart) WHERE kind = 'people';
SELECT * FROM compare(:'by_me', filter => 'kind = ''people''');
DROP INDEX part_chart;

-- nothing, next to nothing, and nobody
CREATE TABLE few (id serial, chart chart);
CREATE INDEX few_chart ON few USING synastry (chart);
SELECT * FROM compare(:'by_me', 'few');
INSERT INTO few (chart) VALUES (NULL);
SELECT * FROM compare(:'by_me', 'few');
INSERT INTO few (chart) VALUES (born(1));
SELECT * FROM compare(:'by_me', 'few');
REINDEX TABLE few;
SELECT * FROM compare(:'by_me', 'few');
INSERT INTO few (chart) VALUES (chart(moon => 3)), (chart(ARRAY['vega'], ARRAY[3])), (born(1));
SELECT * FROM compare(:'by_me', 'few');
REINDEX TABLE few;
SELECT * FROM compare(:'by_me', 'few');
DELETE FROM few;
SELECT * FROM compare(:'by_me', 'few');
VACUUM few;
SELECT * FROM compare(:'by_me', 'few');

-- after VACUUM, and after REINDEX
DELETE FROM crowd WHERE kind = 'later' OR id % 7 = 2;
VACUUM crowd;
SELECT * FROM compare(:'by_me');
INSERT INTO crowd (kind, chart) SELECT 'last', born(random() * 25567) FROM generate_series(1, 2000);
VACUUM crowd;
SELECT * FROM compare(:'by_me');
REINDEX TABLE crowd;
SELECT * FROM compare(:'by_me');

DROP INDEX people_chart;
DROP VIEW best, best_by_model;
DROP TABLE crowd, few, models, random_queries, found;
DROP FUNCTION born, plan_of, compare, random_model, by_cursor;
