--
-- Statistics: what was done, how often and how fast.
--

-- Columns and types stay.
SELECT c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod) AS type
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind = 'v' AND (c.relname LIKE 'pg\_stat\_synastry%' OR c.relname LIKE 'pg\_stat\_progress\_synastry%') AND a.attnum > 0
ORDER BY c.relname, a.attnum;

-- Not preloaded, the figures are those of the session; preloaded, of the cluster.
SELECT library_version = sql_version AS same_version, instruction_set <> '' AS has_instruction_set,
	CASE WHEN preloaded THEN 'cluster' ELSE 'this session' END = statistics AS scope, restart_needed
FROM pg_stat_synastry_info;

CREATE VIEW counted AS
SELECT operation, calls, pairs, cells, rows, cache_hits AS hits, cache_misses AS misses,
	cache_bypassed AS bypassed, errors, timed_calls AS timed
FROM pg_stat_synastry WHERE datname = current_database() AND calls + errors > 0;

-- A couple of ten planets each, and ten pairs of them.
CREATE TABLE planets AS
SELECT id, chart(ARRAY['sun', 'moon', 'mercury', 'venus', 'mars', 'jupiter', 'saturn', 'uranus', 'neptune', 'pluto'],
	ARRAY[longitude(chart, 'sun'), longitude(chart, 'moon'), longitude(chart, 'mercury'), longitude(chart, 'venus'),
	longitude(chart, 'mars'), longitude(chart, 'jupiter'), longitude(chart, 'saturn'), longitude(chart, 'uranus'),
	longitude(chart, 'neptune'), longitude(chart, 'pluto')]) AS chart
FROM people;
CREATE TABLE ten AS
SELECT b.id, a.chart AS a, b.chart AS b FROM planets a, planets b WHERE a.id = 1 AND b.id BETWEEN 2 AND 11;
ANALYZE planets, ten;
SELECT synastry_cache_reset() >= 0 AS emptied;

-- A reset returns its time; nothing is left.
SELECT pg_stat_synastry_reset() BETWEEN now() AND clock_timestamp() AS reset;
SELECT * FROM counted;
SELECT count(*) AS operations, sum(calls) AS calls, sum(errors) AS errors, sum(timed_calls) AS timed,
	max(stats_reset) BETWEEN now() - interval '1 minute' AND now() AS reset
FROM pg_stat_synastry_cluster;

--
-- Every call of every operation is counted, with what it did.
--

SELECT count(synastry_score(a, b)), count(synastry_score(a, b, 'weighted')) FROM ten;
SELECT count(a <~> b), count(a <~> score_query(b, 'weighted')) FROM ten;
TABLE counted;
-- a chart that has nothing of what scores is a pair, too
SELECT synastry_score('{}', chart) IS NULL AS unknown FROM planets WHERE id = 1;
TABLE counted;
SELECT count(*) AS rows FROM ten, score_cells(a, b);
SELECT count(aspect_matrix(a, b)) FROM ten;
SELECT count(*) AS rows FROM ten, aspects(a, b);
SELECT count(*) AS rows FROM ten, natal_aspects(b);
SELECT count(*) AS rows FROM ten, transits(a, b);
SELECT aspect_tally(a, b) IS NOT NULL AS tallied FROM ten;
SELECT aspect_tally(a, b, 'modern') IS NOT NULL AS tallied FROM ten;
TABLE counted;

SELECT pg_stat_synastry_reset() IS NOT NULL AS reset;
-- reports: ten are made, ten found, ten neither
SELECT count(synastry(a, b, aspects => 'major')) FROM ten;
SELECT count(synastry_report(a, b, 'major', 'weighted')) FROM ten;
SELECT count(synastry(a, b, use_caching => false)) FROM ten;
TABLE counted;
-- groups: too small to be cached, made, and found
SELECT group_tally(chart) IS NOT NULL AS tallied FROM planets;
SELECT group_tally(chart) IS NOT NULL AS tallied FROM planets, generate_series(1, 2);
SELECT group_tally(chart) IS NOT NULL AS tallied FROM planets, generate_series(1, 2);
-- what runs in a batch is counted for itself
SELECT count(*) FROM synastry_batch('SELECT id AS a_id, a, id AS b_id, b FROM public.ten');
SELECT count(*) FROM synastry_batch('SELECT id AS a_id, a, id AS b_id, b FROM public.ten WHERE public.synastry_score(a, b) IS NULL');
SELECT count(*) FROM synastry_cross('SELECT id, chart FROM public.planets WHERE id <= 3', 'SELECT id, chart FROM public.planets', top_k => 2);
TABLE counted;

-- What an operation does not have is null.
SELECT operation, rows IS NULL AS no_rows, pages IS NULL AS no_pages, cache_hits IS NULL AS not_cached,
	peak_memory IS NULL AS no_memory, p99 IS NULL AS not_timed
FROM pg_stat_synastry_cluster;

--
-- Errors
--

SELECT pg_stat_synastry_reset() IS NOT NULL AS reset;
SELECT count(synastry(a, b, -1)) FROM ten;
DO $$
BEGIN
	FOR i IN 1..3 LOOP
		BEGIN
			PERFORM synastry(a, b, -i) FROM ten;
		EXCEPTION WHEN numeric_value_out_of_range THEN
			NULL;
		END;
	END LOOP;
END $$;
-- of two pairs the second one fails
SELECT aspect_tally(a, b, CASE WHEN id % 2 = 0 THEN 'major' ELSE 'modern' END::aspect_set) FROM ten;
TABLE counted;

-- A batch fails if its query does; the query has counted on its own.
SELECT pg_stat_synastry_reset() IS NOT NULL AS reset;
SELECT count(*) FROM synastry_batch('SELECT 1 AS a_id, a, 1/0 AS b_id, b FROM public.ten');
SELECT count(*) FROM synastry_cross('SELECT id, a AS chart FROM public.ten WHERE public.synastry(a, b, -1) IS NULL', 'SELECT id, chart FROM public.planets');
TABLE counted;
-- but not by an error that the query keeps to itself
CREATE FUNCTION caught(a chart, b chart) RETURNS chart LANGUAGE plpgsql AS $$
BEGIN
	PERFORM public.synastry(a, b, -1);
	RETURN b;
EXCEPTION WHEN numeric_value_out_of_range THEN
	RETURN a;
END $$;
SELECT pg_stat_synastry_reset() IS NOT NULL AS reset;
SELECT count(*) FROM synastry_batch('SELECT id AS a_id, a, id AS b_id, public.caught(a, b) AS b FROM public.ten');
SELECT count(*) FROM synastry_cross('SELECT id, a AS chart FROM public.ten WHERE public.synastry(a, b, -1) IS NULL', 'SELECT id, chart FROM public.planets');
BEGIN;
SAVEPOINT before;
SELECT count(*) FROM synastry_batch('SELECT 1 AS a_id, a, 1/0 AS b_id, b FROM public.ten');
ROLLBACK TO before;
SELECT count(*) FROM synastry_batch('SELECT id AS a_id, a, id AS b_id, b FROM public.ten');
ROLLBACK;
TABLE counted;

-- Batches in batches, deep, and an error that is caught in the innermost.
CREATE FUNCTION nested(depth int) RETURNS chart LANGUAGE plpgsql AS $$
BEGIN
	IF depth = 0 THEN
		BEGIN
			PERFORM 1/0;
		EXCEPTION WHEN division_by_zero THEN
			NULL;
		END;
		RETURN '{"sun": 1}';
	END IF;
	PERFORM count(*) FROM public.synastry_batch(format('SELECT 1 AS a_id, c AS a, 2 AS b_id, c AS b FROM public.nested(%s) c', depth - 1));
	RETURN '{"sun": 2}';
END $$;
SELECT pg_stat_synastry_reset() IS NOT NULL AS reset;
SELECT nested(40);
SELECT nested(3);
SELECT count(*) FROM synastry_batch('SELECT 1 AS a_id, a, 1/0 AS b_id, b FROM public.ten');
TABLE counted;

--
-- Settings
--

-- Nothing is counted, and then again.
SELECT pg_stat_synastry_reset() IS NOT NULL AS reset;
SET synastry.track = none;
SELECT statistics FROM pg_stat_synastry_info;
SELECT count(synastry_score(a, b)) FROM ten;
SELECT count(synastry_report(a, b)) FROM ten;
SELECT count(*) FROM synastry_batch('SELECT 1 AS a_id, a, 1/0 AS b_id, b FROM public.ten');
TABLE counted;
SET synastry.track = 'all';
SELECT count(synastry_score(a, b)) FROM ten;
TABLE counted;
-- What is short is timed if wanted, what is long always.
SET synastry.track_timing = on;
SELECT count(synastry_score(a, b)), count(aspect_matrix(a, b)) FROM ten;
SELECT count(*) FROM ten, score_cells(a, b);
SELECT count(*) FROM ten, aspects(a, b);
SELECT aspect_tally(a, b) IS NOT NULL AS tallied FROM ten;
RESET synastry.track_timing;
SELECT count(synastry_score(a, b)), count(synastry_report(a, b)) FROM ten;
SELECT operation, calls, timed_calls, 0 < min_time AND min_time <= p50 AND p50 <= p95 AND p95 <= p99 AND p99 <= max_time AS in_order,
	mean_time BETWEEN min_time AND max_time AND abs(mean_time * timed_calls / total_time - 1) < 1e-9 AS has_mean,
	stddev_time BETWEEN 0 AND max_time - min_time AS has_deviation
FROM pg_stat_synastry WHERE datname = current_database() AND calls > 0;

-- A reset forgets the slowest, the fastest and the largest, too.
SELECT count(*) FROM synastry_batch('SELECT id AS a_id, a, id AS b_id, b FROM public.ten, pg_sleep(0.1)');
SELECT min_time < 100 AS fast, max_time >= 100 AS slow, peak_memory > 0 AS has_memory FROM pg_stat_synastry_cluster WHERE operation = 'batch';
SELECT count(*) FROM synastry_batch('SELECT id AS a_id, a, id AS b_id, b FROM public.ten');
SELECT min_time < 100 AS fast, max_time >= 100 AS slow, peak_memory > 0 AS has_memory FROM pg_stat_synastry_cluster WHERE operation = 'batch';
SELECT pg_stat_synastry_reset() IS NOT NULL AS reset;
SELECT min_time, max_time, total_time, p99, peak_memory FROM pg_stat_synastry_cluster WHERE operation = 'batch';
SELECT count(*) FROM synastry_batch('SELECT id AS a_id, a, id AS b_id, b FROM public.ten');
SELECT timed_calls, max_time < 100 AS fast FROM pg_stat_synastry_cluster WHERE operation = 'batch';

-- Nonsense is refused.
\set VERBOSITY sqlstate
SET synastry.track = 'some';
SET synastry.log_min_duration = -2;
SET synastry.history_interval = 10;
SELECT synastry_regressions(0.5);
SELECT synastry_regressions('NaN');
SELECT synastry_regressions('Infinity');
\set VERBOSITY default
SELECT synastry_regressions(0.99);

-- Everybody may look; only who is granted it may reset, or change what is counted.
CREATE ROLE regress_synastry_reader;
CREATE ROLE regress_synastry_keeper;
GRANT EXECUTE ON FUNCTION pg_stat_synastry_reset() TO regress_synastry_keeper;
SET ROLE regress_synastry_reader;
SELECT operation, calls FROM pg_stat_synastry WHERE datname = current_database() AND calls > 0;
SELECT calls FROM pg_stat_synastry_cluster WHERE operation = 'batch';
SELECT count(*) FROM pg_stat_synastry_info;
SELECT count(*) FROM pg_stat_progress_synastry;
SELECT count(*) FROM pg_stat_synastry_cache WHERE tier = 'memory';
SELECT pg_stat_synastry_reset();
SET synastry.track = none;
SET synastry.track_timing = on;
SET synastry.log_min_duration = 0;
SET ROLE regress_synastry_keeper;
SELECT pg_stat_synastry_reset() IS NOT NULL AS reset;
RESET ROLE;
TABLE counted;
DROP OWNED BY regress_synastry_keeper;
DROP ROLE regress_synastry_reader, regress_synastry_keeper;

DROP FUNCTION caught, nested;
DROP VIEW counted;
DROP TABLE planets, ten;
