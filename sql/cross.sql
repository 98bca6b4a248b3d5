--
-- synastry_cross: every chart of one query against every chart of another.
--

-- the three best matches of two people
SELECT l.name, r.name AS match, c.score, c.rank
FROM synastry_cross('SELECT id, chart FROM public.people WHERE name IN (''Frida Kahlo'', ''John Lennon'')',
		'SELECT id, chart FROM public.people', id => NULL::int, top_k => 3, skip_same_id => true) c
	JOIN people l ON l.id = c.left_id JOIN people r ON r.id = c.right_id
ORDER BY l.name, c.rank;

-- all pairs above so many points; relations instead of queries; ids are text
-- unless they are typed
SELECT left_id, right_id, score, rank, pg_typeof(left_id)
FROM synastry_cross('people'::regclass, 'people'::regclass, min_score => 100)
ORDER BY left_id, right_id;
SELECT left_id, right_id, score, pg_typeof(right_id)
FROM synastry_cross('SELECT id, chart FROM public.people WHERE id < 20', 'people'::regclass, NULL::int, top_k => 1, min_score => 85)
ORDER BY left_id;
SELECT left_id, right_id, score
FROM synastry_cross('people'::regclass, 'SELECT * FROM public.people WHERE name = ''Ringo Starr''', NULL::int, min_score => 70)
ORDER BY score DESC;

-- literals and numbers need no casts
SELECT count(*) FROM synastry_cross('people'::regclass, 'SELECT id, chart FROM public.people', 10, 50, 'weighted', true);
SELECT count(*) FROM synastry_cross('SELECT id, chart FROM public.people', 'SELECT id, chart FROM public.people', 10, 50);
SELECT count(*) FROM synastry_cross('SELECT id, chart FROM public.people', 'people'::regclass, 10);

--
-- The same rows as plain SQL gives.
--

-- People; charts that lack bodies, have others, or are NULL; equal charts and
-- equal ids, so that there are ties; a null id; ids that begin alike.
CREATE TABLE everybody AS
SELECT id::text, chart FROM people
UNION ALL SELECT 'a long beginning ' || id, chart FROM people WHERE id % 3 = 0
UNION ALL SELECT 'a long beginning ' || id, chart FROM people WHERE id % 6 = 0
UNION ALL SELECT * FROM (VALUES ('odd 1', NULL::chart), ('odd 2', '{}'), ('odd 3', '{"chiron": 12}'), ('odd 4', '{"sun": 196.27}'),
	('odd 5', '{196.27,303.55,NULL,12,NULL,NULL,NULL,NULL,NULL,NULL}'), (NULL, '{"sun": 300}'), ('odd 4', '{"moon": 10}'), ('', '{"sun": 10}'),
	('odd 6', '{"sun": 1, "moon": 2, "mercury": 3, "venus": 4, "mars": 5, "jupiter": 6, "saturn": 7, "uranus": 8, "neptune": 9, "pluto": 10, "chiron": 11}'))
	AS odd (id, chart);

-- how many rows there are, and how many differ: counted, so that duplicates do
CREATE FUNCTION cross_differences(k int, min_score float8, model score_model, skip_same_id bool,
	OUT cross_rows bigint, OUT different bigint)
BEGIN ATOMIC
	WITH crossed AS (
		SELECT left_id, right_id, score, CASE WHEN k IS NOT NULL THEN rank END AS rank
		FROM synastry_cross('public.everybody'::regclass, 'SELECT * FROM public.everybody',
			k, cross_differences.min_score, cross_differences.model, cross_differences.skip_same_id)
	), scored AS (
		SELECT l.ctid AS l, l.id AS left_id, r.id AS right_id,
			synastry_score(l.chart, r.chart, cross_differences.model) AS score
		FROM everybody l, everybody r
		WHERE l.chart IS NOT NULL AND r.chart IS NOT NULL
	), ranked AS (
		SELECT left_id, right_id, score,
			row_number() OVER (PARTITION BY l ORDER BY score DESC NULLS LAST, right_id COLLATE "C") AS rank
		FROM scored
		WHERE (cross_differences.min_score IS NULL OR score >= cross_differences.min_score) AND
			(NOT cross_differences.skip_same_id OR (left_id = right_id) IS NOT TRUE)
	), plain AS (
		SELECT left_id, right_id, score, CASE WHEN k IS NOT NULL THEN rank END
		FROM ranked
		WHERE k IS NULL OR rank <= k
	)
	SELECT (SELECT count(*) FROM crossed),
		(SELECT count(*) FROM (TABLE crossed EXCEPT ALL TABLE plain) x) +
		(SELECT count(*) FROM (TABLE plain EXCEPT ALL TABLE crossed) y);
END;

SET client_min_messages = warning;
SELECT n AS model, k, min, skip, (cross_differences(k, min, model, skip)).*
FROM unnest(ARRAY['personal', 'weighted; aspects (kerykeion)', 'personal; aspects (major; bodies_a luminaries)',
		'aspects (conjunction 8, trine 8); bodies planets 1, moon 2; worth conjunction 2, trine 1; constant']::score_model[])
		WITH ORDINALITY AS models (model, n),
	(VALUES (NULL, NULL), (NULL, 30), (1, NULL), (10, NULL), (10, 30), (1000, NULL)) AS filters (k, min),
	unnest(ARRAY[false, true]) AS skip
ORDER BY n, k NULLS FIRST, min NULLS FIRST, skip;
SET work_mem = '64kB';
SELECT (cross_differences(k, min, 'personal', false)).*
FROM (VALUES (NULL, NULL), (NULL, 30), (1, NULL), (10, 30), (1000, NULL)) AS filters (k, min);
RESET work_mem;
RESET client_min_messages;

-- With thousands of charts, many of them equal: tiles, and a temporary file
-- when memory is scarce.
CREATE TABLE crowd AS
SELECT i AS id, CASE WHEN i % 10 = 0 THEN chart - ARRAY['moon'] ELSE chart END AS chart
FROM generate_series(1, 9000) i JOIN people p ON p.id = 1 + (i * 7919) % 60;
CREATE FUNCTION crowd_digest() RETURNS text
BEGIN ATOMIC
	SELECT count(*) || ' ' || md5(string_agg(concat_ws(' ', left_id, right_id, score, rank), ',' ORDER BY left_id, rank))
	FROM synastry_cross('SELECT * FROM public.crowd WHERE id <= 200', 'crowd'::regclass, NULL::int, top_k => 25);
END;
CREATE TABLE crowd_plain AS
SELECT count(*) || ' ' || md5(string_agg(concat_ws(' ', left_id, right_id, score, rank), ',' ORDER BY left_id, rank)) AS digest
FROM (SELECT l.id AS left_id, r.id AS right_id, r.score, r.rank
	FROM crowd l, LATERAL (
		SELECT r.id, synastry_score(l.chart, r.chart) AS score,
			row_number() OVER (ORDER BY synastry_score(l.chart, r.chart) DESC NULLS LAST, r.id::text COLLATE "C") AS rank
		FROM crowd r) r
	WHERE l.id <= 200 AND r.rank <= 25) best;
SELECT crowd_digest() = digest AS same FROM crowd_plain;
SET work_mem = '64kB';
SELECT crowd_digest() = digest AS same FROM crowd_plain;
SET synastry.simd = scalar;
SELECT crowd_digest() = digest AS same FROM crowd_plain;
RESET synastry.simd;
RESET work_mem;
SELECT count(*), sum(score)
FROM synastry_cross('SELECT * FROM public.crowd WHERE id <= 200', 'crowd'::regclass, min_score => 60)
EXCEPT
SELECT count(*), sum(score)
FROM (SELECT synastry_score(l.chart, r.chart) AS score FROM crowd l, crowd r WHERE l.id <= 200) s WHERE score >= 60;

--
-- Nothing on a side, NULL charts, extreme options.
--

SELECT * FROM synastry_cross('SELECT * FROM public.crowd WHERE false', 'crowd'::regclass);
SELECT * FROM synastry_cross('people'::regclass, 'SELECT * FROM public.crowd WHERE false', top_k => 5);
SELECT * FROM synastry_cross('people'::regclass, 'people'::regclass, top_k => 0);
SELECT count(*) FROM synastry_cross('SELECT * FROM public.people WHERE id = 1', 'people'::regclass, top_k => 2147483647);
SELECT left_id, right_id, score, rank
FROM synastry_cross('SELECT 1 AS id, ''{"sun": 10}''::public.chart AS chart', 'SELECT 2 AS id, ''{"sun": 10}''::public.chart AS chart');
SELECT count(*)
FROM synastry_cross('SELECT 1 AS id, NULL::public.chart AS chart', 'SELECT 2 AS id, chart FROM public.people');
SELECT count(*)
FROM synastry_cross('SELECT id, NULLIF(chart, chart) AS chart FROM public.people', 'SELECT 2 AS id, NULL::public.chart AS chart');
SELECT count(*) FROM synastry_cross('people'::regclass, 'people'::regclass, min_score => '-Infinity');
SELECT count(*) FROM synastry_cross('people'::regclass, 'people'::regclass, min_score => 'Infinity');
SELECT count(*) FROM synastry_cross('everybody'::regclass, 'everybody'::regclass, min_score => -1e300);
SELECT count(*) FROM synastry_cross('everybody'::regclass, 'everybody'::regclass, top_k => NULL, min_score => NULL, model => NULL, skip_same_id => NULL);
SELECT * FROM synastry_cross('people'::regclass, 'people'::regclass, top_k => -1);
SELECT * FROM synastry_cross('people'::regclass, 'people'::regclass, min_score => 'NaN');
-- a bound is inclusive, to the last bit
SELECT count(*)
FROM (SELECT synastry_score(l.chart, r.chart) AS score FROM people l, people r WHERE l.id = 1 AND r.id = 2) s,
	LATERAL synastry_cross('SELECT * FROM public.people WHERE id = 1', 'SELECT * FROM public.people WHERE id = 2', min_score => score);
SELECT count(*)
FROM (SELECT synastry_score(l.chart, r.chart) AS score FROM people l, people r WHERE l.id = 1 AND r.id = 2) s,
	LATERAL synastry_cross('SELECT * FROM public.people WHERE id = 1', 'SELECT * FROM public.people WHERE id = 2', min_score => score + 1e-9);

-- What does not fit in memory, sorted, is refused.
SET work_mem = '64kB';
SELECT count(*) FROM synastry_cross('SELECT * FROM public.people WHERE id = 1', 'crowd'::regclass, top_k => 9000);
RESET work_mem;

--
-- What is wrong is said before anything is read.
--

SELECT * FROM synastry_cross(NULL, 'people'::regclass);
SELECT * FROM synastry_cross('people'::regclass, NULL::text);
SELECT * FROM synastry_cross('SELECT pg_sleep(1000), id, chart FROM public.people', 'SELECT id FROM public.people');
SELECT * FROM synastry_cross('SELECT pg_sleep(1000), id, chart FROM public.people', 'UPDATE public.people SET id = 1');
SELECT * FROM synastry_cross('SELECT id, name AS chart FROM public.people', 'people'::regclass);
SELECT * FROM synastry_cross('people'::regclass, 'SELECT name AS id, chart FROM public.people', id => NULL::int);
SELECT * FROM synastry_cross('people'::regclass, 'SELECT id, 1 / 0 AS x, 1 / (id - 30), chart FROM public.people');

-- Ids of any type come back as they were.
SELECT left_id, right_id FROM synastry_cross('SELECT ARRAY[1, NULL, 3] AS id, chart FROM public.people WHERE id = 1',
	'SELECT ARRAY[id] AS id, chart FROM public.people WHERE id < 3', NULL::int[]);
SELECT left_id, right_id FROM synastry_cross('SELECT date ''2026-02-01'' AS id, chart FROM public.people WHERE id = 1',
	'SELECT date ''2026-02-01'' AS id, chart FROM public.people WHERE id < 3', NULL::date, skip_same_id => true);

-- What the transaction has changed is seen, as by other queries of a function.
CREATE TABLE changing (id int, chart chart);
CREATE FUNCTION change_and_cross(OUT inserted bigint, OUT deleted bigint, OUT plain bigint) LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO public.changing SELECT id, chart FROM public.people WHERE id <= 10;
	SELECT count(*) INTO inserted FROM public.synastry_cross('public.changing'::regclass, 'SELECT * FROM public.changing');
	DELETE FROM public.changing WHERE id > 5;
	deleted := (SELECT count(*) FROM public.synastry_cross('public.changing'::regclass, 'SELECT * FROM public.changing'));
	plain := (SELECT count(*) FROM public.changing a, public.changing b);
END $$;
SELECT * FROM change_and_cross();
-- but not by the statement that changes it
INSERT INTO changing
SELECT left_id, NULL FROM synastry_cross('changing'::regclass, 'changing'::regclass, id => NULL::int);
SELECT count(*) FROM changing;
WITH gone AS (DELETE FROM changing RETURNING id)
SELECT count(DISTINCT left_id), (SELECT count(*) FROM gone) FROM synastry_cross('changing'::regclass, 'changing'::regclass);

--
-- In a materialized view; in a loop that commits and goes on where it stopped.
--

CREATE TABLE members AS SELECT id, chart FROM people;
CREATE MATERIALIZED VIEW best_matches AS
SELECT left_id, right_id, score, rank
FROM synastry_cross('members'::regclass, 'SELECT id, chart FROM public.members', NULL::int, top_k => 3, skip_same_id => true);
CREATE UNIQUE INDEX ON best_matches (left_id, rank);
REFRESH MATERIALIZED VIEW best_matches;
UPDATE members SET chart = chart - ARRAY['pluto'] WHERE id = 1;
REFRESH MATERIALIZED VIEW CONCURRENTLY best_matches;
SELECT count(*) FROM best_matches;

CREATE TABLE matches (left_id int, right_id int, score float8, rank bigint, PRIMARY KEY (left_id, rank));
CREATE PROCEDURE match_everybody(step int, steps int DEFAULT NULL) LANGUAGE plpgsql AS $$
DECLARE
	done int := coalesce((SELECT max(left_id) FROM public.matches), 0);
	last int;
BEGIN
	LOOP
		SELECT max(id) INTO last
		FROM (SELECT id FROM public.members WHERE id > done ORDER BY id LIMIT step) next;
		EXIT WHEN last IS NULL OR steps <= 0;
		INSERT INTO public.matches
		SELECT *
		FROM public.synastry_cross(format('SELECT id, chart FROM public.members WHERE id > %s AND id <= %s', done, last),
			'SELECT id, chart FROM public.members', NULL::int, top_k => 3, skip_same_id => true);
		COMMIT;
		done := last;
		steps := steps - 1;
	END LOOP;
END $$;
CALL match_everybody(25, 1);
SELECT count(*) FROM matches;
CALL match_everybody(25);
SELECT count(*) FROM matches;
SELECT count(*) FROM (TABLE matches EXCEPT TABLE best_matches) x;
SELECT max(left_id), count(*) FROM matches WHERE rank = 1;

DROP PROCEDURE match_everybody;
DROP FUNCTION change_and_cross;
DROP TABLE changing;
DROP MATERIALIZED VIEW best_matches;
DROP TABLE crowd_plain;
DROP FUNCTION cross_differences, crowd_digest;
DROP TABLE everybody, crowd, members, matches;

--
-- Estimates and advice
--

SELECT * FROM synastry_estimate_memory(1000, 1000);
SELECT * FROM synastry_estimate_memory(0, 0);
SELECT * FROM synastry_estimate_memory(0, 1000000, 0);
SELECT * FROM synastry_estimate_memory(10000, 1000000);
SET work_mem = '64MB';
SELECT * FROM synastry_estimate_memory(10000, 1000000);
SELECT * FROM synastry_estimate_memory(1000000, 1000000, 20);
RESET work_mem;
SELECT * FROM synastry_estimate_memory(-1, 1);
SELECT * FROM synastry_estimate_memory(1, 1, 129);
SELECT * FROM synastry_estimate_memory(9223372036854775807, 9223372036854775807);

SELECT name, current, advised FROM synastry_advise(0) WHERE name = 'work_mem';
SET statement_timeout = '1min';
SELECT name, advised FROM synastry_advise(1000000000000) WHERE name = 'statement_timeout';
RESET statement_timeout;
-- settings that are advised are as large as the current ones, and legal
DO $$
DECLARE
	advised text;
BEGIN
	SELECT a.advised INTO STRICT advised FROM synastry_advise(1000000000000) a WHERE name = 'work_mem';
	PERFORM set_config('work_mem', advised, true);
END $$;
SELECT * FROM synastry_advise(-1);
