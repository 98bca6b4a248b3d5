-- What counting and timing cost the shortest operation, and how long the views take.
INSERT INTO queries (part, name, baseline, rows, prepare, query)
SELECT 'stats', 'count(synastry_score), ' || name, CASE WHEN name <> 'track = none' THEN 'count(synastry_score), track = none' END, 1e6,
	format('SET synastry.track = %L; SET synastry.track_timing = %s', track, timing),
	format('SELECT count(synastry_score(chart, %L)) FROM charts', :'query_chart')
FROM (VALUES ('track = none', 'none', 'off'), ('track = all', 'all', 'off'), ('track_timing = on', 'all', 'on'))
	AS q (name, track, timing);
INSERT INTO queries (part, name, rows, query)
SELECT 'stats', 'SELECT FROM ' || name || ', 100 backends', 1, 'SELECT count(v) FROM ' || name || ' v'
FROM unnest(ARRAY['pg_stat_synastry', 'pg_stat_synastry_cluster', 'pg_stat_synastry_history',
	'pg_stat_synastry_info', 'pg_stat_synastry_cache', 'pg_stat_progress_synastry']) AS name;
CALL measure('stats');
