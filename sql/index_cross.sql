-- synastry_cross() with an index on the right side: the same rows, without reading it.
CREATE TABLE crowd AS
SELECT row_number() OVER (ORDER BY a.id, b.id, i) AS id, a.chart || jsonb_build_object('sun', longitude(a.chart, 'sun') + i,
	'moon', longitude(b.chart, 'moon') + 13 * i)::chart AS chart
FROM people a, people b, generate_series(0, 9) i;
INSERT INTO crowd VALUES (100001, NULL), (100002, '{}'), (100003, '{"sun": 5}'), (100004, '{"true_node": 5}');
SELECT count(*) FROM crowd;

CREATE TABLE wanted (n int, step int, top_k int, min_score float8, model score_model, skip_same_id bool);
INSERT INTO wanted VALUES
	(1, 5000, 5, NULL, 'personal', false),
	(2, 5000, 1, NULL, 'personal', true),
	(3, 5000, 20, 60, 'weighted', false),
	(4, 5000, 3, 1000, 'personal', false),
	(5, 5000, 0, NULL, 'personal', false),
	(6, 300, 2, NULL, 'personal', false);

CREATE FUNCTION matches(wanted) RETURNS TABLE (left_id text, right_id text, score float8, rank int8)
LANGUAGE sql AS $$
	SELECT left_id, right_id, score, rank
	FROM synastry_cross(format('SELECT id, chart FROM crowd WHERE id %% %s = 27 OR id > 100000', $1.step),
		'crowd'::regclass, top_k => $1.top_k, min_score => $1.min_score, model => $1.model, skip_same_id => $1.skip_same_id)
$$;
CREATE TABLE without_index AS SELECT w.n, m.* FROM wanted w, matches(w) m;

CREATE INDEX crowd_match ON crowd USING synastry (chart);
ANALYZE crowd;
SELECT pg_stat_synastry_reset() IS NOT NULL AS reset;
CREATE TABLE with_index AS SELECT w.n, m.* FROM wanted w, matches(w) m;

-- each left chart has searched the index; in a small one that does not pay, so of many charts only the first do
SELECT n, count(DISTINCT left_id) AS charts FROM with_index GROUP BY n ORDER BY n;
SELECT operation, calls FROM pg_stat_synastry WHERE operation IN ('cross', 'search') AND datname = current_database();
SELECT n, count(*) FROM with_index GROUP BY n ORDER BY n;
(TABLE without_index EXCEPT ALL TABLE with_index) UNION ALL (TABLE with_index EXCEPT ALL TABLE without_index);

-- more charts that are as good as each other than were asked for at first: by id
CREATE TABLE twins AS SELECT i AS id, chart FROM generate_series(1, 500) i, people WHERE people.id = 1;
CREATE INDEX ON twins USING synastry (chart);
SET enable_seqscan = off;
SET enable_sort = off;
SELECT pg_stat_synastry_reset() IS NOT NULL AS reset;
SELECT right_id, rank FROM synastry_cross('SELECT id, chart FROM people WHERE id = 1', 'twins'::regclass, top_k => 5);
-- the second search had no such limit
SELECT calls, rows FROM pg_stat_synastry WHERE operation = 'search' AND datname = current_database();
RESET enable_seqscan;
RESET enable_sort;

-- of a model whose sides differ, by reading: the left chart is the first side
SELECT pg_stat_synastry_reset() IS NOT NULL AS reset;
SELECT count(*) FROM synastry_cross('SELECT id, chart FROM crowd WHERE id < 10', 'crowd'::regclass, top_k => 3,
	model => 'weighted; aspects (major; bodies_a luminaries; bodies_b planets)');
SELECT calls FROM pg_stat_synastry WHERE operation = 'search' AND datname = current_database();

DROP TABLE crowd, twins, without_index, with_index;
DROP TABLE wanted CASCADE;
