-- A database that uses whatever can be stored: every type, every kind of index, what depends on functions. It must
-- run with the SQL of every released version.

CREATE TEMPORARY TABLE positions (id int, body text, longitude float8, speed float8, declination float8);
CREATE TEMPORARY TABLE house_cusps (id int, house int, longitude float8);
COPY positions FROM :'positions' (FORMAT csv, HEADER);
COPY house_cusps FROM :'cusps' (FORMAT csv, HEADER);

CREATE TABLE people (
	id int PRIMARY KEY,
	chart chart UNIQUE DEFAULT '{"sun": 0}' CHECK (longitude(chart, 'sun') IS NOT NULL),
	moon float8 GENERATED ALWAYS AS (longitude(chart, 'moon')) STORED,
	score float8 GENERATED ALWAYS AS (synastry_score(chart, '{"sun": 196.2678939, "moon": 303.5466256}')) STORED
);
INSERT INTO people (id, chart)
SELECT id, chart(bodies, longitudes, speeds, declinations, cusps)
FROM (SELECT id, array_agg(body) AS bodies, array_agg(longitude) AS longitudes,
	         array_agg(speed) AS speeds, array_agg(declination) AS declinations
	  FROM positions GROUP BY id) p
	LEFT JOIN (SELECT id, array_agg(longitude ORDER BY house) AS cusps
	           FROM house_cusps GROUP BY id) c USING (id);
CREATE INDEX people_score ON people (synastry_score(chart, '{"sun": 86.69}', 'weighted; aspects (major)'));
CREATE INDEX people_hash ON people USING hash (chart);
CREATE INDEX people_full ON people USING synastry (chart) WITH (bodies = 'planets, angles, chiron');

-- Every type, the states of aggregates included; the registry
CREATE TABLE registry AS SELECT id, body FROM synastry_bodies();
CREATE TABLE settings AS
SELECT name, aspects, format('weighted; aspects (%s); worth conjunction 1', aspects)::score_model AS model
FROM synastry_aspect_sets();
CREATE TABLE queries AS
SELECT id, name, score_query(chart, model) AS query FROM people, settings WHERE id <= 10;
CREATE TABLE matrices AS
SELECT a.id AS a, b.id AS b, name, aspect_matrix(a.chart, b.chart, aspects) AS matrix
FROM people a, people b, settings
WHERE a.id <= 5 AND b.id <= 5;
CREATE TABLE tallies AS
SELECT name, aspect_tally(a.chart, b.chart, aspects) AS tally
FROM people a, people b, settings
WHERE a.id <= 5 AND b.id <= 5
GROUP BY name;
CREATE TABLE states AS
SELECT id, group_tally_accum(NULL, chart) AS charts, composite_agg_accum(NULL, chart) AS sums
FROM people WHERE id <= 20;
CREATE TABLE groups (name text, charts chart[], preferred aspect_set DEFAULT 'modern, quintile 2');
INSERT INTO groups SELECT 'some', array_agg(chart ORDER BY id) FROM people WHERE id <= 4;
INSERT INTO groups VALUES ('nobody', '{}', NULL), ('unknown', '{NULL}', 'trine 8, h24=15 0.5; first');
CREATE TABLE by_chart (chart chart) PARTITION BY HASH (chart);
CREATE TABLE by_chart_0 PARTITION OF by_chart FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE by_chart_1 PARTITION OF by_chart FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO by_chart SELECT chart FROM people;

-- The index of best matches with each kind of its pages: folded, tail, incomplete charts, none, dead ones
CREATE FUNCTION some_chart(i bigint) RETURNS chart IMMUTABLE LANGUAGE sql
	BEGIN ATOMIC
		SELECT ARRAY(SELECT (i * 137.50776 * body + body * body * 31)::float8 FROM generate_series(1, 10) body)::chart;
	END;
CREATE FUNCTION new_chart(i bigint) RETURNS chart IMMUTABLE LANGUAGE sql
	BEGIN ATOMIC
		SELECT CASE i % 50 WHEN 0 THEN NULL WHEN 1 THEN some_chart(i) - ARRAY['moon'] ELSE some_chart(i) END;
	END;
CREATE TABLE crowd AS SELECT i AS id, new_chart(i) AS chart FROM generate_series(1, 3000) i;
CREATE INDEX crowd_chart ON crowd USING synastry (chart);
DELETE FROM crowd WHERE id % 7 = 3;
VACUUM crowd;
INSERT INTO crowd SELECT i, new_chart(i) FROM generate_series(3001, 3100) i;
CREATE UNLOGGED TABLE volatile AS SELECT * FROM crowd;
CREATE INDEX volatile_chart ON volatile USING synastry (chart);

-- What is stored as a query
CREATE MATERIALIZED VIEW best_matches AS
SELECT a.id AS a, b.id AS b, a.chart <~> b.chart AS mismatch
FROM people a JOIN people b ON a.id < b.id
WHERE a.chart <~> b.chart < -10;
CREATE VIEW saturn AS
SELECT id, t.* FROM people, aspects(chart, '{"saturn": 43.2}'::jsonb, 'predictive; bodies_a luminaries') t;
CREATE FUNCTION distance(chart, chart) RETURNS float8 IMMUTABLE LANGUAGE sql
	BEGIN ATOMIC SELECT $1 <~> score_query($2, 'weighted'); END;
CREATE DOMAIN known_time AS chart CHECK (cusps(VALUE) IS NOT NULL);
CREATE TABLE timed (chart known_time);
INSERT INTO timed SELECT chart FROM people WHERE cusps(chart) IS NOT NULL;
ALTER TABLE people ALTER chart SET STATISTICS 50;

-- Group tallies, which are dear enough to be read from the table behind the cache; what is right is made without it
SET synastry.cache = off;
CREATE TABLE made AS
SELECT g, md5(group_tally(chart)::text) AS digest
FROM generate_series(1, 20) g JOIN crowd ON id BETWEEN g AND g + 99
GROUP BY g;
ANALYZE;
