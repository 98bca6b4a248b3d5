-- The distribution of Zipf with s = 1, by its continuous form.
SELECT setseed(0.25);
CREATE TABLE requests AS
SELECT n, pair, a.chart AS a, b.chart AS b
FROM (SELECT n, floor(exp(random() * ln(100001)))::int AS pair FROM generate_series(1, 300000) n OFFSET 0) r
	JOIN charts a ON a.id = 1 + pair % 300
	JOIN charts b ON b.id = 1001 + pair / 300
ORDER BY n;
SELECT synastry_cache_reset();
CREATE TEMP TABLE before AS SELECT hits, misses FROM pg_stat_synastry_cache WHERE tier = 'memory';
SELECT count(synastry_report(a, b)) FROM requests;
INSERT INTO ratios (name, entries, measured)
SELECT 'hits of 300,000 requests for 100,000 reports', entries, (c.hits - b.hits)::float8 / (c.hits - b.hits + c.misses - b.misses)
FROM pg_stat_synastry_cache c, before b
WHERE tier = 'memory';
