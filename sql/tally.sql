--
-- What a population of pairs has in common: aspect_tally() and tally_rows(),
-- on the sixty people of test/data.
--
CREATE SCHEMA tally;
SET search_path = tally, public;
CREATE TABLE positions (id int, body text, longitude float8, speed float8, declination float8);
\copy positions FROM 'test/data/positions.csv' (FORMAT csv, HEADER)
CREATE TABLE members AS
	SELECT id, chart(array_agg(body), array_agg(longitude)) AS chart
	FROM positions GROUP BY id;
CREATE TABLE pairs AS
	SELECT a.id AS a_id, b.id AS b_id, a.chart AS a, b.chart AS b
	FROM members AS a JOIN members AS b ON a.id < b.id;
VACUUM ANALYZE pairs;

SELECT body_a, body_b, aspect, pairs, count, round(share::numeric, 4) AS share, mean_orb
FROM tally_rows((SELECT aspect_tally(a, b) FROM pairs))
WHERE body_a IN ('sun', 'ascendant') AND body_b IN ('moon', 'ascendant');

-- It is what the rows of all pairs add up to.  Angles are not known of
-- everybody: pairs are those in which both bodies are.
CREATE FUNCTION tally_by_rows(aspect_set, OUT body_a text, OUT body_b text,
	OUT aspect text, OUT pairs int8, OUT count int8, OUT share float8, OUT mean_orb numeric)
RETURNS SETOF record LANGUAGE sql AS $$
	WITH known AS (
		SELECT x.body AS body_a, y.body AS body_b, count(*) AS pairs
		FROM pairs, bodies(a) AS x, bodies(b) AS y
		GROUP BY 1, 2
	), found AS (
		SELECT r.body_a, r.body_b, r.aspect, count(*), avg(r.orb::numeric) AS mean_orb
		FROM pairs, aspects(a, b, $1) AS r
		GROUP BY 1, 2, 3
	)
	SELECT body_a, body_b, aspect, pairs, count, count::float8 / pairs, mean_orb
	FROM found JOIN known USING (body_a, body_b)
$$;
DO $$
DECLARE
	s record;
	different int;
BEGIN
	FOR s IN SELECT name, aspects FROM synastry_aspect_sets() WHERE name IN ('synastry', 'stellium_all', 'group')
		UNION ALL VALUES ('one-sided', 'major; bodies_a luminaries; bodies_b angles'::aspect_set)
	LOOP
		SELECT count(*) INTO different
		FROM tally_rows((SELECT aspect_tally(a, b, s.aspects) FROM pairs)) AS t
			FULL JOIN tally_by_rows(s.aspects) AS r USING (body_a, body_b, aspect)
		WHERE (t.pairs, t.count, t.share) IS DISTINCT FROM (r.pairs, r.count, r.share)
			OR abs(t.mean_orb::numeric - r.mean_orb) > 0.000001;
		IF different > 0 THEN
			RAISE WARNING '% rows are different with %', different, s.name;
		END IF;
	END LOOP;
END $$;

-- Rows come in the order of the registry, aspects by angle.
SELECT (array_agg(body_a || ' ' || body_b || ' ' || aspect ORDER BY ordinality))[1:6]
FROM tally_rows((SELECT aspect_tally(a, b) FROM pairs)) WITH ORDINALITY;

-- Every instruction set that is here counts the same, many charts of the same
-- bodies at once as well as others one by one.
CREATE TABLE result AS SELECT aspect_tally(a, b) AS tally FROM pairs;
CREATE TABLE planets AS
	SELECT ARRAY(SELECT longitude FROM bodies(a) LIMIT 10)::chart AS a, ARRAY(SELECT longitude FROM bodies(b) LIMIT 10)::chart AS b FROM pairs;
CREATE TABLE counted (simd text, pairs text, planets text, wide text);
DO $$
DECLARE
	simd text;
BEGIN
	FOREACH simd IN ARRAY '{auto,scalar,avx2,avx512,neon}'::text[] LOOP
		BEGIN
			PERFORM set_config('synastry.simd', simd, true);
		EXCEPTION WHEN invalid_parameter_value THEN
			CONTINUE;
		END;
		INSERT INTO counted SELECT simd,
			(SELECT aspect_tally(a, b)::text FROM pairs),
			(SELECT aspect_tally(a, b, 'modern')::text FROM planets),
			(SELECT aspect_tally(a, b, 'conjunction 20, opposition 20, trine 11.2')::text FROM planets);
	END LOOP;
END $$;
SELECT count(*) > 1 AS several, count(DISTINCT pairs) AS pairs, count(DISTINCT planets) AS planets, count(DISTINCT wide) AS wide FROM counted;
SELECT count(*), count(*) FILTER (WHERE (t.pairs, t.count) IS DISTINCT FROM (1770, r.count) OR abs(t.mean_orb::numeric - r.mean_orb) > 0.000001) AS different
FROM tally_rows((SELECT aspect_tally(a, b) FROM planets)) AS t
	FULL JOIN (SELECT body_a, body_b, aspect, count(*), avg(orb::numeric) AS mean_orb FROM planets, aspects(a, b) GROUP BY 1, 2, 3) AS r USING (body_a, body_b, aspect);

-- Parallel workers, any order, any grouping: the same bytes.
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 3;
EXPLAIN (COSTS OFF) SELECT aspect_tally(a, b) FROM pairs;
SELECT aspect_tally_send(aspect_tally(a, b)) = (SELECT aspect_tally_send(tally) FROM result) AS same FROM pairs;
SET max_parallel_workers_per_gather = 0;
SELECT aspect_tally_send(aspect_tally(a, b ORDER BY b_id DESC, a_id)) = (SELECT aspect_tally_send(tally) FROM result) AS same FROM pairs;
SELECT aspect_tally_send(aspect_tally(a, b ORDER BY md5(a_id || ' ' || b_id))) = (SELECT aspect_tally_send(tally) FROM result) AS same FROM pairs;
SET enable_sort = off;
CREATE TABLE parts AS SELECT a_id, aspect_tally(a, b) AS tally FROM pairs GROUP BY a_id;
RESET enable_sort;
SET enable_hashagg = off;
SELECT count(*), bool_and(p.tally::text = q.tally::text) AS same
FROM parts AS p JOIN (SELECT a_id, aspect_tally(a, b) AS tally FROM pairs GROUP BY a_id) AS q USING (a_id);
RESET enable_hashagg;

-- Tallies add up, from left to right as in any other order.
SELECT sum(tally ORDER BY a_id)::text = (SELECT tally::text FROM result) AS ascending,
	sum(tally ORDER BY a_id DESC)::text = (SELECT tally::text FROM result) AS descending
FROM parts;
SELECT aspect_tally_send(p.tally + q.tally) = aspect_tally_send(q.tally + p.tally) AS same
FROM parts AS p, parts AS q WHERE p.a_id = 1 AND q.a_id = 50;
-- What was added to is not changed.
WITH one AS MATERIALIZED (SELECT aspect_tally(a, b) AS t FROM pairs WHERE a_id = 1)
SELECT (r).pairs, (r2).pairs AS twice
FROM one, LATERAL (SELECT tally_rows(t + t) AS r2, tally_rows(t) AS r LIMIT 1) AS x;

-- FILTER, DISTINCT, window frames.
SELECT (aspect_tally(a, b) FILTER (WHERE a_id = 7))::text = (SELECT tally::text FROM parts WHERE a_id = 7) AS filtered
FROM pairs;
SELECT aspect_tally(DISTINCT a, b)::text = (SELECT tally::text FROM result) AS distinct_pairs
FROM (SELECT * FROM pairs UNION ALL SELECT * FROM pairs) AS twice;
SELECT count(*), bool_and(running::text = alone::text) AS same
FROM (
	SELECT aspect_tally(a, b) OVER (ORDER BY b_id) AS running,
		(SELECT aspect_tally(a, b) FROM pairs AS q WHERE q.a_id = 1 AND q.b_id <= p.b_id) AS alone
	FROM pairs AS p WHERE a_id = 1
) AS frames;
SELECT count(*), bool_and(sliding::text = alone::text) AS same
FROM (
	SELECT aspect_tally(a, b) OVER (ORDER BY b_id ROWS 2 PRECEDING) AS sliding,
		(SELECT aspect_tally(a, b) FROM pairs AS q WHERE q.a_id = 1 AND q.b_id BETWEEN p.b_id - 2 AND p.b_id) AS alone
	FROM pairs AS p WHERE a_id = 1
) AS frames;

-- Nothing in, nothing out; what is unknown is skipped.
SELECT aspect_tally(a, b) IS NULL AS nothing FROM pairs WHERE false;
SELECT aspect_tally(NULL::chart, b) IS NULL AS unknown FROM pairs;
SELECT aspect_tally(a, b, NULL) IS NULL AS unknown FROM pairs;
SELECT aspect_tally(a, b)::text = (SELECT tally::text FROM result) AS same
FROM (SELECT a, b FROM pairs UNION ALL SELECT a, NULL FROM pairs UNION ALL SELECT NULL, NULL) AS incomplete;
SELECT aspect_tally('{}', '{"sun": 0}');

-- What it holds, and that it reads back.
SELECT aspect_tally('{"sun": 0, "moon": 90}', '{"sun": 1, "mars": 178}', 'conjunction 2, opposition 2');
CREATE TABLE tallies AS
	SELECT tally FROM parts UNION ALL TABLE result
	UNION ALL SELECT aspect_tally('{}', '{}')
	UNION ALL SELECT aspect_tally(a, b, 'major, golden=137.507764 1.25; strict; first; bodies_b angles, sun') FROM pairs;
SELECT count(*), bool_and(tally::text::aspect_tally::text = tally::text) AS text_back,
	bool_and(aspect_tally_send(tally::text::aspect_tally) = aspect_tally_send(tally)) AS same
FROM tallies;
\copy tallies TO 'results/tallies.copy' (FORMAT binary)
CREATE TABLE copied (LIKE tallies);
\copy copied FROM 'results/tallies.copy' (FORMAT binary)
SELECT count(*) FROM (SELECT aspect_tally_send(tally) FROM tallies EXCEPT ALL SELECT aspect_tally_send(tally) FROM copied) AS lost;

-- What could not have been counted is refused.
CREATE FUNCTION refused(text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
BEGIN
	PERFORM $1::aspect_tally;
	RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN SQLSTATE || ': ' || coalesce(nullif(detail, ''), SQLERRM);
END $$;
SELECT tally, refused(tally) FROM (VALUES
	('{"aspects": "trine 8", "a": ["sun"], "b": ["moon"], "cells": [[[3, 2, 100]]]}'),
	('{"aspects": "trine 8", "unordered": true, "a": ["sun"], "b": ["sun"], "cells": [[[9223372036854775807, 0, 0]]]}'),
	('[]'), ('{'), ('{"a": []}'),
	('{"aspects": "trine 8", "a": ["sun"], "b": []}'),
	('{"aspects": "trine 8", "a": ["sun"], "b": ["moon"], "cells": [[]]}'),
	('{"aspects": "trine 8", "a": ["sun"], "b": ["moon"], "cells": [[[3, 2]]]}'),
	('{"aspects": "trine 8", "a": ["sun"], "b": ["moon"], "cells": [[[3, 4, 0]]]}'),
	('{"aspects": "trine 8", "a": ["sun"], "b": ["moon"], "cells": [[[3, 0, 1]]]}'),
	('{"aspects": "trine 8", "a": ["sun"], "b": ["moon"], "cells": [[[3, 1, 100000000]]]}'),
	('{"aspects": "trine 8", "a": ["sun"], "b": ["moon"], "cells": [[[3.5, 1, 1]]]}'),
	('{"aspects": "trine 8", "a": ["sun"], "b": ["moon"], "cells": [[[-3, 0, 0]]]}'),
	('{"aspects": "trine 8", "a": ["sun"], "b": ["moon"], "cells": [[[9223372036854775808, 0, 0]]]}'),
	('{"aspects": "trine 8", "a": ["sun"], "b": ["moon"], "cells": [[[1e400, 0, 0]]]}'),
	('{"aspects": "trine 8", "a": ["sun"], "b": ["moon"], "cells": [[["3", 0, 0]]]}'),
	('{"aspects": "trine 8", "a": ["venuss"], "b": ["moon"], "cells": [[[3, 0, 0]]]}'),
	('{"aspects": "trine 8", "a": ["moon", "sun"], "b": [], "cells": [[], []]}'),
	('{"aspects": "trine 8; bodies sun", "a": ["moon"], "b": [], "cells": [[]]}'),
	('{"aspects": "trine 8", "unordered": true, "a": ["sun"], "b": ["moon"], "cells": [[[3, 0, 0]]]}'),
	('{"aspects": "trine 8", "unordered": 1, "a": [], "b": [], "cells": []}'),
	('{"aspects": "trine 8", "unordered": true, "a": ["sun", "moon"], "b": ["sun", "moon"], "cells": [[[3, 0, 0], [3, 0, 0]], [[1, 0, 0], [1, 0, 0]]]}')
	) AS t (tally);

-- Different sets cannot be added up.
SELECT aspect_tally(a, b, CASE WHEN a_id = 1 THEN 'trine 8' ELSE 'trine 7' END::aspect_set ORDER BY a_id) FROM pairs;
SELECT (SELECT aspect_tally(a, b, 'trine 8') FROM pairs) + (SELECT aspect_tally(a, b, 'trine 7') FROM pairs);
SELECT '{"aspects": "trine 8", "a": [], "b": [], "cells": []}'::aspect_tally
	+ '{"aspects": "trine 8", "unordered": true, "a": [], "b": [], "cells": []}';
-- Nor more than a counter holds.
SELECT '{"aspects": "trine 8", "a": ["sun"], "b": ["moon"], "cells": [[[9223372036854775807, 0, 0]]]}'::aspect_tally
	+ '{"aspects": "trine 8", "a": ["sun"], "b": ["moon"], "cells": [[[1, 0, 0]]]}';

-- More than fits into the packed counters at once; more bodies than a chart has.
SELECT pairs, count, share, mean_orb
FROM tally_rows((SELECT aspect_tally('{"sun": 0}', '{"sun": 180}', 'conjunction 180, sextile 0') FROM generate_series(1, 20000)));
SELECT count(*), sum(pairs), sum(count) FROM tally_rows((
	SELECT aspect_tally(chart(ARRAY[body], ARRAY[0]), '{"sun": 0}') FROM synastry_bodies()));

SET client_min_messages = warning;
DROP SCHEMA tally CASCADE;
