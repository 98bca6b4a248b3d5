-- The peak of a backend's own memory, as the kernel counts it, in fresh sessions. The charts are more than
-- a quarter of shared_buffers, so that reading them touches a small ring of those only.
CREATE FUNCTION peak_memory() RETURNS bigint LANGUAGE sql AS $$
	SELECT 1024 * (regexp_match(pg_read_file('/proc/self/status', 0, 8192), 'VmHWM:\s+(\d+) kB'))[1]::bigint
$$;
CREATE TABLE peaks (before bigint);

\connect
SET work_mem = '4MB';
SELECT synastry_score('{}', '{}');
TRUNCATE peaks;
INSERT INTO peaks SELECT peak_memory();
SELECT count(*) FROM synastry_cross('SELECT id, chart FROM charts WHERE id <= 10000', 'charts'::regclass, top_k => 10);
INSERT INTO memory (name, work_mem, bound, peak, estimate)
SELECT '10,000 x 1,000,000, top_k => 10', '4MB', 2 * pg_size_bytes('4MB') + pg_size_bytes('16MB'),
	peak_memory() - before, batched_bytes
FROM peaks, synastry_estimate_memory(10000, 1000000);

\connect
SET work_mem = '64MB';
SELECT synastry_score('{}', '{}');
TRUNCATE peaks;
INSERT INTO peaks SELECT peak_memory();
SELECT count(*) FROM synastry_cross('SELECT id, chart FROM charts WHERE id <= 10000', 'charts'::regclass, top_k => 10);
INSERT INTO memory (name, work_mem, bound, peak, estimate)
SELECT '10,000 x 1,000,000, top_k => 10', '64MB', 2 * pg_size_bytes('64MB') + pg_size_bytes('16MB'),
	peak_memory() - before, batched_bytes
FROM peaks, synastry_estimate_memory(10000, 1000000);
DROP TABLE peaks;
DROP FUNCTION peak_memory;
