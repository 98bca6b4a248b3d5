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

--
-- Statistics
--

-- A restart was called for where an update was, and not where new files wait for one.
CREATE OR REPLACE VIEW pg_stat_synastry_info AS
	SELECT i.library_version, e.extversion AS sql_version, i.instruction_set, i.preloaded,
		i.cache, i.persistent, i.statistics,
		i.library_version <> coalesce(f.default_version, i.library_version) OR EXISTS (
			SELECT FROM pg_catalog.pg_settings AS s
			WHERE s.pending_restart
				AND (s.name = 'shared_preload_libraries' OR s.name LIKE 'synastry.%')
		) AS restart_needed,
		i.stats_reset,
		e.extversion <> coalesce(f.default_version, e.extversion) AS update_needed
	FROM synastry_info() AS i
		JOIN pg_catalog.pg_extension AS e ON e.extname = 'synastry'
		LEFT JOIN pg_catalog.pg_available_extensions() AS f ON f.name = 'synastry';
COMMENT ON VIEW pg_stat_synastry_info IS 'how this server runs synastry: versions of library and SQL, instruction set in use, where cache and statistics are, whether a restart is needed for a new library or changed settings, and ALTER EXTENSION synastry UPDATE for new SQL';

--
-- Tallies
--

CREATE AGGREGATE sum(tally aspect_tally) (
	SFUNC = aspect_tally_combine, STYPE = aspect_tally, SSPACE = 16384,
	COMBINEFUNC = aspect_tally_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE sum(aspect_tally) IS 'the tally of the pairs of all, as by +: of groups, of partitions on other servers; they must have the same aspect set';
