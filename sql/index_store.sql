--
-- The index as it is built, kept up to date, and folded
--
-- What it finds is the subject of index_search; here is what it holds. Every
-- step ends with synastry_index_check(), which compares all pages with each
-- other, and the charts that are counted.
--
CREATE FUNCTION some_chart(i bigint) RETURNS chart LANGUAGE sql IMMUTABLE AS $$
	SELECT ARRAY(SELECT (i * 137.50776 * body + body * body * 31)::float8 FROM generate_series(1, 10) body)::chart
$$;

-- in short what the statistics say
CREATE FUNCTION index_content(index regclass, OUT charts bigint, OUT tail bigint, OUT sparse bigint,
	OUT nulls bigint, OUT dead bigint, OUT segments int) RETURNS record LANGUAGE sql AS $$
	SELECT charts, tail_charts, sparse_charts, null_charts, dead, segments FROM synastry_index_statistics(index)
$$;

-- An empty table, then one of each kind: complete, without a Moon, NULL.
CREATE TEMP TABLE crowd (id int, chart chart);
CREATE INDEX crowd_chart ON crowd USING synastry (chart);
SELECT version, bodies, charts, segments, leaf_pages, tail_pages FROM synastry_index_statistics('crowd_chart');
INSERT INTO crowd VALUES (1, some_chart(1)), (2, some_chart(2) - ARRAY['moon']), (3, NULL), (4, '{}');
SELECT * FROM index_content('crowd_chart');
SELECT synastry_index_check('crowd_chart');

-- Charts that come stay in the tail, until VACUUM finds them worth a segment.
INSERT INTO crowd SELECT i, CASE i % 10 WHEN 0 THEN NULL WHEN 1 THEN some_chart(i) - ARRAY['sun', 'pluto'] ELSE some_chart(i) END
FROM generate_series(5, 5000) i;
SELECT * FROM index_content('crowd_chart');
SELECT synastry_index_check('crowd_chart');
VACUUM crowd;
SELECT * FROM index_content('crowd_chart');
SELECT synastry_index_check('crowd_chart');

-- a few more are not worth it
INSERT INTO crowd SELECT i, some_chart(i) FROM generate_series(5001, 5100) i;
VACUUM crowd;
SELECT * FROM index_content('crowd_chart');

-- many are, and smaller segments are folded with them, larger ones not
INSERT INTO crowd SELECT i, some_chart(i) FROM generate_series(5101, 6500) i;
VACUUM crowd;
SELECT * FROM index_content('crowd_chart');
INSERT INTO crowd SELECT i, some_chart(i) FROM generate_series(6501, 7500) i;
VACUUM crowd;
SELECT * FROM index_content('crowd_chart');
SELECT synastry_index_check('crowd_chart');

-- Rows that die: a few are marked, of many the rest is written anew.
DELETE FROM crowd WHERE id % 20 = 7;
VACUUM crowd;
SELECT * FROM index_content('crowd_chart');
SELECT synastry_index_check('crowd_chart');
UPDATE crowd SET chart = some_chart(id + 10000) WHERE id % 2 = 0;
VACUUM crowd;
SELECT * FROM index_content('crowd_chart');
SELECT synastry_index_check('crowd_chart');
SELECT count(*), count(chart) FROM crowd;
DELETE FROM crowd WHERE chart IS NULL;
DELETE FROM crowd WHERE id > 100;
VACUUM crowd;
SELECT * FROM index_content('crowd_chart');
SELECT synastry_index_check('crowd_chart');

-- Built of what is there, in one go; and with little memory, by way of files.
INSERT INTO crowd SELECT i, CASE i % 100 WHEN 0 THEN NULL WHEN 1 THEN '{"sun": 1}' ELSE some_chart(i) END
FROM generate_series(101, 50000) i;
REINDEX INDEX crowd_chart;
SELECT * FROM index_content('crowd_chart');
SELECT synastry_index_check('crowd_chart');
SET maintenance_work_mem = '1MB';
REINDEX INDEX crowd_chart;
SELECT * FROM index_content('crowd_chart');
SELECT synastry_index_check('crowd_chart');
UPDATE crowd SET chart = some_chart(7) WHERE chart IS NOT NULL;
REINDEX INDEX crowd_chart;
SELECT * FROM index_content('crowd_chart');
SELECT synastry_index_check('crowd_chart');
RESET maintenance_work_mem;
TRUNCATE crowd;
SELECT * FROM index_content('crowd_chart');
DROP TABLE crowd;

-- Other tables: concurrently, unlogged, partitioned, an expression, a part.
CREATE TABLE crowd AS SELECT i AS id, some_chart(i) AS chart FROM generate_series(1, 2000) i;
CREATE INDEX CONCURRENTLY crowd_chart ON crowd USING synastry (chart);
SELECT synastry_index_check('crowd_chart');
REINDEX INDEX CONCURRENTLY crowd_chart;
SELECT synastry_index_check('crowd_chart');
SELECT * FROM index_content('crowd_chart');
ALTER TABLE crowd SET UNLOGGED;
SELECT synastry_index_check('crowd_chart');
CREATE INDEX crowd_some ON crowd USING synastry (chart) WHERE id <= 100;
CREATE INDEX crowd_without_moon ON crowd USING synastry ((chart - ARRAY['moon']));
INSERT INTO crowd VALUES (50, some_chart(50)), (5000, some_chart(5000));
SELECT * FROM index_content('crowd_some');
SELECT * FROM index_content('crowd_without_moon');
SELECT synastry_index_check('crowd_some'), synastry_index_check('crowd_without_moon');
CREATE TABLE parts (id int, chart chart) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (1000);
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (1000) TO (3000);
CREATE INDEX parts_chart ON parts USING synastry (chart);
INSERT INTO parts SELECT * FROM crowd WHERE id < 3000;
SELECT index_content('parts_1_chart_idx'), index_content('parts_2_chart_idx');
DROP TABLE parts;

-- Bodies: named, in groups; they stay as they were when the index was built.
CREATE INDEX crowd_bodies ON crowd USING synastry (chart) WITH (bodies = 'luminaries, Ascendant, NORTH node');
SELECT bodies, charts, sparse_charts FROM synastry_index_statistics('crowd_bodies');
ALTER INDEX crowd_bodies SET (bodies = 'sun');
SELECT bodies FROM synastry_index_statistics('crowd_bodies');
REINDEX INDEX crowd_bodies;
SELECT bodies, charts, sparse_charts, leaf_pages, code_pages FROM synastry_index_statistics('crowd_bodies');
SELECT synastry_index_check('crowd_bodies');
CREATE INDEX ON crowd USING synastry (chart) WITH (bodies = 'sun, mon');
CREATE INDEX ON crowd USING synastry (chart) WITH (bodies = 'sun,, moon');
CREATE INDEX ON crowd USING synastry (chart) WITH (bodies = '');
CREATE INDEX ON crowd USING synastry (chart) WITH (bodies = 'planets, stars');
CREATE INDEX ON crowd USING synastry (chart) WITH (fillfactor = 70);

-- What it is, and is not.
SELECT amvalidate(c.oid) FROM pg_opclass c JOIN pg_am a ON a.oid = opcmethod WHERE amname = 'synastry';
SELECT p, pg_indexam_has_property(a.oid, p) FROM pg_am a, unnest(ARRAY['can_order', 'can_unique', 'can_multi_col', 'can_exclude', 'can_include']) p
WHERE amname = 'synastry';
SELECT p, pg_index_column_has_property('crowd_chart', 1, p)
FROM unnest(ARRAY['asc', 'orderable', 'distance_orderable', 'returnable', 'search_array', 'search_nulls']) p;
SELECT phase, pg_indexam_progress_phasename(oid, phase) FROM pg_am, generate_series(1, 4) phase WHERE amname = 'synastry';
CREATE UNIQUE INDEX ON crowd USING synastry (chart);
CREATE INDEX ON crowd USING synastry (id);
CREATE OPERATOR FAMILY odd_ops USING synastry;
CREATE OPERATOR CLASS odd_ops FOR TYPE chart USING synastry FAMILY odd_ops AS
	OPERATOR 1 <~> (chart, score_query) FOR ORDER BY float_ops, OPERATOR 2 = (chart, chart);
SELECT amvalidate(oid) FROM pg_opclass WHERE opcname = 'odd_ops';
DROP OPERATOR FAMILY odd_ops USING synastry CASCADE;
SELECT synastry_index_check('crowd');
SELECT synastry_index_check('pg_class_oid_index');
SELECT * FROM synastry_index_statistics('pg_class_oid_index');
CREATE ROLE index_stranger;
SET ROLE index_stranger;
SELECT synastry_index_check('crowd_chart');
RESET ROLE;
DROP ROLE index_stranger;

DROP TABLE crowd;
DROP FUNCTION some_chart, index_content;
