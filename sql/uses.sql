--
-- In an application's tables
--
-- How charts get in, out of the four shapes in which applications keep
-- positions, and how they are used: generated columns, indexes, materialized
-- views. The planets of the sixty people of people.sql.
--

-- A document, as jsonb: the cast is implicit.
CREATE TABLE app_documents AS
SELECT p.id, jsonb_build_object('name', p.name, 'planets',
	jsonb_object_agg(initcap(b.body), jsonb_build_object('abs_pos', b.longitude, 'retrograde', b.retrograde))) AS document
FROM people p, bodies(p.chart - '{nodes,angles,chiron,mean_lilith}') b
GROUP BY p.id;
ALTER TABLE app_documents ADD PRIMARY KEY (id);

-- An array of the ten planets.
CREATE TABLE app_arrays AS
SELECT id, ARRAY(SELECT longitude FROM bodies(chart) LIMIT 10) AS longitudes FROM people;

-- One column per planet.
CREATE TABLE app_columns AS
SELECT id, longitude(chart, 'sun') AS sun, longitude(chart, 'moon') AS moon,
	longitude(chart, 'mercury') AS mercury, longitude(chart, 'venus') AS venus,
	longitude(chart, 'mars') AS mars, longitude(chart, 'jupiter') AS jupiter,
	longitude(chart, 'saturn') AS saturn, longitude(chart, 'uranus') AS uranus,
	longitude(chart, 'neptune') AS neptune, longitude(chart, 'pluto') AS pluto
FROM people;

-- One row per position: positions.csv as it is.

-- First see what an import would leave out or refuse.
INSERT INTO app_documents VALUES (1001, '{"name": "Somebody", "planets": {"Venuss": {"abs_pos": 12.5}}}');
SELECT id, path, problem, severity, hint FROM app_documents, chart_problems(document);
DELETE FROM app_documents WHERE id = 1001;

-- All four give the same charts.
CREATE TABLE app_charts AS
SELECT d.id, d.document::chart AS from_document, a.longitudes::chart AS from_array,
	chart(sun => c.sun, moon => c.moon, mercury => c.mercury, venus => c.venus,
		mars => c.mars, jupiter => c.jupiter, saturn => c.saturn, uranus => c.uranus,
		neptune => c.neptune, pluto => c.pluto) AS from_columns,
	(SELECT chart_agg(p.body, p.longitude) FROM positions p
		WHERE p.id = d.id AND p.body IN ('sun', 'moon', 'mercury', 'venus', 'mars',
			'jupiter', 'saturn', 'uranus', 'neptune', 'pluto')) AS from_rows
FROM app_documents d JOIN app_arrays a USING (id) JOIN app_columns c USING (id);
SELECT count(*) AS people, count(DISTINCT from_document) AS charts,
	bool_and(from_document = from_array AND from_document = from_columns AND
		from_document = from_rows) AS agree,
	max(pg_column_size(from_array)) AS bytes
FROM app_charts;

-- A generated column keeps the chart beside the document.
ALTER TABLE app_documents ADD chart chart GENERATED ALWAYS AS (document::chart) STORED;
SELECT id, chart FROM app_documents WHERE id = 1;
UPDATE app_documents SET document = document || '{"chiron": 14}' WHERE id = 1;
SELECT id, longitude(chart, 'chiron') AS chiron FROM app_documents WHERE id = 1;

-- An index on an expression answers a standing question: who matches John
-- Lennon by more than 50 points?
SELECT from_array AS john FROM app_charts WHERE id = 1 \gset
CREATE INDEX app_charts_match ON app_charts (synastry_score(from_array, :'john'));
SET enable_seqscan = off;
CREATE FUNCTION uses_index(query text, index_name text) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
	line text;
	found bool := false;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		found := found OR line LIKE '%' || index_name || '%';
	END LOOP;
	RETURN found;
END $$;
SELECT uses_index(format('SELECT id FROM app_charts WHERE synastry_score(from_array, %L) > 50', :'john'), 'app_charts_match');
SELECT p.name, synastry_score(from_array, :'john') AS score
FROM app_charts JOIN people p USING (id)
WHERE synastry_score(from_array, :'john') > 50 AND id <> 1
ORDER BY score DESC;
RESET enable_seqscan;

-- A friend graph, with its scores in a materialized view.
CREATE TABLE friends (a int REFERENCES people, b int REFERENCES people, PRIMARY KEY (a, b));
INSERT INTO friends SELECT a.id, b.id FROM people a, people b WHERE a.id < b.id AND (a.id * b.id) % 7 = 1;
CREATE MATERIALIZED VIEW friend_scores AS
SELECT f.a, f.b, synastry_score(a.from_array, b.from_array) AS score,
	aspect_matrix(a.from_array, b.from_array) AS matrix
FROM friends f JOIN app_charts a ON a.id = f.a JOIN app_charts b ON b.id = f.b;
CREATE UNIQUE INDEX ON friend_scores (a, b);
SELECT count(*) AS pairs, count(score) AS scores FROM friend_scores;

INSERT INTO friends VALUES (1, 2);
DELETE FROM friends WHERE a = 3;
REFRESH MATERIALIZED VIEW CONCURRENTLY friend_scores;
SELECT count(*) FILTER (WHERE a = 1 AND b = 2) AS added, count(*) FILTER (WHERE a = 3) AS removed,
	bool_and(score = synastry_score(x.from_array, y.from_array)) AS right
FROM friend_scores JOIN app_charts x ON x.id = a JOIN app_charts y ON y.id = b;
REFRESH MATERIALIZED VIEW friend_scores;

DROP MATERIALIZED VIEW friend_scores;
DROP FUNCTION uses_index;
DROP TABLE friends, app_charts, app_columns, app_arrays, app_documents;
