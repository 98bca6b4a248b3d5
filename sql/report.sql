--
-- The report: synastry_report() and synastry(), everything that a page needs
-- about two charts in one jsonb.
--

\pset null '(null)'
SET jit = off;

CREATE TEMP TABLE pairs AS
SELECT a.id AS id_a, b.id AS id_b, a.chart AS a, b.chart AS b
FROM people AS a, people AS b WHERE a.id % 3 = 1;
CREATE TEMP TABLE reports AS SELECT id_a, id_b, a, b, synastry_report(a, b) AS report FROM pairs;

-- What there is, and of which type.  Applications rely on these keys: this
-- list only ever grows.
WITH RECURSIVE nodes AS (
	SELECT '$' AS path, report AS value FROM reports WHERE id_a IN (1, 7, 40) AND id_b % 4 = 2
	UNION ALL
	SELECT path || step, child.value
	FROM nodes CROSS JOIN LATERAL (
		SELECT '.' || key AS step, each.value
		FROM jsonb_each(CASE jsonb_typeof(nodes.value) WHEN 'object' THEN nodes.value ELSE '{}' END) AS each
		UNION ALL
		SELECT '[*]', element
		FROM jsonb_array_elements(CASE jsonb_typeof(nodes.value) WHEN 'array' THEN nodes.value ELSE '[]' END) AS element) AS child
)
SELECT path, string_agg(DISTINCT jsonb_typeof(value), ', ' ORDER BY jsonb_typeof(value)) AS types
FROM nodes GROUP BY path ORDER BY path COLLATE "C";

-- John Lennon and Yoko Ono
CREATE TEMP VIEW john_and_yoko AS SELECT report FROM reports WHERE id_a = 1 AND id_b = 2;
\pset format unaligned
SELECT jsonb_pretty(report #> '{bodies,a,6}') AS saturn, jsonb_pretty(report #> '{bodies,b,14}') AS ascendant FROM john_and_yoko;
SELECT report->'rows' AS rows, report->'columns' AS columns, report->'score' AS score FROM john_and_yoko;
SELECT report #> '{aspects,1}' AS aspects_of_the_moon FROM john_and_yoko;
SELECT jsonb_pretty(report #> '{interaspects,0}') AS first_aspect FROM john_and_yoko;
SELECT report #> '{score_cells,0}' AS first_scoring_cell FROM john_and_yoko;
SELECT jsonb_path_query_array(report, '$.overlays.a_in_b[*] ? (@.house == 7)') AS his_bodies_in_her_seventh_house,
	jsonb_path_query_array(report, '$.overlays.b_in_a[*] ? (@.house == 7)') AS hers_in_his
FROM john_and_yoko;
\pset format aligned
-- The key aspects: within 3 degrees, strong ones within 1.5
SELECT x.body_a AS person1_planet, x.body_b AS person2_planet, x.aspect, x.orb,
	CASE WHEN x.orb <= 1.5 THEN 'strong' ELSE 'moderate' END AS strength
FROM john_and_yoko, jsonb_to_recordset(report->'interaspects') AS x (body_a text, body_b text, aspect text, orb float8)
WHERE x.orb <= 3 ORDER BY x.orb LIMIT 5;

--
-- The report says what the functions say.
--

SELECT count(*) AS reports,
	count(*) FILTER (WHERE (report->>'score')::float8 = synastry_score(a, b)) AS same_score,
	count(*) FILTER (WHERE (report->>'score')::numeric =
		(SELECT sum((cell->>'contribution')::numeric) FROM jsonb_array_elements(report->'score_cells') AS cell)) AS exact_sum
FROM reports;

CREATE TEMP VIEW said_bodies AS
SELECT id_a, id_b, side, x.*
FROM reports, jsonb_each(report->'bodies') AS bodies(side, list),
	jsonb_to_recordset(list) AS x (name text, longitude float8, sign text, sign_degree float8, retrograde bool, house int);
CREATE TEMP VIEW true_bodies AS
SELECT id_a, id_b, side, x.body AS name, x.longitude, x.sign, x.sign_degree, x.retrograde, x.house
FROM reports, LATERAL (VALUES ('a', a), ('b', b)) AS sides(side, chart), bodies(chart) AS x;
SELECT count(*) AS bodies, count(house) AS with_house, count(*) FILTER (WHERE retrograde) AS retrograde FROM said_bodies;
(TABLE said_bodies EXCEPT ALL TABLE true_bodies) UNION ALL (TABLE true_bodies EXCEPT ALL TABLE said_bodies);

CREATE TEMP VIEW said_aspects AS
SELECT id_a, id_b, x.*
FROM reports, jsonb_to_recordset(report->'interaspects') AS x (body_a text, body_b text, aspect text, angle float8,
	separation float8, orb float8, max_orb float8, strength float8, type text, out_of_sign bool);
CREATE TEMP VIEW true_aspects AS
SELECT id_a, id_b, x.body_a, x.body_b, x.aspect, x.angle, x.separation, x.orb, x.max_orb, x.strength, x.nature, x.out_of_sign
FROM reports, aspects(a, b) AS x;
SELECT count(*) > 20000 AS many, count(DISTINCT aspect), count(*) FILTER (WHERE out_of_sign) > 1000 AS out_of_sign FROM said_aspects;
(TABLE said_aspects EXCEPT ALL TABLE true_aspects) UNION ALL (TABLE true_aspects EXCEPT ALL TABLE said_aspects);

CREATE TEMP VIEW said_score_cells AS
SELECT id_a, id_b, x.*
FROM reports, jsonb_to_recordset(report->'score_cells') AS x (body_a text, body_b text, aspect text, orb float8, contribution float8);
CREATE TEMP VIEW true_score_cells AS
SELECT id_a, id_b, x.* FROM reports, score_cells(a, b) AS x;
SELECT count(*) > 20000 AS many, count(DISTINCT aspect) FROM said_score_cells;
(TABLE said_score_cells EXCEPT ALL TABLE true_score_cells) UNION ALL (TABLE true_score_cells EXCEPT ALL TABLE said_score_cells);

-- The array of aspects is the list, and the matrix.
SELECT count(*) AS reports,
	count(*) FILTER (WHERE report->'aspects' = regexp_replace(jsonb(m)->>'cells', '"nature"', '"type"', 'g')::jsonb) AS same_cells,
	count(*) FILTER (WHERE report->'rows' = jsonb(m)->'a' AND report->'columns' = jsonb(m)->'b') AS same_names
FROM reports, aspect_matrix(a, b) AS m;
SELECT count(*) AS cells, count(*) FILTER (WHERE cell <> 'null') AS with_aspect,
	count(*) FILTER (WHERE cell->>'aspect' = x.aspect AND (cell->>'orb')::float8 = x.orb AND cell->>'type' = x.type) AS listed
FROM (SELECT id_a, id_b, report->'rows'->>(i::int - 1) AS body_a, report->'columns'->>(j::int - 1) AS body_b, cell
		FROM reports, jsonb_array_elements(report->'aspects') WITH ORDINALITY AS r(cells, i),
			jsonb_array_elements(cells) WITH ORDINALITY AS c(cell, j)
		WHERE id_a = 4) AS cells
	LEFT JOIN said_aspects AS x USING (id_a, id_b, body_a, body_b);

-- Houses of the one in which the bodies of the other fall
SELECT count(*) AS overlaid, count(*) FILTER (WHERE x.house = h.house) AS same_house
FROM (SELECT a, b, report #> '{overlays,a_in_b}' AS list FROM reports WHERE cusps(b) IS NOT NULL AND id_a < 20 OFFSET 0) AS overlays,
	jsonb_to_recordset(list) AS x (body text, house int), bodies(with_cusps(a, cusps(b))) AS h
WHERE h.body = x.body;
SELECT jsonb_typeof(report #> '{overlays,a_in_b}') AS a_in_b, cusps(b) IS NOT NULL AS b_has_houses,
	jsonb_typeof(report #> '{overlays,b_in_a}') AS b_in_a, cusps(a) IS NOT NULL AS a_has_houses, count(*)
FROM reports GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4;

-- Exchanged, it is the same the other way round.
SELECT count(*) AS reports,
	count(*) FILTER (WHERE ba->'rows' = ab->'columns' AND ba->'columns' = ab->'rows') AS same_names,
	count(*) FILTER (WHERE ba->'score' = ab->'score') AS same_score,
	count(*) FILTER (WHERE ba #> '{bodies,a}' = ab #> '{bodies,b}' AND ba #> '{bodies,b}' = ab #> '{bodies,a}') AS same_bodies,
	count(*) FILTER (WHERE ba #> '{overlays,a_in_b}' = ab #> '{overlays,b_in_a}'
		AND ba #> '{overlays,b_in_a}' = ab #> '{overlays,a_in_b}') AS same_overlays,
	count(*) FILTER (WHERE ba->'aspects' = (SELECT jsonb_agg(turned ORDER BY j)
		FROM (SELECT j, jsonb_agg(cell ORDER BY i) AS turned
			FROM jsonb_array_elements(ab->'aspects') WITH ORDINALITY AS r(cells, i),
				jsonb_array_elements(cells) WITH ORDINALITY AS c(cell, j) GROUP BY j) AS t)) AS same_aspects,
	count(*) FILTER (WHERE (SELECT jsonb_agg(x ORDER BY x) FROM jsonb_array_elements(ba->'interaspects') AS x) =
		(SELECT jsonb_agg(y ORDER BY y) FROM (SELECT x || jsonb_build_object('body_a', x->'body_b', 'body_b', x->'body_a') AS y
			FROM jsonb_array_elements(ab->'interaspects') AS x) AS turned)) AS same_list
FROM (SELECT report AS ab, synastry_report(b, a) AS ba FROM reports WHERE id_a < 20) AS both_ways;

-- It is the same by every kernel.
SET synastry.simd = scalar;
SELECT count(*) AS differences FROM reports WHERE synastry_report(a, b) <> report;
RESET synastry.simd;

--
-- Other aspects, other models
--

-- Bodies that do not take part in the aspect set have no row or column, but
-- they are in the chart; a model has an aspect set of its own.
SELECT r->'rows' AS rows, r->'columns' AS columns, r->'aspects' AS aspects, r->'score' AS score,
	jsonb_array_length(r #> '{bodies,a}') AS bodies_a, jsonb_array_length(r->'score_cells') AS score_cells
FROM (SELECT synastry_report(a, b, 'major; bodies_a luminaries; bodies_b personal', 'weighted; aspects (trine 8)') AS r
	FROM pairs WHERE id_a = 1 AND id_b = 2) AS one;
-- An aspect of one's own; where the exact angle is no whole number of signs,
-- none stands out of sign.
SELECT r->'aspects' AS aspects, r #> '{interaspects,0}' AS interaspect, r->'score_cells' AS score_cells
FROM synastry_report('{"sun": 10}', '{"moon": 148}', 'golden=137.5 2', 'aspects (golden=137.5 2); bodies planets 1; worth golden 3') AS r;
-- A cell may make no term, or add nothing; without a common scoring cell
-- there is no score.
SELECT r->'score' AS score, r->'score_cells' AS score_cells, r->'aspects' AS aspects
FROM (VALUES ('{"saturn": 10}'::chart, '{"pluto": 130}'::chart), ('{"sun": 10}', '{"moon": 40.00000}'), ('{"sun": 10}', '{"moon": 12}'),
	('{"sun": 10}', '{"moon": 42}'), ('{"sun": 10}', '{"chiron": 10}')) AS v(a, b),
	synastry_report(a, b, 'modern') AS r;
-- All arguments may change from row to row.
SELECT count(*) AS reports, count(DISTINCT aspects::text) AS sets,
	count(*) FILTER (WHERE jsonb_array_length(r->'interaspects') = (SELECT count(*) FROM aspects(a, b, aspects))) AS same_aspects,
	count(*) FILTER (WHERE (r->>'score')::float8 = synastry_score(a, b, model)) AS same_score
FROM (SELECT *, synastry_report(a, b, aspects, model) AS r
	FROM pairs, synastry_aspect_sets(), unnest('{personal,weighted}'::score_model[]) AS model
	WHERE id_a = 4 AND id_b < 5) AS all_sets;

--
-- What is not known
--

SELECT synastry_report('{}', '{}');
SELECT synastry_report('{"sun": 196.27}', '{}');
SELECT synastry_report('{"cusps": [0,30,60,90,120,150,180,210,240,270,300,330]}', '{"sun": 196.27}')->'overlays' AS overlays;
SELECT synastry_report(NULL, '{}'), synastry_report('{}', NULL), synastry_report('{}', '{}', NULL), synastry_report('{}', '{}', 'major', NULL);
-- Marie Curie: the hour of her birth is not known.
SELECT r #> '{overlays,b_in_a}' AS in_her_houses, r #> '{overlays,a_in_b,0}' AS her_sun_in_his, r #> '{bodies,a,0}' AS her_sun,
	r->'rows' ? 'ascendant' AS her_ascendant
FROM people AS a, people AS b, synastry_report(a.chart, b.chart) AS r WHERE a.name = 'Marie Curie' AND b.name = 'John Lennon';
SELECT r #> '{bodies,a}' AS a FROM synastry_report('{"sun": {"longitude": 1, "speed": 0}, "moon": {"longitude": 2, "speed": -0.000001},
	"mars": {"longitude": 3}, "uncertainty": 3600}', '{}') AS r;

--
-- It is jsonb, byte for byte as the server's own parser makes it of the text.
--

CREATE TEMP TABLE written (what text, value jsonb);
INSERT INTO written SELECT 'people', report FROM reports WHERE id_a < 30;
INSERT INTO written SELECT 'calls', synastry(a, b, id_b) FROM reports WHERE id_a = 7;
SELECT setseed(0.25);
-- from 1 to 128 bodies
CREATE TEMP TABLE random_charts AS
SELECT n, chart(array_agg(body), array_agg(round((random() * 360)::numeric, n % 9)::float8),
	array_agg(random() * 2 - 1), NULL, CASE WHEN n % 3 = 0 THEN '{0,30,60,90,120,150,180,210,240,270,300,330}'::float8[] END) AS chart
FROM generate_series(1, 128) AS n, LATERAL (SELECT body FROM synastry_bodies() ORDER BY random() + n * 0 LIMIT n) AS b
GROUP BY n;
-- numbers of all lengths, positive and negative
INSERT INTO written
SELECT 'numbers', synastry_report(chart(sun => i * 0.7312), chart(sun => round((random() * 360)::numeric, i % 9)::float8, moon => i / 100.0),
	'modern', 'weighted; bodies planets 1; aspects (trine 120, conjunction 80)')
FROM generate_series(1, 2000) AS i;
INSERT INTO written
SELECT 'sizes', synastry_report(a.chart, b.chart, 'modern; scale 0.5', 'weighted')
FROM random_charts AS a, random_charts AS b WHERE a.n IN (1, 31, 32, 33, 64, 128) AND b.n IN (1, 16, 31, 32, 33, 63, 65, 128);
INSERT INTO written SELECT 'empty', synastry_report(a, b) FROM (VALUES ('{}'::chart), ('{"moon": 0}')) AS a(a), (VALUES ('{}'::chart), ('{"sun": 0}')) AS b(b);
-- names of aspects of all lengths
INSERT INTO written
SELECT 'names', synastry_report(a.chart, b.chart, format('%s=100 20, %s=40 20, %s=150 %s', left(repeat('golden_', 10), length),
	left(repeat('silver_', 10), 64 - length), 'x' || repeat('y', length % 7), length / 7.0)::aspect_set,
	format('aspects (%s=75 15); bodies planets 1.5; worth %1$s -1.234567', 'z' || repeat('_1', length / 3))::score_model)
FROM generate_series(1, 63) AS length, random_charts AS a, random_charts AS b WHERE a.n = 40 AND b.n IN (2, 12);
-- the largest sums, with many digits before the point
INSERT INTO written
SELECT 'scores', synastry_report(a.chart, b.chart, 'trine 1', format('aspects (square 180); worth square %s; bodies %s; %s', worth,
	(SELECT string_agg(body || ' 1', ', ') FROM bodies((SELECT chart FROM random_charts WHERE n = 128))), falloff)::score_model)
FROM random_charts AS a, random_charts AS b, unnest('{1000,-1000,-0.000031}'::float8[]) AS worth, unnest('{linear,constant}'::text[]) AS falloff
WHERE a.n IN (3, 128) AND b.n IN (3, 30, 128);
-- matrices
INSERT INTO written
SELECT 'matrices', jsonb(aspect_matrix(a.chart, b.chart, format('trine 8, %s=20 4', left(repeat('golden_', 10), 1 + a.n % 63))::aspect_set))
FROM random_charts AS a, random_charts AS b WHERE a.n IN (1, 2, 31, 32, 33, 63, 128) AND b.n IN (1, 16, 31, 32, 33, 65, 128)
UNION ALL SELECT 'matrices', jsonb(aspect_matrix('{}', '{}'));

SELECT what, count(*), count(*) FILTER (WHERE value = parsed) AS equal,
	count(*) FILTER (WHERE ROW(value)::record *= ROW(parsed)::record) AS same_bytes
FROM (SELECT what, value, value::text::jsonb AS parsed FROM written OFFSET 0) AS w
GROUP BY what ORDER BY what;

-- 128 bodies on both sides
SELECT jsonb_array_length(r->'rows') AS rows, jsonb_array_length(r->'columns') AS columns,
	jsonb_array_length(r->'aspects') AS aspects, jsonb_array_length(r #> '{aspects,127}') AS cells,
	jsonb_array_length(r->'interaspects') = (SELECT count(*) FROM aspects(chart, chart)) AS all_aspects
FROM random_charts, synastry_report(chart, chart) AS r WHERE n = 128;

--
-- synastry(): the call of applications
--

-- Literals, documents, charts; by place and by name
CREATE TEMP TABLE documents (id int, doc1 jsonb, doc2 jsonb);
INSERT INTO documents VALUES (1, '{"sun": 1}', '{"sun": 2}'),
	(2, '{"planets": {"Sun": {"lon": 196.27}, "Moon": {"lon": 303.55}}}', '[{"name": "Sun", "sign": "Aquarius", "degree": 29.38}]');
SELECT synastry('{"sun":1}', '{"sun":2}') #- '{metadata,performance}' AS synastry;
SELECT id, synastry(doc1, doc2)->'interaspects' AS interaspects FROM documents;
SELECT synastry(doc1::chart, doc2::chart, 0.5)->'aspects' AS narrow,
	synastry(doc1, doc2::chart, orb => 1)->'aspects' AS wide,
	synastry(chart2 => doc1, chart1 => doc2, use_caching => false, aspects => 'trine 8')->'rows' AS rows,
	synastry(doc1, doc2, 8, true, 'quincunx 180')->'interaspects'->0->'aspect' AS quincunx
FROM documents WHERE id = 1;
SELECT synastry(NULL, '{}'), synastry('{}', NULL), synastry(NULL, NULL);

-- Without aspects: the five majors within the orb, and always the score of
-- the model 'weighted'
SELECT count(*) AS calls,
	count(*) FILTER (WHERE synastry(a, b) - 'metadata' =
		synastry_report(a, b, 'conjunction 8, sextile 8, square 8, trine 8, opposition 8', 'weighted')) AS eight_degrees,
	count(*) FILTER (WHERE synastry(a, b, id_b / 4.0) - 'metadata' =
		synastry_report(a, b, format('conjunction %1$s, sextile %1$s, square %1$s, trine %1$s, opposition %1$s', id_b / 4.0)::aspect_set, 'weighted')) AS any_orb,
	count(*) FILTER (WHERE synastry(a, b, aspects => 'modern') - 'metadata' = synastry_report(a, b, 'modern', 'weighted')) AS aspects,
	count(*) FILTER (WHERE (synastry(a, b)->>'score')::float8 = synastry_score(a, b, 'weighted')) AS score
FROM pairs WHERE id_a < 10;
-- The options may change from call to call, and be NULL, which is the default.
SELECT orb, aspects, metadata->'orb' AS orb, jsonb_array_length(r->'interaspects') AS aspects, metadata->'cached' AS cached
FROM (SELECT orb, caching, aspects, r, r->'metadata' AS metadata
	FROM (VALUES (8, true, NULL), (NULL, NULL, NULL), (0, false, NULL), (0.125, true, NULL), (8, true, 'synastry'::aspect_set),
		(180, false, NULL), (180, true, 'trine 1'), (8, false, NULL)) AS v (orb, caching, aspects),
		pairs, synastry(a, b, orb::float8, caching, aspects) AS r
	WHERE id_a = 1 AND id_b = 2) AS calls;
CREATE FUNCTION pg_temp.count_aspects(orbs float8[], sets aspect_set[]) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
	n int[];
BEGIN
	FOR i IN 1..cardinality(orbs) LOOP
		n := n || jsonb_array_length(synastry('{"sun": 10, "moon": 40}', '{"sun": 13, "mars": 159}', orbs[i], aspects => sets[i])->'interaspects');
	END LOOP;
	RETURN n;
END $$;
SELECT pg_temp.count_aspects('{3,2,4,1,0,180,3,3}', '{NULL,NULL,NULL,NULL,NULL,NULL,"semisextile 3",NULL}');
-- Where two aspects match, the tightest wins.
SELECT x.sun, r #>> '{interaspects,0,aspect}' AS aspect, r #>> '{interaspects,0,orb}' AS orb
FROM unnest('{0,29.9,30,30.1,75,75.1,104.9,105.1,149,151,180}'::float8[]) AS x (sun), synastry(chart(sun => sun), '{"sun": 0}', 180) AS r;

-- What the call has done
SELECT metadata - 'performance' AS metadata, metadata #> '{performance,cells}' AS cells, metadata #> '{performance,aspects}' AS aspects,
	(metadata #>> '{performance,milliseconds}')::float8 BETWEEN 0 AND 10000 AS measured,
	metadata #>> '{performance,instruction_set}' IN ('scalar', 'avx2', 'avx512', 'neon') AS known_instruction_set,
	(SELECT array_agg(key) FROM jsonb_object_keys(metadata->'performance') AS key) AS performance
FROM (SELECT synastry(a, b)->'metadata' AS metadata FROM pairs WHERE id_a = 1 AND id_b = 2) AS one;

-- What cannot be
SELECT synastry('{"sun": 1}', '{"sun": 2}', -0.1);
\echo :LAST_ERROR_SQLSTATE
SELECT synastry('{"sun": 1}', '{"sun": 2}', 180.000001);
SELECT synastry('{"sun": 1}', '{"sun": 2}', 'NaN');
SELECT synastry('{"sun": 1}', '{"sun": 2}', 'infinity', aspects => 'major');
\echo :LAST_ERROR_SQLSTATE
SELECT synastry('{"sun": 1}', '{"sun": "somewhere"}');
SELECT synastry('{"venuss": 1}'::jsonb, '{"sun": 2}');
SELECT synastry('{"sun": 1}', '{"sun": 2}', aspects => 'trines 8');
SELECT synastry_report('{"sun": 1}', '{"sun": 2}', 'major', 'heavy');
SELECT synastry_report('{"sun": 1}');

-- The report may stand in an index and in a generated column, the call not.
SELECT proname, provolatile, proparallel, proisstrict, procost FROM pg_proc
WHERE proname IN ('synastry', 'synastry_report') ORDER BY proname;
CREATE TEMP TABLE couples (a chart, b chart, report jsonb GENERATED ALWAYS AS (synastry_report(a, b)) STORED);
INSERT INTO couples SELECT a, b FROM pairs WHERE id_a = 1;
CREATE INDEX ON couples (((synastry_report(a, b)->>'score')::float8));
CREATE INDEX ON couples USING gin (report jsonb_path_ops);
SET enable_seqscan = off;
SELECT count(*) FROM couples WHERE report @> '{"interaspects": [{"body_a": "sun", "body_b": "moon", "aspect": "trine"}]}';
RESET enable_seqscan;
SELECT count(*) FROM couples, aspects(a, b) WHERE body_a = 'sun' AND body_b = 'moon' AND aspect = 'trine';

-- The composite is that of composite(), body by body.
SELECT count(*) AS pairs, count(*) FILTER (WHERE r.listed IS DISTINCT FROM c.listed) AS wrong
FROM people a CROSS JOIN people b
	CROSS JOIN LATERAL (SELECT jsonb_agg(x ORDER BY n) AS listed
		FROM jsonb_array_elements(synastry_report(a.chart, b.chart)->'composite') WITH ORDINALITY AS e (x, n)) r
	CROSS JOIN LATERAL (SELECT jsonb_agg(jsonb_build_object('name', body, 'longitude', longitude, 'sign', sign,
			'sign_degree', sign_degree, 'house', house, 'retrograde', retrograde)) AS listed
		FROM bodies(composite(a.chart, b.chart))) c
WHERE a.id <= 20;
