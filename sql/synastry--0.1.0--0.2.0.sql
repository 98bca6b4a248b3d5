/* synastry--0.1.0--0.2.0.sql */

\echo Use "ALTER EXTENSION synastry UPDATE TO '0.2.0'" to load this file. \quit

--
-- Operators between other types than pg_catalog has them for are also looked for in the schema that is installed into.
-- One that somebody had made there beforehand would have run with the rights of whoever reads this view or calls this
-- function; now there is nothing to look for.
--

CREATE OR REPLACE VIEW pg_stat_synastry_cache AS
	SELECT tier, storage, entries, dirty_entries, bytes, capacity, hits, misses,
		hits::float8 / nullif(hits + misses, 0)::float8 AS hit_ratio,
		inserts, skipped, refused, evictions, evictions_dirty, expirations,
		collisions, damages, flushes, flush_errors, loads, loaded_entries,
		missing_tables, read_errors, launch_failures, last_flush, stats_reset
	FROM synastry_cache_statistics();

CREATE OR REPLACE FUNCTION discepolo_tier(points float8) RETURNS text
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	RETURN CASE WHEN points < float8 '5' THEN 'Minimal' WHEN points < float8 '10' THEN 'Medium'
		WHEN points < float8 '15' THEN 'Important' WHEN points < float8 '20' THEN 'Very Important'
		WHEN points < float8 '30' THEN 'Exceptional' ELSE 'Rare Exceptional' END;

--
-- The table behind the cache holds charts, and bytes that are taken for values as they are.  Without a policy not even
-- members of pg_read_all_data and pg_write_all_data see or change a row; the table's owner does, who the worker is.
--

ALTER TABLE synastry_cache ENABLE ROW LEVEL SECURITY;
