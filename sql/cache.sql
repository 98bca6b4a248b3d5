--
-- The cache: results that are dear to make, kept.
--

-- Not preloaded, it is in the memory of the session; preloaded, in that of the
-- server.  Either way it gives what would be computed.
SELECT tier, storage <> 'off' AS there, capacity > 0 AS has_room FROM pg_stat_synastry_cache;
SELECT synastry_cache_reset() >= 0 AS emptied;
SELECT entries, bytes FROM pg_stat_synastry_cache WHERE tier = 'memory';

CREATE VIEW counters AS
SELECT entries, hits, misses, inserts FROM pg_stat_synastry_cache WHERE tier = 'memory';
CREATE TABLE before AS TABLE counters;
CREATE FUNCTION counted(OUT entries bigint, OUT hits bigint, OUT misses bigint, OUT inserts bigint)
BEGIN ATOMIC
	SELECT c.entries - b.entries, c.hits - b.hits, c.misses - b.misses, c.inserts - b.inserts
	FROM counters c, before b;
END;

--
-- Reports
--

-- found or made, the same; metadata tells which, of this very call
SELECT synastry(a.chart, b.chart)->'metadata'->'cached' AS cached
FROM people a, people b WHERE a.id = 1 AND b.id IN (2, 3) ORDER BY b.id;
SELECT synastry(a.chart, b.chart)->'metadata'->'cached' AS cached
FROM people a, people b WHERE a.id = 1 AND b.id IN (2, 3, 4) ORDER BY b.id;
SELECT * FROM counted();
-- another order, another orb, other aspects: another report
SELECT synastry(b.chart, a.chart)->'metadata'->'cached' AS other_order,
	synastry(a.chart, b.chart, 7)->'metadata'->'cached' AS other_orb,
	synastry(a.chart, b.chart, aspects => 'modern')->'metadata'->'cached' AS other_aspects
FROM people a, people b WHERE a.id = 1 AND b.id = 2;
-- synastry_report() finds what synastry() has made, and the other way round
SELECT synastry(a.chart, b.chart, aspects => 'major') - 'metadata' =
	synastry_report(a.chart, b.chart, 'major', 'weighted') AS same
FROM people a, people b WHERE a.id = 1 AND b.id = 2;
SELECT * FROM counted();
-- the number of cells and aspects is that of the report, found or made
SELECT DISTINCT (r->'metadata'->'performance') - '{milliseconds,instruction_set}'::text[] AS performance
FROM people a, people b, generate_series(1, 3), synastry(a.chart, b.chart) r
WHERE a.id = 5 AND b.id = 6;

-- Bypassed, it neither answers nor learns.
TRUNCATE before;
INSERT INTO before TABLE counters;
SELECT synastry(a.chart, b.chart, use_caching => false)->'metadata'->'cached' AS cached
FROM people a, people b WHERE a.id = 1 AND b.id IN (2, 30) ORDER BY b.id;
SET synastry.cache = off;
SELECT synastry(a.chart, b.chart)->'metadata'->'cached' AS cached
FROM people a, people b WHERE a.id = 1 AND b.id IN (2, 30) ORDER BY b.id;
SELECT count(synastry_report(a.chart, b.chart)) FROM people a, people b WHERE a.id = 1;
RESET synastry.cache;
SELECT * FROM counted();

-- Every pair: what is made without the cache, what goes into it, what comes out.
SET synastry.cache = off;
CREATE TABLE made AS
SELECT a.id AS a, b.id AS b, md5(synastry_report(a.chart, b.chart)::text) AS digest
FROM people a, people b WHERE a.id <= 10;
RESET synastry.cache;
SELECT pass, count(*)
FROM generate_series(1, 2) pass, made m JOIN people a ON a.id = m.a JOIN people b ON b.id = m.b
WHERE md5(synastry_report(a.chart, b.chart)::text) = digest
GROUP BY pass ORDER BY pass;

--
-- Groups and large matrices
--

SELECT synastry_cache_reset() > 0 AS emptied;
TRUNCATE before;
INSERT INTO before TABLE counters;
-- large enough, in any order
CREATE TABLE crowd AS
SELECT i AS id, chart FROM generate_series(1, 100) i JOIN people p ON p.id = 1 + i % 60;
SELECT md5(group_tally(chart ORDER BY id)::text) = md5(group_tally(chart ORDER BY id DESC)::text) AS same FROM crowd;
SELECT * FROM counted();
-- too small
SELECT group_tally(chart) IS NOT NULL AS tallied FROM people;
SELECT * FROM counted();
-- the cache off, the same
CREATE TABLE tallies AS SELECT group_tally(chart)::text AS tally FROM crowd;
SET synastry.cache = off;
SELECT group_tally(chart)::text = tally AS same FROM crowd, tallies GROUP BY tally;
RESET synastry.cache;

-- Matrices only where orbs overlap, so that making them takes longer than
-- finding them, and only large ones.
TRUNCATE before;
INSERT INTO before TABLE counters;
SELECT count(aspect_matrix(a.chart, b.chart, 'conjunction 10, semisextile 10, semisquare 10, sextile 10, quintile 10, square 10, trine 10, quincunx 10, opposition 10'))
FROM people a, people b, generate_series(1, 2) WHERE a.id = 1 AND b.id = 2;
SELECT * FROM counted();
SET synastry.cache_min_cells = 100;
SELECT count(DISTINCT aspect_matrix(a.chart, b.chart, 'conjunction 10, semisextile 10, semisquare 10, sextile 10, quintile 10, square 10, trine 10, quincunx 10, opposition 10')::text)
FROM people a, people b, generate_series(1, 2) WHERE a.id = 1 AND b.id = 2;
SELECT * FROM counted();
SELECT count(aspect_matrix(a.chart, b.chart)) FROM people a, people b, generate_series(1, 2) WHERE a.id = 1 AND b.id = 2;
SELECT * FROM counted();
RESET synastry.cache_min_cells;

--
-- Administration
--

-- what synastry() will be asked for, made beforehand
SELECT synastry_cache_reset() > 0 AS emptied;
SELECT synastry_cache_warm('SELECT a.chart AS a, b.chart AS b FROM public.people a, public.people b WHERE a.id < 4 AND b.id < 4');
SELECT bool_and((synastry(a.chart, b.chart)->'metadata'->'cached')::bool) AS warm
FROM people a, people b WHERE a.id < 4 AND b.id < 4;
SELECT synastry_cache_warm('SELECT a.chart AS a, NULL::public.chart AS b FROM public.people a');
SELECT synastry_cache_warm('SELECT a.chart AS a, b.chart AS b FROM public.people a, public.people b WHERE a.id < 4 AND b.id < 4', 3, 'modern');
SELECT synastry(a.chart, b.chart, aspects => 'modern')->'metadata'->'cached' AS warm
FROM people a, people b WHERE a.id = 1 AND b.id = 2;
SELECT synastry_cache_warm('SELECT 1 AS a');
SELECT synastry_cache_warm('SELECT a.chart AS a, b.chart AS b FROM public.people a, public.people b', -1);
SELECT synastry_cache_warm(NULL);

-- a person's chart, wherever it is: 5 of 9 pairs of 3 people, twice
SELECT synastry_cache_forget(chart) FROM people WHERE id = 1;
SELECT a.id, b.id, synastry(a.chart, b.chart)->'metadata'->'cached' AS cached
FROM people a, people b WHERE a.id < 4 AND b.id < 4 ORDER BY a.id, b.id;
SELECT synastry_cache_forget('{"sun": 1}');

-- nothing expires unless it is told to
SELECT synastry_cache_purge_expired();

-- not for everybody
CREATE ROLE regress_synastry_reader;
SET ROLE regress_synastry_reader;
SELECT synastry_cache_reset();
SELECT synastry_cache_purge_expired();
SELECT synastry_cache_forget('{}');
SELECT synastry_cache_warm('SELECT 1');
SELECT count(*) > 0 AS visible FROM pg_stat_synastry_cache;
RESET ROLE;
DROP ROLE regress_synastry_reader;

-- Nonsense is refused.
\set VERBOSITY sqlstate
SET synastry.cache_min_cells = 0;
SET synastry.local_cache_size = -1;
\set VERBOSITY default

DROP FUNCTION counted;
DROP VIEW counters;
DROP TABLE before, made, crowd, tallies;
