-- The best matches among a million charts, by the index and without; of real charts and of random ones. Each
-- search is planned and run by itself, for another chart.
CREATE UNLOGGED TABLE random_charts AS
SELECT i AS id, chart(
	sun => 360 * random(), moon => 360 * random(), mercury => 360 * random(), venus => 360 * random(),
	mars => 360 * random(), jupiter => 360 * random(), saturn => 360 * random(), uranus => 360 * random(),
	neptune => 360 * random(), pluto => 360 * random()) AS chart
FROM generate_series(1, 1000000) i;
VACUUM ANALYZE random_charts;

-- the queries are charts that are in neither table
CREATE TABLE wanted AS
SELECT i AS id, chart_interpolate(e.chart, e.at, n.chart, n.at, e.at + interval '7 hours') AS chart
FROM generate_series(1, 200) i
	JOIN ephemeris e ON e.day = date '1941-03-05' + i * 127
	JOIN ephemeris n ON n.day = e.day + 1;

CREATE PROCEDURE search(people regclass, with_index bool, searches int, best int, condition text DEFAULT 'true')
LANGUAGE plpgsql AS $$
DECLARE
	q record;
	found int;
BEGIN
	PERFORM set_config('enable_indexscan', with_index::text, true);
	PERFORM set_config('enable_seqscan', (NOT with_index)::text, true);
	FOR q IN SELECT chart FROM wanted WHERE id <= searches LOOP
		EXECUTE format('SELECT count(*) FROM (SELECT id FROM %s WHERE %s ORDER BY chart <~> %L LIMIT %s) AS best',
			people, condition, q.chart, best) INTO found;
		ASSERT found = best;
	END LOOP;
	PERFORM set_config('enable_indexscan', 'on', true);
	PERFORM set_config('enable_seqscan', 'on', true);
END $$;

SET max_parallel_workers_per_gather = 0;

-- what reading the heap takes, and what the index takes beyond
INSERT INTO queries (part, name, baseline, rows, prepare, times, query)
VALUES
	('search', 'reading the charts', NULL, 1e6, NULL, 5,
		'SELECT count(trivial(chart, chart)) FROM charts'),
	('search', 'CREATE INDEX', 'reading the charts', 1e6, 'DROP INDEX IF EXISTS charts_match', 5,
		'CREATE INDEX charts_match ON charts USING synastry (chart)');
CALL measure('search');
DELETE FROM queries WHERE part = 'search';
CREATE INDEX ON random_charts USING synastry (chart);

INSERT INTO queries (part, name, simd, baseline, rows, times, query)
SELECT 'search', name, simd, baseline, rows, 5, query
FROM (VALUES
	('10 best, sequentially', NULL, 2, 'CALL search(''charts'', false, 2, 10)'),
	('10 best, index', '10 best, sequentially', 200, 'CALL search(''charts'', true, 200, 10)'),
	('100 best, sequentially', NULL, 2, 'CALL search(''charts'', false, 2, 100)'),
	('100 best, index', '100 best, sequentially', 200, 'CALL search(''charts'', true, 200, 100)'),
	('10 best of random charts, sequentially', NULL, 2, 'CALL search(''random_charts'', false, 2, 10)'),
	('10 best of random charts, index', '10 best of random charts, sequentially', 200,
		'CALL search(''random_charts'', true, 200, 10)'),
	('10 best, index again', NULL, 200, 'CALL search(''charts'', true, 200, 10)'),
	('10 best of one in ten, index', '10 best, index again', 200,
		'CALL search(''charts'', true, 200, 10, ''id % 10 = 3'')')
	) AS q (name, baseline, rows, query),
	unnest(CASE WHEN query ~ 'true' AND baseline IS NOT NULL
		THEN ARRAY['avx512', 'avx2', 'neon', 'scalar'] ELSE ARRAY['auto'] END) AS simd;
CALL measure('search');

-- one row at a time
CREATE TABLE inserts (id int, chart chart);
CREATE PROCEDURE insert_charts() LANGUAGE plpgsql AS $$
DECLARE
	c record;
BEGIN
	TRUNCATE inserts;
	FOR c IN SELECT id, chart FROM charts LIMIT 100000 LOOP
		INSERT INTO inserts VALUES (c.id, c.chart);
	END LOOP;
END $$;
INSERT INTO queries (part, name, baseline, rows, prepare, times, query)
VALUES
	('search', 'INSERT, btree on id', NULL, 1e5,
		'DROP INDEX IF EXISTS inserts_chart; CREATE INDEX IF NOT EXISTS inserts_id ON inserts (id)', 5,
		'CALL insert_charts()'),
	('search', 'INSERT, synastry on chart', 'INSERT, btree on id', 1e5,
		'DROP INDEX IF EXISTS inserts_id; CREATE INDEX IF NOT EXISTS inserts_chart ON inserts USING synastry (chart)', 5,
		'CALL insert_charts()');
DELETE FROM queries WHERE part = 'search' AND name !~ 'INSERT';
CALL measure('search');

-- sizes, and what a search reads
INSERT INTO figures (part, name, figure, goal)
SELECT 'search', 'size of the index of ' || name || ', in 40 bytes a chart', pg_relation_size(index) / 4e7, 1.6
FROM (VALUES ('real charts', 'charts_match'::regclass), ('random charts', 'random_charts_chart_idx')) AS i (name, index);
SELECT pg_stat_synastry_reset();
CALL search('charts', true, 200, 10);
INSERT INTO figures (part, name, figure, goal)
SELECT 'search', name, figure, goal
FROM pg_stat_synastry, LATERAL (VALUES
	('pages read of those of the index, 10 best', pages / rows::float8 * 10 / (pg_relation_size('charts_match') / 8192), 0.05),
	('charts whose score is computed, 10 best', pairs / rows::float8 * 10, NULL)) AS f (name, figure, goal)
WHERE operation = 'search' AND datname = current_database();
DROP TABLE random_charts, inserts, wanted;
DROP INDEX charts_match;
