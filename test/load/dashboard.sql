-- Tallies of a country, and what an operator watches.
\set country random(0, 19)
\set first random(1, 49000)
SELECT count(*) FROM tally_rows((SELECT aspect_tally(chart, (SELECT chart FROM people WHERE id = 1)) FROM people
	WHERE id BETWEEN :first AND :first + 500));
SELECT group_tally(chart) IS NOT NULL FROM people WHERE id BETWEEN :country * 50 + 1 AND :country * 50 + 40;
SELECT sum(calls), sum(cache_hits) FROM pg_stat_synastry;
SELECT sum(entries), max(hit_ratio) FROM pg_stat_synastry_cache;
SELECT count(*) FROM pg_stat_synastry_history;
SELECT count(*) FROM pg_stat_progress_synastry;
