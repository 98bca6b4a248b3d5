-- Cost of a report: every call over the same pairs of real charts, against the same scan with a
-- trivial C function. The runs are interleaved; shown are the medians of them with the quartiles.

SET max_parallel_workers_per_gather = 0;
SET jit = off;

CREATE TEMP TABLE report_pairs AS
SELECT a.chart AS a, b.chart AS b
FROM charts AS a, charts AS b WHERE a.id <= 20 AND b.id BETWEEN 1001 AND 2000;
VACUUM ANALYZE report_pairs;

CREATE TEMP TABLE report_queries (n serial, part text, expression text);
CREATE TEMP TABLE report_runs (part text, run int, ms float8);

INSERT INTO report_queries (part, expression) VALUES
	('trivial', 'trivial(a, b)'),
	('synastry_report', 'synastry_report(a, b)'),
	('synastry', 'synastry(a, b)'),
	('aspect_matrix::jsonb', 'aspect_matrix(a, b)::jsonb');

-- run 0 warms up
DO $$
DECLARE
	q record;
	start timestamptz;
BEGIN
	FOR run IN 0..21 LOOP
		FOR q IN SELECT * FROM report_queries ORDER BY n LOOP
			start := clock_timestamp();
			EXECUTE format('SELECT count(%s) FROM report_pairs', q.expression);
			IF run > 0 THEN
				INSERT INTO report_runs VALUES (q.part, run,
					1000 * extract(epoch FROM clock_timestamp() - start));
			END IF;
		END LOOP;
	END LOOP;
END $$;

\echo
\echo 'Reports of 20,000 pairs of ten planets, 21 interleaved runs; ratio to a trivial C function'
SELECT r.part AS call,
	round(percentile_cont(0.5) WITHIN GROUP (ORDER BY r.ms / 20)::numeric, 2) AS "us/pair",
	round(percentile_cont(0.5) WITHIN GROUP (ORDER BY r.ms / t.ms)::numeric, 1) AS ratio,
	round(percentile_cont(0.25) WITHIN GROUP (ORDER BY r.ms / t.ms)::numeric, 1) || ' .. ' ||
	round(percentile_cont(0.75) WITHIN GROUP (ORDER BY r.ms / t.ms)::numeric, 1) AS quartiles
FROM report_runs r
	JOIN report_queries q ON q.part = r.part
	JOIN report_runs t ON t.part = 'trivial' AND t.run = r.run
GROUP BY q.n, r.part
ORDER BY q.n;
