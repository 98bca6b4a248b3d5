-- The table of all parts that were measured, and the same for machines. A ratio is that of two runs
-- side by side: its median, and its quartiles.

CREATE VIEW result AS
SELECT r.part, r.name, r.simd, r.baseline,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY r.ns) AS ns,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY r.ns / b.ns) AS ratio,
	percentile_cont(0.25) WITHIN GROUP (ORDER BY r.ns / b.ns) AS ratio_q1,
	percentile_cont(0.75) WITHIN GROUP (ORDER BY r.ns / b.ns) AS ratio_q3,
	count(*) AS runs
FROM runs r
	LEFT JOIN runs b ON b.part = r.part AND b.name = r.baseline AND b.run = r.run AND
		b.baseline IS NULL
GROUP BY r.part, r.name, r.simd, r.baseline
ORDER BY min(r.n);

-- 2.1, or for what is much faster 1/40
CREATE FUNCTION shown(ratio float8) RETURNS text LANGUAGE sql AS $$
	SELECT CASE WHEN ratio < 0.4 THEN '1/' || round((1 / ratio)::numeric, 1) ELSE round(ratio::numeric, 2)::text END
$$;

\pset footer off
\pset null ''
\o
\echo
\echo 'Time per row or pair; ratio to the baseline in the same run: median and quartiles'
SELECT part, name, simd, round(ns::numeric, 1) AS ns, baseline,
	shown(ratio) AS ratio, shown(ratio_q1) || ' .. ' || shown(ratio_q3) AS quartiles
FROM result;

SELECT count(*) > 0 AS has_memory FROM memory \gset
\if :has_memory
\echo 'Peak memory of a backend in MB, beyond what it takes before; bound: 2 x work_mem + 16 MB'
SELECT name, work_mem, round(bound / 1048576.0, 1) AS bound, round(peak / 1048576.0, 1) AS peak,
	round(estimate / 1048576.0, 1) AS estimate
FROM memory
ORDER BY n;
\endif

SELECT count(*) > 0 AS has_figures FROM figures \gset
\if :has_figures
\echo 'Figures that are no times'
SELECT part, name, round(figure::numeric, 3) AS figure, goal FROM figures ORDER BY n;
\endif

SELECT count(*) > 0 AS has_ratios FROM ratios \gset
\if :has_ratios
\echo 'Hit ratio of the cache, and of a simulated exact LRU with as many entries'
SELECT name, entries, round(measured::numeric, 4) AS measured, round(simulated::numeric, 4) AS simulated FROM ratios;
\endif

\echo 'The same as CSV'
COPY (SELECT * FROM result) TO STDOUT (FORMAT csv, HEADER);
