--
-- Aspect sets and score models are prepared once, and never answer for others
--
-- What the kernels need of an aspect set or a score model is made at the first
-- call and kept for the following ones.  A constant of the query is not looked
-- at again; anything else may change from one call to the next.  Each test
-- compares with constants.
--
CREATE TEMP TABLE two AS
	SELECT a.chart AS a, b.chart AS b FROM people a, people b WHERE a.id = 1 AND b.id = 2;
CREATE TEMP TABLE constants AS
	SELECT (SELECT count(*) FROM aspects(a, b, 'synastry')) AS synastry,
		   (SELECT count(*) FROM aspects(a, b, 'modern')) AS modern,
		   (SELECT count(*) FROM aspects(a, b, 'trine 8')) AS trine_8,
		   (SELECT count(*) FROM aspects(a, b, 'trine 4')) AS trine_4,
		   synastry_score(a, b, 'personal') AS personal,
		   synastry_score(a, b, 'weighted') AS weighted,
		   synastry_score(a, b, 'aspects (trine 8); bodies planets 1; worth trine 1') AS one,
		   synastry_score(a, b, 'aspects (trine 8); bodies planets 1; worth trine 2') AS double,
		   synastry_score(a, b, 'aspects (trine 4); bodies planets 1; worth trine 1') AS narrow
	FROM two;
SELECT * FROM constants;

-- plpgsql keeps the state of a call while its variables change: another set at
-- each turn, one of the same length, and the first one again.
CREATE FUNCTION count_by_variable() RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	first chart := (SELECT a FROM two);
	second chart := (SELECT b FROM two);
	set aspect_set;
	counts text[];
	codes int[];
	m aspect_matrix;
BEGIN
	FOREACH set IN ARRAY ARRAY['synastry', 'modern', 'trine 8', 'trine 4', 'trine 8', 'trine 8', 'synastry', 'modern', 'modern; bodies vega', 'trine 4']::aspect_set[] LOOP
		m := aspect_matrix(first, second, set);
		IF (SELECT count(*) FROM aspects(m)) <> (SELECT count(*) FROM aspects(first, second, set)) THEN
			RAISE EXCEPTION 'matrix and rows differ for %', set;
		END IF;
		counts := counts || (SELECT count(*) FROM aspects(first, second, set))::text;
	END LOOP;
	RETURN array_to_string(counts, ' ');
END $$;
SELECT count_by_variable() = concat_ws(' ', synastry, modern, trine_8, trine_4, trine_8, trine_8, synastry, modern, 0, trine_4) AS same FROM constants;
SELECT count_by_variable() = concat_ws(' ', synastry, modern, trine_8, trine_4, trine_8, trine_8, synastry, modern, 0, trine_4) AS again FROM constants;

CREATE FUNCTION score_by_variable() RETURNS float8[]
LANGUAGE plpgsql AS $$
DECLARE
	first chart := (SELECT a FROM two);
	second chart := (SELECT b FROM two);
	model score_model;
	query score_query;
	scores float8[];
	score float8;
BEGIN
	FOREACH model IN ARRAY ARRAY['personal', 'weighted', 'aspects (trine 8); bodies planets 1; worth trine 1',
		'aspects (trine 8); bodies planets 1; worth trine 2', 'aspects (trine 4); bodies planets 1; worth trine 1', 'personal', 'personal']::score_model[]
	LOOP
		score := synastry_score(first, second, model);
		query := score_query(second, model);
		IF score <> (SELECT sum(contribution) FROM score_cells(first, second, model)) OR score <> -(first <~> query) OR
			score <> -(second <~> score_query(first, model))
		THEN
			RAISE EXCEPTION 'scores differ for %', model;
		END IF;
		scores := scores || score;
	END LOOP;
	RETURN scores;
END $$;
SELECT score_by_variable() = ARRAY[personal, weighted, one, double, narrow, personal, personal] AS same FROM constants;
SELECT score_by_variable() = ARRAY[personal, weighted, one, double, narrow, personal, personal] AS again FROM constants;

-- charts change, the model does not; then the other way round
CREATE FUNCTION changing_charts() RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
	p record;
	me chart := (SELECT a FROM two);
	wrong int := 0;
	expected float8;
	got float8;
	query score_query;
BEGIN
	FOR p IN SELECT chart FROM people ORDER BY id LOOP
		EXECUTE 'SELECT synastry_score($1, $2)' INTO expected USING me, p.chart;
		got := synastry_score(me, p.chart);
		wrong := wrong + (got IS DISTINCT FROM expected)::int;
		got := -(me <~> p.chart);
		wrong := wrong + (got IS DISTINCT FROM expected)::int;
		query := score_query(p.chart, 'personal');
		got := -(me <~> query);
		wrong := wrong + (got IS DISTINCT FROM expected)::int;
		me := p.chart;
	END LOOP;
	RETURN wrong;
END $$;
SELECT changing_charts() AS wrong;

-- A prepared statement, by a plan of its own for each value and by one for all
CREATE FUNCTION pg_temp.run(mode text) RETURNS TABLE (set text, aspects bigint, by_model float8, by_query float8)
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('plan_cache_mode', mode, true);
	FOR set IN SELECT unnest('{synastry,modern,trine 8,trine 4,trine 8,synastry}'::text[]) LOOP
		EXECUTE format('EXECUTE count_aspects(%L)', set) INTO aspects;
		EXECUTE format('EXECUTE score(%L)', 'weighted; aspects (' || set || ')') INTO by_model;
		EXECUTE format('EXECUTE mismatch(score_query(%L, %L))', (SELECT b FROM two), 'weighted; aspects (' || set || ')') INTO by_query;
		RETURN NEXT;
	END LOOP;
END $$;
PREPARE count_aspects(aspect_set) AS SELECT count(*) FROM two, aspects(a, b, $1);
PREPARE score(score_model) AS SELECT synastry_score(a, b, $1) FROM two;
PREPARE mismatch(score_query) AS SELECT a <~> $1 FROM two;
CREATE TEMP TABLE runs AS
	SELECT mode, run.* FROM unnest('{force_custom_plan,force_generic_plan,auto,auto}'::text[]) mode, pg_temp.run(mode);
SELECT set, count(*), count(DISTINCT (r.aspects, by_model)) AS answers,
	   bool_and(r.aspects = CASE set WHEN 'synastry' THEN synastry WHEN 'modern' THEN modern WHEN 'trine 8' THEN trine_8 ELSE trine_4 END) AS right_aspects,
	   bool_and(by_model = -by_query AND (set <> 'modern' OR by_model = weighted)) AS right_scores
FROM runs r, constants GROUP BY set ORDER BY set;
SELECT name, generic_plans > 0 AS generic, custom_plans > 0 AS custom FROM pg_prepared_statements ORDER BY name;
DEALLOCATE count_aspects;
DEALLOCATE score;
DEALLOCATE mismatch;

-- A set or a model out of a column, another in each row.  Stored values have
-- short headers, long ones are compressed or stored elsewhere.
CREATE TABLE settings (n int, set aspect_set, model score_model, query score_query);
ALTER TABLE settings ALTER set SET STORAGE external, ALTER model SET STORAGE external;
INSERT INTO settings
	SELECT n, set, model, score_query((SELECT b FROM two), model)
	FROM (SELECT n,
				 CASE n % 4 WHEN 0 THEN 'trine 8' WHEN 1 THEN 'trine 4' WHEN 2 THEN 'modern'
							ELSE 'modern; bodies ' || (SELECT string_agg(body, ', ') FROM synastry_bodies()) END::aspect_set AS set,
				 CASE n % 5 WHEN 0 THEN 'personal' WHEN 1 THEN 'weighted'
							WHEN 2 THEN 'aspects (trine 8); bodies planets 1; worth trine 1'
							WHEN 3 THEN 'aspects (trine 8); bodies planets 1; worth trine 2'
							ELSE (SELECT 'aspects (modern); worth trine 1; bodies ' || string_agg(DISTINCT a || ' 1', ', ') ||
										 '; pairs ' || string_agg(a || '-' || b || ' 2', ', ')
								  FROM (SELECT x.body AS a, y.body AS b
										FROM synastry_bodies() x JOIN synastry_bodies() y ON x.id <= y.id
										WHERE y.id < 40) pairs)
							END::score_model AS model
		  FROM generate_series(1, 60) n) v;
SELECT min(pg_column_size(set)) AS smallest_set, max(pg_column_size(set)) > 128 AS large_set, max(pg_column_size(model)) > 6000 AS large_model,
	   pg_relation_size(reltoastrelid) > 0 AS elsewhere
FROM settings, pg_class WHERE pg_class.oid = 'settings'::regclass GROUP BY reltoastrelid;
SELECT n % 4 AS set, count(*), count(DISTINCT (x.aspects, m.codes)) AS answers,
	   bool_and(x.aspects = CASE n % 4 WHEN 0 THEN trine_8 WHEN 1 THEN trine_4 ELSE modern END) AS right
FROM settings, two, constants,
	 LATERAL (SELECT count(*) AS aspects FROM aspects(a, b, set)) x,
	 LATERAL (SELECT aspect_matrix(a, b, set)::int[] AS codes) m
GROUP BY 1 ORDER BY 1;
SELECT n % 5 AS model, count(*), count(DISTINCT score) AS answers, bool_and(score = -mismatch AND score = cells) AS right,
	   bool_and(score = CASE n % 5 WHEN 0 THEN personal WHEN 1 THEN weighted WHEN 2 THEN one WHEN 3 THEN double ELSE score END) AS same
FROM (SELECT n, synastry_score(a, b, model) AS score, a <~> query AS mismatch, (SELECT sum(contribution) FROM score_cells(a, b, model)) AS cells
	  FROM settings, two ORDER BY n) s, constants
GROUP BY 1 ORDER BY 1;
-- rows in an order in which the set stays the same for a while, or never
SELECT string_agg(aspects::text, ' ' ORDER BY ordinality) FILTER (WHERE ordinality <= 4) AS first, count(DISTINCT aspects) AS answers
FROM (SELECT row_number() OVER () AS ordinality, (SELECT count(*) FROM aspects(a, b, set)) AS aspects
	  FROM (SELECT set FROM settings WHERE n % 4 < 2 ORDER BY n % 4, n) s, two) s;

-- as a function of the target list, which keeps its state over rows too
SELECT n % 4 AS set, count(*) / count(DISTINCT n) AS aspects
FROM (SELECT n, (aspects(a, b, set)).aspect FROM settings, two) s
GROUP BY 1 ORDER BY 1;

-- A function's own default, a domain, a function written in SQL
CREATE DOMAIN tight AS aspect_set DEFAULT 'trine 4';
CREATE FUNCTION my_aspects(a chart, b chart, set tight DEFAULT 'trine 4', wide bool DEFAULT false) RETURNS bigint
	LANGUAGE sql IMMUTABLE AS $$ SELECT count(*) FROM aspects(a, b, CASE WHEN wide THEN 'trine 8' ELSE set END) $$;
CREATE FUNCTION my_score(a chart, b chart, model score_model DEFAULT 'personal') RETURNS float8
	LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT synastry_score(b, a, model) $$;
SELECT my_aspects(a, b) = trine_4 AS default, my_aspects(a, b, 'modern') = modern AS given, my_aspects(a, b, wide => true) = trine_8 AS wide,
	   my_aspects(a, b) = trine_4 AS again, my_score(a, b) = personal AS default_model, my_score(a, b, 'weighted') = weighted AS model
FROM two, constants;
SELECT bool_and(my_aspects(a, b, set) = CASE n % 4 WHEN 0 THEN trine_8 WHEN 1 THEN trine_4 ELSE modern END) AS sets,
	   bool_and(my_score(a, b, model) = CASE n % 5 WHEN 0 THEN personal WHEN 1 THEN weighted WHEN 2 THEN one WHEN 3 THEN double ELSE my_score(a, b, model) END) AS models
FROM settings, two, constants;
-- named arguments in another order
SELECT (SELECT count(*) FROM aspects(aspects => 'trine 8', b => two.b, a => two.a)) = trine_8 AS named,
	   synastry_score(model => 'weighted', a => two.a, b => two.b) = weighted AS model
FROM two, constants;

-- In the arguments of aggregates and window functions, several in one query
SELECT sum(synastry_score(a, b, 'personal')) = personal * 60 AS personal, sum(synastry_score(a, b, model)) FILTER (WHERE n % 5 = 1) = weighted * 12 AS column,
	   max(synastry_score(a, b, 'weighted')) = weighted AS weighted, min(a <~> b) = -personal AS operator, max(a <~> score_query(b, 'weighted')) = -weighted AS query
FROM settings, two, constants GROUP BY personal, weighted;
SELECT bool_and(in_front IS NULL OR in_front <> score) AS changes
FROM (SELECT synastry_score(a, b, model) AS score, lag(synastry_score(a, b, model)) OVER (ORDER BY n) AS in_front FROM settings, two) s;

-- A cursor, moved about while another query runs with another set
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT body_a, body_b, aspect FROM two, aspects(a, b, 'trine 4');
DECLARE d CURSOR FOR SELECT n, (SELECT count(*) FROM aspects(a, b, set)) = CASE n % 4 WHEN 0 THEN trine_8 WHEN 1 THEN trine_4 ELSE modern END AS right
	FROM settings, two, constants ORDER BY n;
FETCH 2 FROM c;
FETCH 2 FROM d;
SELECT count(*) = trine_8 AS trine_8 FROM two, constants, aspects(a, b, 'trine 8') GROUP BY trine_8;
FETCH BACKWARD 1 FROM c;
FETCH 3 FROM d;
FETCH LAST FROM c;
COMMIT;

-- A subquery that runs again for each row, with the same set and other charts
SELECT count(*) AS people, count(DISTINCT codes) > 50 AS different,
	   bool_and(n = (SELECT count(*) FROM unnest(codes) code WHERE code > 0)) AS right
FROM (SELECT (SELECT count(*) FROM aspects(two.a, p.chart, 'major')) AS n, aspect_matrix(two.a, p.chart, 'major')::int[] AS codes
	  FROM people p, two) s;

-- An error in the middle leaves nothing behind.
CREATE FUNCTION with_errors() RETURNS TABLE (set text, aspects bigint, score float8)
LANGUAGE plpgsql AS $$
DECLARE
	first chart := (SELECT a FROM two);
	second chart := (SELECT b FROM two);
BEGIN
	FOREACH set IN ARRAY '{trine 8,trine x,trine 4,bodies,trine 8,trine 4; bodies nobody,trine 4}'::text[] LOOP
		BEGIN
			score := synastry_score(first, second, ('aspects (' || set || '); bodies planets 1; worth trine 1')::score_model);
			aspects := (SELECT count(*) FROM aspects(first, second, set::aspect_set));
		EXCEPTION WHEN data_exception THEN
			aspects := NULL;
			score := NULL;
		END;
		RETURN NEXT;
	END LOOP;
END $$;
SELECT set, e.aspects IS NULL AS error, e.aspects = CASE set WHEN 'trine 8' THEN trine_8 ELSE trine_4 END AS right_aspects,
	   e.score = CASE set WHEN 'trine 8' THEN one ELSE narrow END AS right_score
FROM with_errors() e, constants;

-- What was prepared for earlier values is gone.
CREATE FUNCTION many_values(n int) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	first chart := (SELECT a FROM two);
	second chart := (SELECT b FROM two);
	sets aspect_set[] := '{trine 1,trine 2,modern}';
	models score_model[] := '{personal,weighted}';
	m aspect_matrix;
	score float8;
BEGIN
	FOR i IN 1 .. n LOOP
		m := aspect_matrix(first, second, sets[1 + i % 3]);
		score := synastry_score(first, second, models[1 + i % 2]);
		score := first <~> score_query(second, models[1 + i % 2]);
	END LOOP;
	RETURN (SELECT count(*) FROM pg_backend_memory_contexts WHERE name = 'synastry prepared argument');
END $$;
SELECT many_values(5000) < 10 AS few;

-- The instruction set changes between two calls of the same function.
CREATE FUNCTION changing_simd() RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
	p record;
	simd text;
	wrong int := 0;
	score float8;
	codes text;
	me chart := (SELECT a FROM two);
	scores float8[];
	matrices text[];
	n int := 0;
BEGIN
	FOR p IN SELECT q.chart FROM people q WHERE q.id <= 10 ORDER BY q.id LOOP
		scores := '{}';
		matrices := '{}';
		FOREACH simd IN ARRAY '{scalar,auto,avx2,scalar,avx512,neon,auto}'::text[] LOOP
			BEGIN
				PERFORM set_config('synastry.simd', simd, true);
			EXCEPTION WHEN invalid_parameter_value THEN
				NULL;				-- not of this machine
			END;
			score := synastry_score(me, p.chart, 'weighted');
			scores := scores || score;
			score := synastry_score(me - '{moon}', p.chart, 'weighted');
			codes := aspect_matrix(me, p.chart, 'modern')::text || score;
			matrices := matrices || codes;
		END LOOP;
		wrong := wrong + (SELECT count(DISTINCT s) - 1 FROM unnest(scores) s) + (SELECT count(DISTINCT m) - 1 FROM unnest(matrices) m);
	END LOOP;
	RETURN wrong;
END $$;
SELECT changing_simd() AS wrong;

DROP TABLE settings;
DROP FUNCTION many_values, count_by_variable, score_by_variable, changing_charts, changing_simd, with_errors, my_aspects, my_score;
DROP DOMAIN tight;
