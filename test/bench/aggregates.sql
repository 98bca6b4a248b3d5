-- aspect_tally() over a cross join of 1000 x 1000 charts, against sum(synastry_score()) over the
-- same join: interleaved runs, the median of the ratios of two runs side by side with the quartiles.

\set QUIET on
\pset footer off
SET max_parallel_workers_per_gather = 0;
SET jit = off;

CREATE TEMP TABLE thousand AS SELECT chart FROM charts WHERE id <= 1000;
ANALYZE thousand;
CREATE TEMP TABLE tally_runs (run int, score float8, tally float8);

-- run 0 warms up
DO $$
DECLARE
	started timestamptz;
	scored timestamptz;
BEGIN
	FOR run IN 0..21 LOOP
		started := clock_timestamp();
		PERFORM sum(synastry_score(a.chart, b.chart)) FROM thousand a, thousand b;
		scored := clock_timestamp();
		PERFORM aspect_tally(a.chart, b.chart) FROM thousand a, thousand b;
		IF run > 0 THEN
			INSERT INTO tally_runs VALUES (run, extract(epoch FROM scored - started),
				extract(epoch FROM clock_timestamp() - scored));
		END IF;
	END LOOP;
END $$;

\echo
\echo 'A cross join of 1000 x 1000 charts, 21 interleaved runs; ratio to sum(synastry_score(a, b))'
SELECT 'aspect_tally(a, b)' AS query,
	round(percentile_cont(0.5) WITHIN GROUP (ORDER BY tally * 1000)::numeric, 1) AS "ns/pair",
	round(percentile_cont(0.5) WITHIN GROUP (ORDER BY tally / score)::numeric, 2) AS ratio,
	round(percentile_cont(0.25) WITHIN GROUP (ORDER BY tally / score)::numeric, 2) || ' .. ' ||
	round(percentile_cont(0.75) WITHIN GROUP (ORDER BY tally / score)::numeric, 2) AS quartiles
FROM tally_runs;
