--
-- The same answer everywhere
--
-- To the bit, whatever the instruction set, the plan, the number of workers,
-- compiled by JIT or not: that is what lets the functions be immutable.
--

-- All that is computed of a pair, for all pairs of people: charts of all sizes,
-- with and without angles, planets alone, and with bodies missing.
CREATE TABLE charts AS
	SELECT id, chart FROM people
	UNION ALL
	SELECT 100 + id, chart - (SELECT array_agg(body) FROM synastry_bodies() b WHERE b.id > 9) FROM people WHERE id % 3 = 0
	UNION ALL
	SELECT 200 + id, chart - (SELECT array_agg(body) FROM synastry_bodies() b WHERE b.id % (2 + people.id % 11) = people.id % 7) FROM people WHERE id % 2 = 0;
VACUUM ANALYZE charts;
SELECT count(*) AS charts, min(n) AS fewest_bodies, max(n) AS most
FROM charts, LATERAL (SELECT count(*) AS n FROM bodies(chart)) c;
CREATE TABLE pairs AS
	SELECT x.id * 1000 + y.id AS id, x.chart AS a, y.chart AS b FROM charts x, charts y;
VACUUM ANALYZE pairs;

-- sums of hashes, which workers can compute too
CREATE VIEW fingerprint AS
	SELECT (SELECT sum(hashtextextended(concat_ws(' ',
					synastry_score(a, b),
					synastry_score(a, b, 'weighted; aspects (group; strict)'),
					synastry_score(a, b, 'aspects (kerykeion_all, septile 9, square 30; first); bodies planets 1.7, chiron 2, angles 0.3;
					worth conjunction 7.777777, septile 1, square -3.3, opposition 0.1'),
					synastry_score(a, b, 'weighted; constant'),
					a <~> b,
					a <~> score_query(b, 'weighted')), id))
			FROM pairs) AS scores,
		   (SELECT sum(hashtextextended(concat_ws(' ',
					md5(aspect_matrix_send(aspect_matrix(a, b))),
					md5(aspect_matrix_send(aspect_matrix(a, b, 'kerykeion_all, septile 9, square 30; first'))),
					md5(aspect_matrix_send(aspect_matrix(a, b, 'group; bodies_a luminaries, angles; scale 1.5; strict')))), id))
			FROM pairs) AS matrices,
		   (SELECT sum(hashtextextended(x::text, id))
			FROM pairs, aspects(a, b, 'modern') WITH ORDINALITY x
			WHERE id < 20000) AS rows;
SELECT fingerprint::text AS fingerprint FROM fingerprint \gset

--
-- Instruction sets
--
SHOW synastry.simd;
SELECT context, vartype, enumvals FROM pg_settings WHERE name = 'synastry.simd';

-- every one that this machine has; what it does not have is refused
CREATE FUNCTION instruction_sets(OUT refused bool, OUT agrees bool) RETURNS SETOF record
LANGUAGE plpgsql AS $$
DECLARE
	first text := (SELECT fingerprint FROM fingerprint);
BEGIN
	FOR n IN 1 .. 5 LOOP
		refused := false;
		BEGIN
			PERFORM set_config('synastry.simd', ('{auto,scalar,avx2,avx512,neon}'::text[])[n], true);
		EXCEPTION WHEN invalid_parameter_value THEN
			refused := true;
		END;
		agrees := (SELECT fingerprint::text FROM fingerprint) = first;
		RETURN NEXT;
	END LOOP;
END $$;
SELECT CASE WHEN bool_and(agrees) THEN 'all agree' ELSE 'they differ' END AS instruction_sets, bool_or(refused) AS some_refused FROM instruction_sets();

-- No machine has all of them, and what is not there is refused with a reason.
DO $$
DECLARE
	message text;
	detail text;
BEGIN
	FOR n IN 1 .. 2 LOOP
		BEGIN
			PERFORM set_config('synastry.simd', ('{avx2,neon}'::text[])[n], true);
		EXCEPTION WHEN invalid_parameter_value THEN
			GET STACKED DIAGNOSTICS message = message_text, detail = pg_exception_detail;
			RAISE NOTICE '% - %', regexp_replace(message, 'avx2|neon', '...'), regexp_replace(detail, 'avx2|neon', '...');
			EXIT;
		END;
	END LOOP;
END $$;
SET synastry.simd = 'mmx';
SET synastry.simd = '';
SET synastry.simd = 'Scalar';
SHOW synastry.simd;
RESET synastry.simd;
SET synastry.nothing = 1;

--
-- Plans
--

-- Does the plan of a query have such a node?
CREATE FUNCTION plan_has(query text, node text) RETURNS bool
LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		IF line LIKE '%' || node || '%' THEN
			RETURN true;
		END IF;
	END LOOP;
	RETURN false;
END $$;

-- Parallel workers: functions run in them, with the setting of the leader
BEGIN;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
SELECT plan_has('SELECT scores FROM fingerprint', 'Partial Aggregate') AS scores, plan_has('SELECT matrices FROM fingerprint', 'Partial Aggregate') AS matrices,
	   plan_has('SELECT rows FROM fingerprint', 'Partial Aggregate') AS rows;
SELECT fingerprint::text = :'fingerprint' AS same FROM fingerprint;
SET LOCAL parallel_leader_participation = off;
SET LOCAL synastry.simd = scalar;
SELECT fingerprint::text = :'fingerprint' AS same_in_workers FROM fingerprint;
COMMIT;
BEGIN;
SELECT count(set_config(name, 'on', true)) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
SELECT fingerprint::text = :'fingerprint' AS same_forced FROM fingerprint;
COMMIT;
-- costs alone make the planner use them
BEGIN;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
SELECT plan_has('SELECT count(*) FROM pairs p, generate_series(1, 100)
				 WHERE synastry_score(a, b) > 50', 'Gather') AS parallel_by_cost;
COMMIT;

-- JIT, if the server has it
BEGIN;
SET LOCAL jit = on;
SET LOCAL jit_above_cost = 0;
SET LOCAL jit_inline_above_cost = 0;
SET LOCAL jit_optimize_above_cost = 0;
SELECT fingerprint::text = :'fingerprint' AS same FROM fingerprint;
SET LOCAL jit = off;
SELECT fingerprint::text = :'fingerprint' AS same_without FROM fingerprint;
COMMIT;

-- Joins of charts by hash, by merge and by nested loops
CREATE FUNCTION joined(hash text, merge text, loops text, OUT node text, OUT rows bigint, OUT result text)
LANGUAGE plpgsql AS $$
DECLARE
	query text := 'SELECT a.id AS a, b.id AS b, synastry_score(a.chart, b.chart, ''weighted'') AS score,
					aspect_matrix(b.chart, a.chart)::text AS matrix FROM charts a JOIN charts b USING (chart)';
BEGIN
	PERFORM set_config('enable_hashjoin', hash, true), set_config('enable_mergejoin', merge, true), set_config('enable_nestloop', loops, true);
	SELECT string_agg(n, ', ') INTO node FROM unnest('{Hash Join,Merge Join,Nested Loop}'::text[]) n WHERE plan_has(query, n);
	EXECUTE 'SELECT count(*), md5(string_agg(j::text, '' '' ORDER BY a, b)) FROM (' || query || ') j' INTO rows, result;
END $$;
SELECT string_agg(node, ', ' ORDER BY node) AS nodes, string_agg(DISTINCT rows::text, ', ') AS rows, count(DISTINCT result) AS results
FROM (SELECT * FROM joined('on', 'off', 'off')
	  UNION ALL SELECT * FROM joined('off', 'on', 'off')
	  UNION ALL SELECT * FROM joined('off', 'off', 'on')) j;
DROP FUNCTION joined;

-- What the planner is told
SELECT oid::regprocedure AS function, procost AS cost, nullif(prorows, 0) AS rows
FROM pg_proc
WHERE oid::regprocedure::text ~ '^(aspect_matrix|aspects|transpose|aspect_grid|aspect_codes|synastry_score|score_cells|chart_mismatch|chart_query_mismatch)\('
	  OR oid::regprocedure::text = 'jsonb(aspect_matrix)'
ORDER BY oid::regprocedure::text COLLATE "C";

--
-- Indexes and stored columns
--

-- An index on the score against one chart answers queries in its order.
SELECT chart AS me FROM people WHERE id = 20 \gset
CREATE INDEX matches ON people ((chart <~> :'me'::chart));
CREATE INDEX weighted ON people (synastry_score(chart, :'me', 'weighted'));
ANALYZE people;
BEGIN;
SET LOCAL enable_seqscan = off;
SET LOCAL enable_bitmapscan = off;
SELECT plan_has(format('SELECT name FROM people ORDER BY chart <~> %L::chart LIMIT 5', :'me'), 'Index Scan using matches') AS by_operator,
	   plan_has(format('SELECT name FROM people WHERE synastry_score(chart, %L, ''weighted'') > 50', :'me'), 'Index Scan using weighted') AS by_function,
	   plan_has(format('SELECT name FROM people WHERE synastry_score(chart, %L, ''personal'') > 50', :'me'), 'Index Scan using weighted') AS other_model;
CREATE TEMP TABLE by_index AS
	SELECT 'best' AS what, array_agg(name) AS names FROM (SELECT name FROM people ORDER BY chart <~> :'me'::chart LIMIT 5) t
	UNION ALL
	SELECT 'weighted', array_agg(name ORDER BY name) FROM people WHERE synastry_score(chart, :'me', 'weighted') > 50;
COMMIT;
DROP INDEX matches, weighted;
SELECT what, names = CASE what
	   WHEN 'best' THEN (SELECT array_agg(name) FROM (SELECT name FROM people ORDER BY chart <~> :'me'::chart LIMIT 5) t)
	   ELSE (SELECT array_agg(name ORDER BY name) FROM people WHERE synastry_score(chart, :'me', 'weighted') > 50) END AS same, cardinality(names)
FROM by_index ORDER BY what;

-- A generated column follows the chart; a check refuses who does not match.
CREATE TABLE matched (
	name text,
	chart chart,
	score float8 GENERATED ALWAYS AS (synastry_score(chart, '{"sun": 103.3757774, "moon": 59.7088}')) STORED,
	matrix aspect_matrix GENERATED ALWAYS AS (aspect_matrix(chart, '{"sun": 103.3757774, "moon": 59.7088}', 'major')) STORED,
	CHECK (score > 0)
);
INSERT INTO matched VALUES ('moon', chart(moon => 103.3757774)), ('unknown', chart(chiron => 1)), ('nobody', NULL);
\set VERBOSITY terse
INSERT INTO matched VALUES ('opposite', chart(moon => 283.3757774));
\set VERBOSITY default
UPDATE matched SET chart = chart(sun => 103.3757774, moon => 180) WHERE name = 'nobody';
SELECT name, score, matrix::int[] AS codes FROM matched ORDER BY name;
SELECT count(*) AS differences FROM matched WHERE score IS DISTINCT FROM synastry_score(chart, '{"sun": 103.3757774, "moon": 59.7088}');

-- Also in materialized views, and partitions by score
CREATE MATERIALIZED VIEW best AS
	SELECT a.id AS a, b.id AS b, synastry_score(a.chart, b.chart) AS score, aspect_matrix(a.chart, b.chart) AS matrix FROM people a JOIN people b ON a.id < b.id;
REFRESH MATERIALIZED VIEW best;
SELECT count(*), count(*) FILTER (WHERE score <> synastry_score(x.chart, y.chart) OR matrix::text <> aspect_matrix(x.chart, y.chart)::text) AS differences
FROM best JOIN people x ON x.id = a JOIN people y ON y.id = b;

DROP MATERIALIZED VIEW best;
DROP VIEW fingerprint;
DROP TABLE matched, pairs, charts;
DROP FUNCTION instruction_sets, plan_has;
