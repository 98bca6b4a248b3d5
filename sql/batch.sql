--
-- synastry_batch: score and matrix of every pair of a query.
--

-- Queries are texts, parsed when they run: names in them are qualified, so
-- that they are found whatever the search_path is then.
CREATE TABLE couples (a int, b int);
INSERT INTO couples
SELECT a.id, b.id
FROM people a, people b
WHERE (a.name, b.name) IN (('John Lennon', 'Yoko Ono'), ('Charles III', 'Diana Spencer'),
	('Frida Kahlo', 'Diego Rivera'), ('Elizabeth Taylor', 'Richard Burton'));

CREATE VIEW couple_charts AS
SELECT a.name AS a_id, a.chart AS a, b.name AS b_id, b.chart AS b
FROM couples c JOIN people a ON a.id = c.a JOIN people b ON b.id = c.b;

SELECT a_id, b_id, score, (SELECT count(*) FROM aspects(matrix)) AS aspects
FROM synastry_batch('SELECT * FROM public.couple_charts')
ORDER BY score DESC;

-- A relation instead of a query; the matrix by another set, the score by
-- another model; ids of a type of their own.
SELECT a_id, b_id, score, (SELECT count(*) FROM aspects(matrix)) AS aspects
FROM synastry_batch('couple_charts'::regclass, aspects => 'major; bodies luminaries', model => 'weighted')
ORDER BY score DESC;
SELECT b_id, a_id, pg_typeof(a_id), score
FROM synastry_batch('SELECT a.id AS a_id, a.chart AS a, b.id AS b_id, b.chart AS b
	FROM public.couples c JOIN public.people a ON a.id = c.a JOIN public.people b ON b.id = c.b', id => NULL::int)
ORDER BY a_id, b_id;

-- Literals need no casts; nor do values of the types.
SELECT count(*) FROM synastry_batch('SELECT * FROM public.couple_charts', 'modern', 'weighted');
SELECT count(*) FROM synastry_batch('couple_charts'::regclass, 'modern; strict');
SELECT count(*) FROM synastry_batch('couple_charts'::regclass, NULL);
SELECT count(*) FROM synastry_batch('couple_charts'::regclass, model => 'weighted');
SELECT count(*) FROM synastry_batch('couple_charts'::regclass, 'modern'::aspect_set, 'weighted');
SELECT count(*) FROM synastry_batch('couple_charts'::regclass, NULL::text, NULL, 'weighted'::score_model);

-- The same rows as plain SQL gives, whatever the charts: all pairs of people
-- and more charts that lack bodies, have others, or are NULL.
CREATE TABLE odd_charts AS
SELECT 1000 + row_number() OVER () AS id, chart
FROM (VALUES (NULL::chart), ('{}'), ('{"chiron": 12}'), ('{"sun": 196.27}'), ('{196.27,303.55,NULL,12,NULL,NULL,NULL,NULL,NULL,NULL}'),
	('{"sun": 1, "moon": 2, "mercury": 3, "venus": 4, "mars": 5, "jupiter": 6, "saturn": 7, "uranus": 8, "neptune": 9, "pluto": 10, "chiron": 11}'))
	AS odd (chart);
CREATE TABLE everybody AS
SELECT id, chart FROM people UNION ALL SELECT * FROM odd_charts;

CREATE FUNCTION batch_differences(aspects aspect_set, model score_model) RETURNS bigint
BEGIN ATOMIC
	WITH batch AS (
		SELECT a_id, b_id, score, matrix::text
		FROM synastry_batch('SELECT a.id AS a_id, a.chart AS a, b.id AS b_id, b.chart AS b
			FROM public.everybody a, public.everybody b', aspects, model)
	), plain AS (
		SELECT a.id::text, b.id::text, synastry_score(a.chart, b.chart, model),
			aspect_matrix(a.chart, b.chart, coalesce(aspects, model::aspect_set))::text
		FROM everybody a, everybody b
	)
	SELECT (SELECT count(*) FROM (TABLE batch EXCEPT ALL TABLE plain) x) +
		(SELECT count(*) FROM (TABLE plain EXCEPT ALL TABLE batch) y) +
		abs((SELECT count(*) FROM batch) - (SELECT count(*) FROM plain));
END;
SELECT batch_differences(NULL, 'personal');
SELECT batch_differences('modern; bodies_a luminaries', 'weighted; aspects (major; first)');
SET work_mem = '64kB';
SELECT batch_differences(NULL, 'personal; pairs sun-moon 10');
RESET work_mem;

-- No rows, no charts.
SELECT * FROM synastry_batch('SELECT * FROM public.couple_charts WHERE false');
SELECT a_id, b_id, score, matrix
FROM synastry_batch('SELECT NULL::int AS a_id, NULL::public.chart AS a, 7 AS b_id, ''{"sun": 1}''::public.chart AS b');

-- Columns are found by their names, whatever else the query returns.
SELECT a_id, b_id, score
FROM synastry_batch('SELECT 1 AS more, b, b_id, a_id, a, 2 AS columns FROM public.couple_charts WHERE a_id = ''John Lennon''');

--
-- What is wrong is said before anything is read.
--

SELECT * FROM synastry_batch(NULL);
SELECT * FROM synastry_batch('');
SELECT * FROM synastry_batch('SELECT 1; SELECT 2');
SELECT * FROM synastry_batch('SELEC 1');
SELECT * FROM synastry_batch('SHOW work_mem');
SELECT * FROM synastry_batch('SELECT 1 AS a_id INTO public.somewhere');
SELECT * FROM synastry_batch('EXPLAIN SELECT 1');
SELECT * FROM synastry_batch('DELETE FROM public.couples RETURNING *');
SELECT * FROM synastry_batch('WITH gone AS (DELETE FROM public.couples RETURNING *) SELECT * FROM gone');
SELECT * FROM synastry_batch('SELECT * FROM public.couples FOR UPDATE');
SELECT count(*) FROM couples;
SELECT * FROM synastry_batch('SELECT name AS a_id, chart AS a, name AS b_id FROM public.people');
SELECT * FROM synastry_batch('SELECT *, a_id FROM public.couple_charts');
SELECT * FROM synastry_batch('SELECT a_id, a::jsonb, b_id, b FROM public.couple_charts');
SELECT * FROM synastry_batch('SELECT * FROM public.couple_charts', id => NULL::int);
SELECT * FROM synastry_batch('SELECT * FROM public.no_such_table');
SELECT * FROM synastry_batch('couples'::regclass);
SELECT * FROM synastry_batch(0::oid::regclass);
SELECT * FROM synastry_batch('SELECT * FROM public.couple_charts', aspects => 'no such aspect');

-- A query that fails half way.
SELECT count(*)
FROM synastry_batch('SELECT 1 / (a.id - 40) AS a_id, a.chart AS a, b.id AS b_id, b.chart AS b
	FROM public.people a, public.people b ORDER BY a.id OFFSET 0');

-- Under the search_path of a restore, and of maintenance commands (REFRESH, from PostgreSQL 17 on).
SELECT set_config('search_path', '', false);
SELECT * FROM public.synastry_batch('SELECT * FROM couple_charts');
SET search_path = pg_catalog, pg_temp;
SELECT * FROM public.synastry_batch('SELECT * FROM couple_charts');
SELECT * FROM public.synastry_batch('SELECT * FROM public.couple_charts WHERE no_such_function(a)');
SELECT * FROM public.synastry_batch('SELECT 1 / 0 AS a_id, a, b_id, b FROM public.couple_charts');
RESET search_path;

--
-- With the rights of the caller.
--

CREATE ROLE regress_synastry_reader;
GRANT SELECT ON couples TO regress_synastry_reader;
SET ROLE regress_synastry_reader;
SELECT count(*) FROM synastry_batch('SELECT * FROM public.couple_charts');
SELECT count(*) FROM synastry_batch('couple_charts'::regclass);
RESET ROLE;
GRANT SELECT ON couple_charts TO regress_synastry_reader;
SET ROLE regress_synastry_reader;
SELECT count(*) FROM synastry_batch('couple_charts'::regclass);
RESET ROLE;

-- Row-level security.
CREATE TABLE secrets AS SELECT 1 AS a_id, chart AS a, id AS b_id, chart AS b FROM people;
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
CREATE POLICY few ON secrets USING (b_id <= 3);
GRANT SELECT ON secrets TO regress_synastry_reader;
SET ROLE regress_synastry_reader;
SELECT b_id FROM synastry_batch('SELECT * FROM public.secrets') ORDER BY b_id;
SELECT b_id FROM synastry_batch('secrets'::regclass) ORDER BY b_id;
RESET ROLE;
SELECT count(*) FROM synastry_batch('secrets'::regclass);

--
-- In all places where a query may stand.
--

CREATE MATERIALIZED VIEW couple_scores AS
SELECT a_id, b_id, score, matrix FROM synastry_batch('SELECT * FROM public.couple_charts');
CREATE UNIQUE INDEX ON couple_scores (a_id, b_id);
REFRESH MATERIALIZED VIEW couple_scores;
REFRESH MATERIALIZED VIEW CONCURRENTLY couple_scores;
SELECT a_id, score FROM couple_scores ORDER BY a_id;
CREATE MATERIALIZED VIEW unqualified AS
SELECT a_id, b_id, score FROM synastry_batch('couple_charts'::regclass);
REFRESH MATERIALIZED VIEW unqualified;
SELECT count(*) FROM unqualified;

-- An unqualified name is found, or the hint says why not (from 17 on).
CREATE MATERIALIZED VIEW unqualified_text AS
SELECT a_id, b_id, score FROM synastry_batch('SELECT * FROM couple_charts') WITH NO DATA;
DO $$
DECLARE
	restricted constant bool := current_setting('server_version_num')::int >= 170000;
	hint text;
BEGIN
	REFRESH MATERIALIZED VIEW unqualified_text;
	ASSERT NOT restricted, 'the search_path is not restricted';
EXCEPTION WHEN undefined_table THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	ASSERT restricted, 'the search_path is restricted';
	ASSERT hint LIKE '%REFRESH MATERIALIZED VIEW or a restore: qualify the names%', hint;
END $$;

-- a function with an exception block reads it through a cursor
CREATE FUNCTION careful(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	r record;
	n int := 0;
BEGIN
	FOR r IN SELECT a_id, score FROM synastry_batch(query) ORDER BY a_id COLLATE "C" LOOP
		BEGIN
			n := n + 1;
			RETURN NEXT r.a_id || ' ' || (1 / (n - 2))::text;
		EXCEPTION WHEN division_by_zero THEN
			RETURN NEXT r.a_id || ' is left out';
		END;
	END LOOP;
EXCEPTION WHEN undefined_column THEN
	RETURN NEXT 'the query is wrong: ' || sqlerrm;
END $$;
SELECT careful('SELECT * FROM public.couple_charts');
SELECT careful('SELECT a_id FROM public.couple_charts');
-- and the query calls one with such a block, and another batch
CREATE FUNCTION careful_chart(name text) RETURNS chart LANGUAGE plpgsql AS $$
BEGIN
	RETURN name::jsonb::chart;
EXCEPTION WHEN others THEN
	RETURN (SELECT chart FROM public.people p WHERE p.name = careful_chart.name);
END $$;
SELECT b_id, score
FROM synastry_batch('SELECT a_id, public.careful_chart(a_id) AS a, b_id, b
	FROM public.synastry_batch(''SELECT * FROM public.couple_charts'') JOIN public.couple_charts USING (a_id, b_id)')
ORDER BY score DESC;
-- in the select list, in a cursor, per row
SELECT (synastry_batch('SELECT * FROM public.couple_charts WHERE a_id = ''John Lennon''')).score;
BEGIN;
DECLARE scores SCROLL CURSOR FOR
	SELECT a_id FROM synastry_batch('SELECT * FROM public.couple_charts ORDER BY a_id COLLATE "C"');
FETCH 2 FROM scores;
FETCH BACKWARD 1 FROM scores;
COMMIT;
SELECT p.name, s.score
FROM people p, synastry_batch(format('SELECT %s AS a_id, chart AS a, 1 AS b_id, chart AS b FROM public.people WHERE id = %s', p.id, p.id)) s
WHERE p.id <= 3
ORDER BY p.id;

-- A function that runs between two reads, here for the ids of the results, may
-- not close the cursor of the query.
CREATE FUNCTION close_all(int) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'CLOSE ALL'; RETURN true; END $$;
CREATE DOMAIN closing AS int CHECK (close_all(VALUE));
\set VERBOSITY sqlstate
SET work_mem = '64kB';
SELECT count(*) FROM synastry_batch('SELECT a.id::public.closing AS a_id, a.chart AS a, b.id::public.closing AS b_id, b.chart AS b
	FROM public.people a, public.people b', id => NULL::closing);
RESET work_mem;
\set VERBOSITY default

DROP DOMAIN closing;
DROP FUNCTION close_all;
DROP MATERIALIZED VIEW couple_scores, unqualified, unqualified_text;
DROP FUNCTION careful, careful_chart, batch_differences;
DROP TABLE couples, odd_charts, everybody, secrets CASCADE;
DROP ROLE regress_synastry_reader;
