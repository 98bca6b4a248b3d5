/* synastry--0.1.0--0.2.0.sql */

\echo Use "ALTER EXTENSION synastry UPDATE TO '0.2.0'" to load this file. \quit

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
