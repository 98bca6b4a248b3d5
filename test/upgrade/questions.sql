-- What is asked before and after: each paragraph in a session of its own. Where it is long, the answer is a digest.

-- every row, as text
SELECT count(*), md5(string_agg(t::text, E'\n' ORDER BY t::text COLLATE "C")) FROM people t;
SELECT count(*), md5(string_agg(t::text, E'\n' ORDER BY t::text COLLATE "C")) FROM settings t;
SELECT count(*), md5(string_agg(t::text, E'\n' ORDER BY t::text COLLATE "C")) FROM queries t;
SELECT count(*), md5(string_agg(t::text, E'\n' ORDER BY t::text COLLATE "C")) FROM matrices t;
SELECT count(*), md5(string_agg(t::text, E'\n' ORDER BY t::text COLLATE "C")) FROM tallies t;
SELECT count(*), md5(string_agg(t::text, E'\n' ORDER BY t::text COLLATE "C")) FROM states t;
SELECT count(*), md5(string_agg(t::text, E'\n' ORDER BY t::text COLLATE "C")) FROM groups t;
SELECT count(*), md5(string_agg(t::text, E'\n' ORDER BY t::text COLLATE "C")) FROM by_chart_0 t;
SELECT count(*), md5(string_agg(t::text, E'\n' ORDER BY t::text COLLATE "C")) FROM by_chart_1 t;
SELECT count(*), md5(string_agg(t::text, E'\n' ORDER BY t::text COLLATE "C")) FROM crowd t;
SELECT count(*), md5(string_agg(t::text, E'\n' ORDER BY t::text COLLATE "C")) FROM best_matches t;
SELECT count(*), md5(string_agg(t::text, E'\n' ORDER BY t::text COLLATE "C")) FROM saturn t;
SELECT count(*), md5(string_agg(t::text, E'\n' ORDER BY t::text COLLATE "C")) FROM timed t;

-- and as bytes
SELECT md5(string_agg(chart_send(chart), '' ORDER BY id)) FROM people;
SELECT md5(string_agg(aspect_set_send(aspects) || score_model_send(model), '' ORDER BY name)) FROM settings;
SELECT md5(string_agg(score_query_send(query), '' ORDER BY id, name)) FROM queries;
SELECT md5(string_agg(aspect_matrix_send(matrix), '' ORDER BY a, b, name)) FROM matrices;
SELECT md5(string_agg(aspect_tally_send(tally), '' ORDER BY name)) FROM tallies;
SELECT md5(string_agg(chart_group_send(charts) || chart_sum_send(sums), '' ORDER BY id)) FROM states;

-- what was computed when it was stored, and is now
SELECT bool_and(score IS NOT DISTINCT FROM synastry_score(chart, '{"sun": 196.2678939, "moon": 303.5466256}')
	AND moon IS NOT DISTINCT FROM longitude(chart, 'moon')) FROM people;
SELECT bool_and(mismatch = a.chart <~> b.chart)
FROM best_matches m JOIN people a ON a.id = m.a JOIN people b ON b.id = m.b;
SELECT bool_and(matrix::text = aspect_matrix(a.chart, b.chart, s.aspects)::text)
FROM matrices m JOIN people a ON a.id = m.a JOIN people b ON b.id = m.b JOIN settings s USING (name);
SELECT bool_and(satisfies_hash_partition('by_chart'::regclass, 2, 0, chart)) FROM by_chart_0;

-- functions of stored values
SELECT md5(string_agg(b::text, ' ' ORDER BY id, b.body)) FROM people, bodies(chart) b;
SELECT md5(string_agg(x::text, ' ' ORDER BY a.id, b.id, x.body_a, x.body_b))
FROM people a, people b, aspects(a.chart, b.chart, 'modern, quintile 2') x WHERE a.id <= 10 AND b.id <= 10;
SELECT md5(string_agg(x::text, ' ' ORDER BY name, a, b, x.body_a, x.body_b)) FROM matrices, aspects(matrix) x;
SELECT md5(string_agg(x::text, ' ' ORDER BY name, x.body_a, x.body_b, x.aspect)) FROM tallies, tally_rows(tally) x;
SELECT md5(string_agg(synastry_report(a.chart, b.chart)::text, ' ' ORDER BY a.id, b.id))
FROM people a, people b WHERE a.id <= 10 AND b.id <= 10;
SELECT md5(string_agg((synastry(a.chart, b.chart) - 'metadata')::text, ' ' ORDER BY a.id, b.id))
FROM people a, people b WHERE a.id <= 10 AND b.id <= 10;
SELECT sum(distance(a.chart, b.chart)::numeric) FROM people a, people b;
SELECT md5(string_agg((chart <~> query)::text, ' ' ORDER BY p.id, q.id, name)) FROM people p, queries q;

-- aggregates
SELECT md5(group_tally(chart)::text), md5(composite_agg(chart)::text) FROM people;
SELECT md5(group_tally_final(group_tally_combine(a.charts, b.charts))::text), composite_agg_final(composite_agg_combine(a.sums, b.sums))
FROM states a, states b WHERE a.id = 1 AND b.id = 2;

-- batches
SELECT md5(string_agg(c::text, ' ' ORDER BY left_id, rank))
FROM synastry_cross('SELECT id, chart FROM people', 'SELECT id, chart FROM crowd', top_k => 3) c;
SELECT md5(string_agg(b::text, ' ' ORDER BY a_id, b_id))
FROM synastry_batch('SELECT a.id AS a_id, a.chart AS a, b.id AS b_id, b.chart AS b FROM people a, people b WHERE a.id < 20') b;

-- the index of best matches, with the same order as without it
SET enable_seqscan = off; SET enable_sort = off; SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT id FROM crowd ORDER BY chart <~> some_chart(77) LIMIT 100;
SELECT md5(string_agg(id::text, ' ')) FROM (SELECT id FROM crowd WHERE chart IS NOT NULL ORDER BY chart <~> some_chart(77) OFFSET 0) s;
SELECT md5(string_agg(id::text, ' ')) FROM (SELECT id FROM people ORDER BY chart <~> score_query(some_chart(77), 'weighted; aspects (modern)') OFFSET 0) s;

-- best matches by sorting
SET enable_indexscan = off; SET enable_indexonlyscan = off;
SELECT md5(string_agg(id::text, ' ')) FROM (SELECT id FROM crowd WHERE chart IS NOT NULL ORDER BY chart <~> some_chart(77), ctid OFFSET 0) s;
SELECT md5(string_agg(id::text, ' ')) FROM (SELECT id FROM people ORDER BY chart <~> score_query(some_chart(77), 'weighted; aspects (modern)'), ctid OFFSET 0) s;

-- the other indexes
SET enable_seqscan = off; SET enable_bitmapscan = off;
SELECT string_agg(id::text, ' ' ORDER BY id) FROM people WHERE synastry_score(chart, '{"sun": 86.69}', 'weighted; aspects (major)') > 5;
SELECT string_agg(id::text, ' ') FROM (SELECT id FROM people ORDER BY chart OFFSET 0) s;
SELECT count(*) FROM people a JOIN people b USING (chart);

-- definitions
SELECT pg_get_viewdef('saturn'), pg_get_viewdef('best_matches');
SELECT string_agg(pg_get_expr(adbin, adrelid), E'\n' ORDER BY adrelid::regclass::text, adnum) FROM pg_attrdef;
SELECT string_agg(indexdef, E'\n' ORDER BY indexname) FROM pg_indexes WHERE schemaname = 'public';

-- what never changes: the numbers of the bodies, the presets
SELECT bool_and(b.body = r.body), count(*) FROM registry r LEFT JOIN synastry_bodies() b USING (id);
SELECT bool_and(n.aspects::text = s.aspects::text), count(*) FROM settings s LEFT JOIN synastry_aspect_sets() n USING (name);

-- the views, whose columns the library fills
SELECT count(*) >= 0 FROM pg_stat_synastry;
SELECT count(*) >= 0 FROM pg_stat_synastry_cluster;
SELECT count(*) > 0 FROM pg_stat_synastry_cache;
SELECT count(*) >= 0 FROM pg_stat_progress_synastry;
SELECT count(library_version) FROM pg_stat_synastry_info;
SELECT count(*) FROM synastry_estimate_memory(1000, 1000);
SELECT count(*) > 0 FROM synastry_advise(1000);
