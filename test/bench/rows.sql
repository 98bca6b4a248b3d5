-- Cost per row over a million charts: each query against the same scan with a trivial C function.
-- The runs are interleaved; a ratio is that of two runs side by side, and the table shows the
-- median of them with the quartiles.

\set QUIET on
\pset footer off
\pset null '-'
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET client_min_messages = warning;

SELECT chart FROM charts WHERE id = 4711 \gset query_

CREATE TEMP TABLE queries (n serial, part text, simd text, baseline text, query text);
CREATE TEMP TABLE runs (part text, simd text, run int, ms float8);

INSERT INTO queries (part, simd, baseline, query)
SELECT part, simd, baseline, format(query, :'query_chart')
FROM (VALUES
	('WHERE trivial(chart, const) > x', NULL, 'SELECT count(*) FROM charts WHERE trivial(chart, %L) > 1e9'),
	('WHERE synastry_score(chart, const) > x', 'WHERE trivial(chart, const) > x',
		'SELECT count(*) FROM charts WHERE synastry_score(chart, %L) > 150'),
	('count(trivial(chart, const))', NULL, 'SELECT count(trivial(chart, %L)) FROM charts'),
	('count(aspect_matrix(chart, const))', 'count(trivial(chart, const))',
		'SELECT count(aspect_matrix(chart, %L)) FROM charts')
	) AS q (part, baseline, query),
	unnest(CASE WHEN baseline IS NULL THEN ARRAY['auto']
		ELSE ARRAY['avx512', 'avx2', 'neon', 'scalar'] END) AS simd;

-- instruction sets that this machine does not have
DO $$
DECLARE
	q record;
BEGIN
	FOR q IN SELECT DISTINCT simd FROM queries LOOP
		BEGIN
			PERFORM set_config('synastry.simd', q.simd, false);
		EXCEPTION WHEN invalid_parameter_value THEN
			DELETE FROM queries WHERE simd = q.simd;
		END;
	END LOOP;
END $$;

-- run 0 warms up
DO $$
DECLARE
	q record;
	start timestamptz;
BEGIN
	FOR run IN 0..21 LOOP
		FOR q IN SELECT * FROM queries ORDER BY n LOOP
			PERFORM set_config('synastry.simd', q.simd, false);
			start := clock_timestamp();
			EXECUTE q.query;
			IF run > 0 THEN
				INSERT INTO runs VALUES (q.part, q.simd, run,
					1000 * extract(epoch FROM clock_timestamp() - start));
			END IF;
		END LOOP;
	END LOOP;
END $$;

\echo
\echo 'One million charts, 21 interleaved runs; ratio to a trivial C function on the same rows'
SELECT r.part AS query, r.simd,
	round(percentile_cont(0.5) WITHIN GROUP (ORDER BY r.ms)::numeric, 1) AS "ns/row",
	round(percentile_cont(0.5) WITHIN GROUP (ORDER BY r.ms / t.ms)::numeric, 2) AS ratio,
	round(percentile_cont(0.25) WITHIN GROUP (ORDER BY r.ms / t.ms)::numeric, 2) || ' .. ' ||
	round(percentile_cont(0.75) WITHIN GROUP (ORDER BY r.ms / t.ms)::numeric, 2) AS quartiles
FROM runs r
	JOIN queries q ON q.part = r.part AND q.simd = r.simd
	JOIN runs t ON t.part = coalesce(q.baseline, q.part) AND t.run = r.run
GROUP BY q.n, r.part, r.simd
ORDER BY q.n;
