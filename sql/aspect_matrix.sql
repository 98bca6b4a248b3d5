--
-- The type aspect_matrix
--
-- For n bodies of A and m bodies of B, n x m cells: the aspect found (or none)
-- and by how much the separation deviates from its exact angle.  A matrix
-- carries the bodies of both sides and its aspect set, so that it explains
-- itself wherever it is stored.
--

-- What astrologers draw: Frida Kahlo's rows, Diego Rivera's columns
\pset format unaligned
\pset tuples_only on
SELECT aspect_grid(aspect_matrix(frida.chart, diego.chart, 'modern; bodies planets'))
FROM people frida, people diego WHERE frida.id = 20 AND diego.id = 21;
-- angles have names instead of glyphs; an aspect of one's own shows the start of its name
SELECT aspect_grid(aspect_matrix(john.chart, yoko.chart, 'synastry, golden=137.5 2; bodies_a angles, true_node, chiron; bodies_b personal, angles'))
FROM people john, people yoko WHERE john.id = 1 AND yoko.id = 2;
-- degrees and minutes, cut off like those of a clock
SELECT aspect_grid(aspect_matrix(chart(sun => 0), chart(sun => 4.35, moon => 0.016666, mercury => 0.016667, venus => 2.05, mars => 9.999999),
								 'conjunction 10'));
SELECT count(*) AS wrong
FROM generate_series(0, 600) minute, aspect_grid(aspect_matrix(chart(sun => 100), chart(moon => 100 + minute * 50000 / 3 / 1e6 + 1e-6), 'conjunction 10.1')) grid
WHERE substring(grid FROM '.*☌ *(.*)') <> minute / 60 || to_char(minute % 60, '"°"FM00"''"');
\pset tuples_only off
\pset format aligned

-- As text: a JSON object that reads back to the same value
SELECT aspect_matrix(chart(sun => 10, moon => 200.5), chart(sun => 131.25, moon => 9.9999999, chiron => 100), 'major, golden=137.5 1')
	AS m \gset
SELECT :'m' AS text;
SELECT :'m'::aspect_matrix::text = :'m' AS same;
SELECT jsonb(:'m'::aspect_matrix);
SELECT :'m'::aspect_matrix::int[] AS codes, aspect_codes(:'m') AS codes_too;
SELECT transpose(:'m')::text, transpose(:'m')::int[] AS codes;
SELECT x.body_a, x.body_b, x.aspect, x.angle, x.separation, x.orb, x.max_orb, x.strength, x.nature FROM aspects(:'m'::aspect_matrix) x;
-- in other words, with aliases and presets
SELECT '{"b": ["Mc", "Sirius"], "a": ["SUN"], "codes": [[3, 0]], "deviations": [[-7.5, null]], "aspects": "major", "more": 1}'::aspect_matrix;

-- Empty charts make empty matrices.
SELECT aspect_matrix('{}', '{}', 'trine 1');
SELECT aspect_matrix(chart(sun => 1), '{}', 'trine 1');
SELECT aspect_matrix('{}', chart(sun => 1, moon => 2), 'trine 1')::text::aspect_matrix;
SELECT aspect_matrix('{}', chart(sun => 1), 'trine 1')::int[], jsonb(aspect_matrix('{}', chart(sun => 1), 'trine 1')),
	   transpose(aspect_matrix('{}', chart(sun => 1), 'trine 1')), aspect_grid(aspect_matrix('{}', chart(sun => 1), 'trine 1'));
SELECT aspect_grid(aspect_matrix(chart(sun => 1), '{}')), aspect_grid(aspect_matrix('{}', '{}')) = '' AS empty,
	   (SELECT count(*) FROM aspects(aspect_matrix('{}', '{}'))) AS aspects;
SELECT aspect_matrix(NULL, '{}') IS NULL AS a, aspect_matrix('{}', NULL) IS NULL AS b, aspect_matrix('{}', '{}', NULL) IS NULL AS set;

--
-- All pairs of people
--
CREATE TEMP TABLE sets (name text, set aspect_set);
INSERT INTO sets VALUES
('default', 'synastry'),
('all', 'kerykeion_all'),
('names', 'conjunction=1.5 3, a=17.7777777 2.2222222, an_aspect_whose_name_has_sixty_three_letters_and_digits_1234567=179.9999999 4; first'),
('everything', 'all=180 180'),
('strict', 'group; strict; scale 1.7'),
('lists', 'modern; bodies_a luminaries, ascendant; bodies_b planets, nodes, chiron'),
('nothing', 'trine 0; bodies vega');
CREATE TABLE matrices AS
	SELECT s.name, set, a.id AS a, b.id AS b, aspect_matrix(a.chart, b.chart, set) AS matrix
	FROM sets s, people a, people b;

-- Text reads back to the same bytes, and so does what was transposed twice.
-- A large matrix is compressed where it is stored, a small one has a short
-- header.
SELECT name, count(*) AS matrices, sum(cardinality(matrix::int[])) AS cells,
	   count(*) FILTER (WHERE aspect_matrix_send(matrix::text::aspect_matrix) <> aspect_matrix_send(matrix)) AS text_differs,
	   count(*) FILTER (WHERE matrix::text::aspect_matrix::text <> matrix::text) AS text_of_text_differs,
	   count(*) FILTER (WHERE transpose(transpose(matrix))::text <> matrix::text) AS transposed_differs
FROM matrices GROUP BY name ORDER BY name;

-- The matrix of B and A is the transposed matrix of A and B (where the set has
-- different bodies for both sides, the set is transposed too).
SELECT name, count(*) AS differences_of_lists
FROM matrices x JOIN matrices y USING (name)
WHERE (x.a, x.b) = (y.b, y.a) AND transpose(x.matrix)::text <> y.matrix::text
GROUP BY name ORDER BY name;
SELECT count(*) AS differences
FROM matrices m JOIN people p ON p.id = a JOIN people q ON q.id = b
WHERE m.name = 'lists' AND
	  transpose(matrix)::text <>
	  aspect_matrix(q.chart, p.chart, 'modern; bodies_b luminaries, ascendant; bodies_a planets, nodes, chiron')::text;

-- Charts of just the ten planets make the same matrices as larger ones of
-- which the set lists the planets, and the values are complete.
CREATE TEMP TABLE planets AS
	SELECT id, chart, chart - (SELECT array_agg(body) FROM synastry_bodies() WHERE id > 9) AS planets FROM people;
SELECT s.name, count(*) AS matrices,
	   count(*) FILTER (WHERE few::int[] <> listed::int[]) AS codes_differ,
	   count(*) FILTER (WHERE regexp_replace(listed::text, '; bodies [^"]*pluto', '') <> few::text) AS text_differs,
	   count(*) FILTER (WHERE aspect_matrix_send(few::text::aspect_matrix) <> aspect_matrix_send(few)) AS not_read_back
FROM (VALUES ('default', 'synastry'), ('all', 'kerykeion_all'), ('everything', 'all=180 180'), ('strict', 'group; scale 1.7; strict')) s(name, set),
	 planets a, planets b,
	 LATERAL (SELECT aspect_matrix(a.planets, b.planets, set::aspect_set) AS few,
					 aspect_matrix(a.chart, b.chart, (set || '; bodies planets')::aspect_set) AS listed) m
GROUP BY s.name ORDER BY s.name;

-- jsonb says the same as the rows.
SELECT name, count(*) AS matrices, count(*) FILTER (WHERE rows IS DISTINCT FROM cells) AS differences
FROM matrices,
	 LATERAL (SELECT array_agg(row(body_a, body_b, aspect, orb::text, nature) ORDER BY x.ordinality) AS rows
			  FROM aspects(matrix) WITH ORDINALITY x) r,
	 LATERAL (SELECT array_agg(row(m.j #>> ARRAY['a', (i - 1)::text], m.j #>> ARRAY['b', (k - 1)::text],
								   cell ->> 'aspect', (cell ->> 'orb')::float8::text, cell ->> 'nature') ORDER BY i, k) AS cells
			  FROM jsonb(matrix) m(j), jsonb_array_elements(m.j -> 'cells') WITH ORDINALITY l(line, i),
				   jsonb_array_elements(line) WITH ORDINALITY c(cell, k)
			  WHERE cell <> 'null') c
WHERE a <= 10 AND b <= 30
GROUP BY name ORDER BY name;
SELECT count(*) AS differences FROM matrices WHERE a <= 5 AND aspect_set((jsonb(matrix) ->> 'aspects'))::text <> set::text;

-- 128 x 128 cells: the largest matrix, stored out of line, read back
CREATE TABLE large (matrix aspect_matrix);
INSERT INTO large
	SELECT aspect_matrix(chart, chart, 'modern')
	FROM (SELECT chart(array_agg(body), array_agg(id * 222.4922359 ORDER BY id)) FROM (SELECT * FROM synastry_bodies() ORDER BY id LIMIT 128) b) c(chart);
SELECT cardinality(matrix::int[]) AS cells, (SELECT count(*) FROM aspects(matrix)) AS aspects,
	   matrix::text::aspect_matrix::text = matrix::text AS same, transpose(matrix)::text = matrix::text AS symmetric,
	   length(aspect_grid(matrix)) > 128 * 128 * 7 AS grid, jsonb_array_length(jsonb(matrix) -> 'cells') AS lines,
	   pg_relation_size(reltoastrelid) > 0 AS toasted
FROM large, pg_class WHERE relname = 'large';
ALTER TABLE large ALTER matrix SET STORAGE external;
INSERT INTO large SELECT transpose(matrix) FROM large;
SELECT count(DISTINCT matrix::text), count(DISTINCT aspect_codes(matrix)) FROM large;

--
-- What could not have come out of aspect_matrix() does not come in
--
CREATE FUNCTION refusal(m text) RETURNS TABLE (state text, message text, detail text)
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM m::aspect_matrix;
	message := 'accepted';
	RETURN NEXT;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = returned_sqlstate, message = message_text, detail = pg_exception_detail;
	RETURN NEXT;
END $$;
CREATE TEMP TABLE corrupted (n serial, what text, m text);

-- two bodies by two, a trine of the Suns with an orb of 3 degrees ...
INSERT INTO corrupted (what, m) VALUES
('nothing', '{"aspects": "trine 8, square 8", "a": ["sun", "moon"], "b": ["sun", "mars"], "codes": [[2, 0], [0, 0]], "deviations": [[-3, null], [null, null]]}');
-- ... and what may go wrong with it
INSERT INTO corrupted (what, m)
	SELECT before || ' -> ' || after, replace(m, before, after)
	FROM corrupted, (VALUES
		-- codes
		('[2, 0]', '[3, 0]'), ('[2, 0]', '[33, 0]'), ('[2, 0]', '[-1, 0]'), ('[2, 0]', '[1.5, 0]'), ('[2, 0]', '[1e300, 0]'),
		('[2, 0]', '["2", 0]'), ('[2, 0]', '[null, 0]'), ('[2, 0]', '[true, 0]'), ('[2, 0]', '[[2], 0]'), ('[2, 0]', '["NaN", 0]'),
		-- deviations
		('-3', '-8.000001'), ('-3', '8.000001'), ('-3', '1e10'), ('-3', '180'), ('-3', 'null'), ('-3', '"-3"'), ('-3', '"NaN"'), ('-3', 'NaN'),
		('[2, 0]', '[0, 0]'), ('[null, null]]', '[null, 0]]'), ('-3', '-181'), ('-3', '1e999'),
		-- shapes
		('[[2, 0], [0, 0]]', '[[2, 0]]'), ('[[2, 0], [0, 0]]', '[[2, 0], [0, 0], [0, 0]]'), ('[[2, 0], [0, 0]]', '[[2, 0], [0]]'),
		('[[2, 0], [0, 0]]', '[[2, 0], [0, 0, 0]]'), ('[[2, 0], [0, 0]]', '[2, 0, 0, 0]'), ('[[2, 0], [0, 0]]', '[[2, 0], 0]'),
		('[[2, 0], [0, 0]]', '{}'), ('[[2, 0], [0, 0]]', '2'), ('[[2, 0], [0, 0]]', '[]'), ('[[2, 0], [0, 0]]', '[[2, 0], {"1": 0, "2": 0}]'),
		('[[-3, null], [null, null]]', '[[-3, null], [null]]'), ('[[-3, null], [null, null]]', '[[-3, null]]'),
		('[[-3, null], [null, null]]', 'null'),
		-- bodies
		('"sun", "moon"', '"moon", "sun"'), ('"sun", "moon"', '"sun", "sun"'), ('"sun", "mars"', '"mars", "sun"'), ('"moon"', '"mooon"'),
		('"moon"', '1'), ('"moon"', 'null'), ('"moon"', '["moon"]'), ('"moon"', '""'), ('["sun", "moon"]', '"sun"'), ('["sun", "moon"]', '{"sun": 1}'),
		('"a"', '"c"'), ('"b"', '"c"'), ('"codes"', '"code"'), ('"deviations"', '"orbs"'),
		-- the set
		('"aspects"', '"set"'), ('"trine 8, square 8"', '8'), ('"trine 8, square 8"', '["trine 8", "square 8"]'), ('square 8', 'square'),
		('trine 8', 'trin 8'), ('square 8', 'square 8; bodies_b sun'), ('square 8', 'square 8; bodies_a moon, mars'), ('trine 8, square 8', 'square 8, trine 3; strict'),
		('trine 8, square 8', 'square 30, trine 8; first'), ('trine 8, square 8', 'trine 8, x=118 0.9999999'), ('trine 8, square 8', 'trine 8, square=118 1.5')
	) v(before, after)
	WHERE n = 1;
INSERT INTO corrupted (what, m)
	SELECT m, m FROM unnest(ARRAY['', 'x', '{', '[]', '[1]', '1', '"trine 8"', 'null', '{}', '{"aspects": "major"}', '{"aspects": "major", "a": [], "b": []}',
		'{"aspects": "major", "a": [], "b": [], "codes": [], "deviations": []}', '{"aspects": "major", "a": [], "b": ["sun"], "codes": [], "deviations": []}',
		'{"aspects": "major", "a": ["sun"], "b": [], "codes": [[]], "deviations": [[]]}', '{"aspects": "major", "a": ["sun"], "b": [], "codes": [], "deviations": []}']) m;
INSERT INTO corrupted (what, m)
	SELECT '129 bodies', jsonb_build_object('aspects', 'trine 1', 'a', (SELECT jsonb_agg(body) FROM (SELECT body FROM synastry_bodies() ORDER BY id LIMIT 129) b),
							  'b', '[]'::jsonb, 'codes', '[]'::jsonb, 'deviations', '[]'::jsonb);
SELECT count(*) FILTER (WHERE r.state NOT LIKE '22%' AND r.state <> '54000') AS of_another_class,
	   count(*) FILTER (WHERE r.state LIKE '22%' AND r.detail = '' AND r.message NOT LIKE 'unknown %') AS without_detail
FROM corrupted, refusal(m) r;
-- where the document is none, or names and sets are wrong, their types say so
\pset format unaligned
SELECT what, r.state, CASE WHEN r.state IS NULL THEN 'accepted' WHEN r.message NOT LIKE '%aspect%matrix%' THEN '(another type)' ELSE coalesce(nullif(r.detail, ''), r.message) END AS detail
FROM corrupted, refusal(m) r ORDER BY n;
\pset format aligned

DROP FUNCTION refusal;
DROP TABLE matrices, large;
