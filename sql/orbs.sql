--
-- Orbs by body and by pair of bodies
--
-- Every tool has rules of its own for the orb of two bodies.  Here each of them
-- is written down once more, from the tables of its source, as a function that
-- gives the orb of two bodies and an aspect; and the presets must find exactly
-- the aspects that follow from it.
--
CREATE SCHEMA orbs;
SET search_path = orbs, public;
SET jit = off;
SET work_mem = '64MB';
SET enable_mergejoin = off;

-- What is written is what is meant: groups expanded, scale applied, lists sorted.
SELECT 'modern, quintile 2; scale 0.8; sun +2, moon +2, pluto max 3; bodies planets, ascendant; strict'::aspect_set;
SELECT 'kerykeion6'::aspect_set;
SELECT 'lilly'::aspect_set;
SELECT 'synastry_tight'::aspect_set;
SELECT 'major; moon 12, sun (trine, square) 9.5, sun 15; orbs max'::aspect_set;
SELECT 'major; sun-moon 10, mars-sun (square) +1.25, moon-pluto max 2, moon-moon none; pluto -1.5'::aspect_set;
SELECT 'major; luminaries-luminaries +1'::aspect_set;
SELECT 'major; ascendant casts none, midheaven casts (opposition, conjunction); chiron receives none'::aspect_set;
SELECT 'golden=137.5 2, trine 5; sun (golden) 3'::aspect_set;
-- a name wins over a group, some aspects over all, the user over the preset
SELECT 'major; luminaries 9, sun 10, luminaries (trine) 8'::aspect_set;
SELECT 'kerykeion6; sun +2'::aspect_set;
SELECT 'synastry_tight; luminaries 4'::aspect_set;
-- what combines nothing says nothing
SELECT 'major; orbs max; additions min'::aspect_set;
SELECT 'major; sun +1; orbs max; additions sum'::aspect_set;
-- a set without adjustments has the bytes that it always had
SELECT pg_column_size('major'::aspect_set), pg_column_size('major; sun +1'::aspect_set);
SELECT count(*) AS presets, count(*) FILTER (WHERE aspects::text::aspect_set::text = aspects::text) AS read_back,
	count(*) FILTER (WHERE aspects::text LIKE '%;%') AS with_options
FROM synastry_aspect_sets();
CREATE TABLE sent (set aspect_set);
INSERT INTO sent SELECT aspects FROM synastry_aspect_sets()
	UNION ALL SELECT 'major; sun-moon 10, mars-sun (square) +1.25; ascendant casts none; orbs sum; sun 7.5';
CREATE TABLE received (set aspect_set);
\copy sent TO 'results/orbs.data' (FORMAT binary)
\copy received FROM 'results/orbs.data' (FORMAT binary)
SELECT count(*), count(*) FILTER (WHERE s.set::text = r.set::text) AS same
FROM (SELECT set, row_number() OVER () FROM sent) AS s JOIN (SELECT set, row_number() OVER () FROM received) AS r USING (row_number);

-- How orbs combine: own orbs, then what is at most allowed, then additions.
CREATE FUNCTION found(orb float8, aspects aspect_set, body_a text DEFAULT 'sun', body_b text DEFAULT 'moon') RETURNS text
	LANGUAGE sql STABLE AS $$
	SELECT aspect || ' ' || max_orb || ' ' || strength
	FROM aspects(chart(ARRAY[body_a], ARRAY[0::float8], NULL, NULL, NULL), chart(ARRAY[body_b], ARRAY[orb], NULL, NULL, NULL), aspects) $$;
SELECT sets, found(1, sets::aspect_set) FROM (VALUES
	('conjunction 8; sun 15'),
	('conjunction 8; sun 15, moon 12'),
	('conjunction 8; sun 15, moon 12; orbs max'),
	('conjunction 8; sun 15, moon 12; orbs min'),
	('conjunction 8; sun 7.5, moon 6; orbs sum'),
	('conjunction 8; sun 7.5; orbs sum'),
	('conjunction 8; sun +2, moon +1'),
	('conjunction 8; sun +2, moon +1; additions max'),
	('conjunction 8; sun +2, moon +1; additions min'),
	('conjunction 8; sun -1; additions max'),
	('conjunction 8; sun max 3, moon max 5'),
	('conjunction 8; sun max 3, moon +1'),
	('conjunction 8; sun 15, moon +1, sun max 10'),
	('conjunction 8; sun -3, moon -4'),
	('conjunction 8; sun -3, moon -5.5'),
	('conjunction 8; sun +2; sun-moon 4'),
	('conjunction 8; sun +2; sun-moon +1'),
	('conjunction 8; sun +2; moon-sun max 3.5'),
	('conjunction 8; sun +2; moon-sun none'),
	('conjunction 8; sun +2; sun-mars 1'),
	('conjunction 8; moon none'),
	('conjunction 8; moon receives none'),
	('conjunction 8; moon casts none'),
	('conjunction 8; sun casts none'),
	('conjunction 178; sun +2, moon +2'),
	('conjunction 3.1234567; sun +0.0000001'),
	('conjunction 8; scale 0.5; sun 15, moon +3, moon max 9')) AS v (sets);

-- The bound is what a person computes: to the last digit, strict or not.
SELECT orb, found(orb, 'conjunction 6.1; sun 7.15; moon +0.05') AS inclusive,
	found(orb, 'conjunction 6.1; sun 7.15; moon +0.05; strict') AS strict
FROM (VALUES (6.674999), (6.675), (6.675001)) AS v (orb);

--
-- The rules of the tools
--

-- aspects of each preset, in their order, with the orb of the aspect if it has
-- one
CREATE TABLE rules (preset text, place int, aspect text, angle float8, orb numeric);
INSERT INTO rules VALUES
	('kerykeion6', 1, 'conjunction', 0, 6), ('kerykeion6', 2, 'sextile', 60, 5), ('kerykeion6', 3, 'square', 90, 6),
	('kerykeion6', 4, 'trine', 120, 6), ('kerykeion6', 5, 'opposition', 180, 6),
	('astrolog', 1, 'conjunction', 0, 7), ('astrolog', 2, 'opposition', 180, 7), ('astrolog', 3, 'square', 90, 7),
	('astrolog', 4, 'trine', 120, 7), ('astrolog', 5, 'sextile', 60, 6),
	('immanuel', 1, 'conjunction', 0, NULL), ('immanuel', 2, 'opposition', 180, NULL), ('immanuel', 3, 'square', 90, NULL),
	('immanuel', 4, 'trine', 120, NULL), ('immanuel', 5, 'sextile', 60, NULL), ('immanuel', 10, 'quincunx', 150, NULL),
	('flatlib', 1, 'conjunction', 0, NULL), ('flatlib', 2, 'sextile', 60, NULL), ('flatlib', 3, 'square', 90, NULL),
	('flatlib', 4, 'trine', 120, NULL), ('flatlib', 5, 'opposition', 180, NULL), ('flatlib', 6, 'semisextile', 30, 3),
	('flatlib', 7, 'decile', 36, 3), ('flatlib', 8, 'semisquare', 45, 3), ('flatlib', 9, 'quintile', 72, 3),
	('flatlib', 10, 'tridecile', 108, 3), ('flatlib', 11, 'sesquiquadrate', 135, 3), ('flatlib', 12, 'biquintile', 144, 3),
	('flatlib', 13, 'quincunx', 150, 3);
INSERT INTO rules SELECT 'kerykeion6_all', row_number() OVER (ORDER BY angle), aspect, angle, orb
	FROM (SELECT aspect, angle, orb FROM rules WHERE preset = 'kerykeion6'
		UNION ALL VALUES ('semisextile', 30, 2), ('semisquare', 45, 2), ('quintile', 72, 2), ('sesquiquadrate', 135, 2),
		('biquintile', 144, 2), ('quincunx', 150, 2)) AS all_aspects;
INSERT INTO rules SELECT 'lilly', place, aspect, angle, NULL FROM rules WHERE preset = 'astrolog';
INSERT INTO rules SELECT 'ptolemy', place, aspect, angle, NULL FROM rules WHERE preset = 'astrolog';
INSERT INTO rules SELECT 'synastry_tight', place, aspect, angle, 3 FROM rules WHERE preset = 'astrolog';
INSERT INTO rules SELECT 'immanuel_all', place, aspect, angle, orb FROM rules WHERE preset = 'immanuel'
	UNION ALL VALUES ('immanuel_all', 6, 'septile', 360 / 7.0::float8, NULL::numeric), ('immanuel_all', 7, 'semisquare', 45, NULL),
	('immanuel_all', 8, 'sesquiquadrate', 135, NULL), ('immanuel_all', 9, 'semisextile', 30, NULL),
	('immanuel_all', 11, 'quintile', 72, NULL), ('immanuel_all', 12, 'biquintile', 144, NULL);
INSERT INTO rules SELECT 'astrolog11', place, aspect, angle, orb FROM rules WHERE preset = 'astrolog'
	UNION ALL VALUES ('astrolog11', 6, 'quincunx', 150, 3), ('astrolog11', 7, 'semisextile', 30, 3),
	('astrolog11', 8, 'semisquare', 45, 3), ('astrolog11', 9, 'sesquiquadrate', 135, 3),
	('astrolog11', 10, 'quintile', 72, 2), ('astrolog11', 11, 'biquintile', 144, 2);
INSERT INTO rules SELECT 'astrolog24', place, aspect, angle, orb FROM rules WHERE preset = 'astrolog11'
	UNION ALL VALUES ('astrolog24', 12, 'decile', 36, 1), ('astrolog24', 13, 'septile', 360 / 7.0::float8, 1),
	('astrolog24', 14, 'novile', 40, 1), ('astrolog24', 15, 'binovile', 80, 1), ('astrolog24', 16, 'biseptile', 720 / 7.0::float8, 1),
	('astrolog24', 17, 'triseptile', 1080 / 7.0::float8, 1), ('astrolog24', 18, 'quadnovile', 160, 1),
	('astrolog24', 19, 'tridecile', 108, 0.5), ('astrolog24', 20, 'undecile', 360 / 11.0::float8, 0.5),
	('astrolog24', 21, 'biundecile', 720 / 11.0::float8, 0.5), ('astrolog24', 22, 'triundecile', 1080 / 11.0::float8, 0.5),
	('astrolog24', 23, 'quadundecile', 1440 / 11.0::float8, 0.5), ('astrolog24', 24, 'quinqueundecile', 1800 / 11.0::float8, 0.5);

-- what the tools say of bodies; one that a table does not have is what comes
-- after it
CREATE TABLE body_orbs (body text PRIMARY KEY, lilly numeric, ptolemy numeric, flatlib numeric, astrolog_max numeric,
	astrolog_add numeric, immanuel text, daily_motion float8);
INSERT INTO body_orbs VALUES
	('sun', 15, 17, 15, 360, 1, 'planet', 0.986), ('moon', 12, 12.5, 12, 360, 1, 'planet', 13.2),
	('mercury', 7, 7.5, 7, 360, 0, 'planet', 1.4), ('venus', 7, 8, 7, 360, 0, 'planet', 1.2),
	('mars', 8, 7.5, 8, 360, 0, 'planet', 0.524), ('jupiter', 9, 12, 9, 360, 0, 'planet', 0.083),
	('saturn', 9, 10, 9, 360, 0, 'planet', 0.033), ('uranus', 6, 6, 5, 360, 0, 'planet', 0.012),
	('neptune', 6, 6, 5, 360, 0, 'planet', 0.006), ('pluto', 5, 5, 5, 360, 0, 'planet', 0.004),
	('true_node', 3, 3, 12, 2, 0, 'point', 0.053), ('mean_node', 3, 3, 12, 2, 0, 'point', 0.053),
	('mean_lilith', 3, 3, 0, 360, 0, 'point', 0.111), ('chiron', 3, 3, 5, 360, 0, 'other', 0.02),
	('ascendant', 3, 3, 0, 360, 0, 'angle', 360), ('midheaven', 3, 3, 0, 360, 0, 'angle', 361),
	('descendant', 3, 3, 0, 360, 0, 'angle', 360), ('imum_coeli', 3, 3, 0, 360, 0, 'angle', 361),
	('vertex', 3, 3, 0, 2, 0, 'point', 359), ('pars_fortunae', 3, 3, 0, 360, 0, 'point', 0),
	('regulus', 3, 3, 0, 2, 0, NULL, 0);

-- immanuel: an orb for each kind of body and aspect
CREATE FUNCTION immanuel_orb(kind text, aspect text) RETURNS numeric
	RETURN CASE kind WHEN 'point' THEN 0 WHEN 'other' THEN 1 ELSE
		CASE WHEN aspect IN ('conjunction', 'opposition', 'square', 'trine') THEN 10 WHEN aspect = 'sextile' THEN 6
			WHEN aspect IN ('quintile', 'biquintile') THEN 2 ELSE 3 END END;

CREATE FUNCTION origin_orb(preset text, a body_orbs, b body_orbs, aspect text, orb numeric) RETURNS numeric
	RETURN CASE
	-- the mean of two whole orbs (Stellium engines/orbs.py)
	WHEN preset = 'lilly' THEN (a.lilly + b.lilly) / 2
	WHEN preset = 'ptolemy' THEN (a.ptolemy + b.ptolemy) / 2
	-- the larger orb; minors have their own (flatlib aspects.py)
	WHEN preset = 'flatlib' THEN coalesce(orb, greatest(a.flatlib, b.flatlib))
	-- the least of three, and what both add (Astrolog general.cpp, GetOrb)
	WHEN preset LIKE 'astrolog%' THEN least(orb, a.astrolog_max, b.astrolog_max) + a.astrolog_add + b.astrolog_add
	-- Sun or Moon, once (kerykeion 6, max_explicit)
	WHEN preset LIKE 'kerykeion6%' THEN orb + CASE WHEN a.body IN ('sun', 'moon') OR b.body IN ('sun', 'moon') THEN 1.5 ELSE 0 END
	WHEN preset = 'synastry_tight' THEN CASE WHEN aspect IN ('conjunction', 'opposition') AND
		(a.body IN ('sun', 'moon') OR b.body IN ('sun', 'moon')) THEN 5 ELSE 3 END
	-- the mean, if the faster of both may start the aspect (immanuel reports/aspect.py)
	WHEN aspect <> 'conjunction' AND ((a.immanuel IN ('point', 'angle') AND (a.daily_motion > b.daily_motion OR a.immanuel = b.immanuel))
		OR (b.immanuel IN ('point', 'angle') AND (b.daily_motion > a.daily_motion OR a.immanuel = b.immanuel))) THEN NULL
	ELSE (immanuel_orb(a.immanuel, aspect) + immanuel_orb(b.immanuel, aspect)) / 2 END;

CREATE TABLE origin AS
	SELECT preset, place, aspect, angle, a.body AS body_a, b.body AS body_b, origin_orb(preset, a, b, aspect, orb) AS orb
	FROM rules, body_orbs AS a, body_orbs AS b
	WHERE preset NOT LIKE 'immanuel%' OR (a.immanuel IS NOT NULL AND b.immanuel IS NOT NULL);
CREATE FUNCTION units(degrees float8) RETURNS int8
	RETURN round(degrees::numeric * 4294967296 / 360);
ALTER TABLE origin ADD angle_units int8, ADD bound int8;
UPDATE origin SET angle_units = units(angle),
	bound = round(orb * 4294967296 / 360) + CASE WHEN preset LIKE 'astrolog%' THEN -2 ELSE 1 END;
ANALYZE origin;

-- Which aspect does a separation make, by the rules of the tool?  In Stellium's
-- systems and astrologicalapi's the tightest, in the others the first of the list.
CREATE TABLE tried (preset text, cell int, body_a text, body_b text, separation int8);
CREATE VIEW expected AS
	SELECT DISTINCT ON (preset, cell) preset, cell, o.aspect, orb
	FROM tried JOIN origin AS o USING (preset, body_a, body_b)
	WHERE abs(separation - angle_units) <= bound
	ORDER BY preset, cell, CASE WHEN preset ~ 'lilly|ptolemy|tight' THEN abs(separation - angle_units) ELSE place END, angle;

-- Real charts: all bodies of four people against those of sixty.
CREATE TABLE sky AS SELECT id, body, longitude, units(longitude) AS angle FROM positions WHERE body IN (SELECT body FROM body_orbs);
CREATE TABLE pairs AS
	SELECT row_number() OVER ()::int AS cell, a.id AS a, b.id AS b, a.body AS body_a, b.body AS body_b,
		least(abs(a.angle - b.angle), 4294967296 - abs(a.angle - b.angle)) AS separation
	FROM sky AS a, sky AS b WHERE a.id <= 4;
INSERT INTO tried SELECT preset, cell, body_a, body_b, separation FROM pairs, (SELECT DISTINCT preset FROM rules) AS presets;
ANALYZE tried, pairs;
CREATE TABLE found_aspects (preset text, cell int, aspect text, max_orb float8, orb float8);
CREATE TABLE found_rows AS
	SELECT s.name AS preset, a.id AS a, b.id AS b, f.body_a, f.body_b, f.aspect, f.max_orb, f.orb
	FROM synastry_aspect_sets() AS s, people AS a, people AS b, aspects(a.chart, b.chart, s.aspects) AS f
	WHERE s.name IN (SELECT preset FROM rules) AND a.id <= 4;
ANALYZE found_rows;
INSERT INTO found_aspects
	SELECT preset, cell, aspect, max_orb, orb FROM found_rows JOIN pairs USING (a, b, body_a, body_b);
SELECT preset, count(e.aspect) AS expected, count(f.aspect) AS found,
	count(*) FILTER (WHERE e.aspect = f.aspect AND e.orb::float8 = f.max_orb) AS same
FROM expected AS e FULL JOIN found_aspects AS f USING (preset, cell) GROUP BY preset ORDER BY preset;

-- The very bounds: each two bodies, each aspect, on both sides of it, a
-- millionth of a degree within, at, and beyond the orb.
TRUNCATE tried;
CREATE TABLE edges AS
	SELECT preset, row_number() OVER ()::int AS cell, body_a, body_b, separation::float8 AS degrees
	FROM (SELECT DISTINCT preset, body_a, body_b, (angle::numeric + side * (orb + step)) AS separation
		FROM origin, (VALUES (-1), (1)) AS sides (side), (VALUES (-0.000001), (0), (0.000001)) AS steps (step)
		WHERE orb IS NOT NULL AND body_a <= body_b) AS all_edges
	WHERE separation BETWEEN 0 AND 180;
INSERT INTO tried SELECT preset, cell, body_a, body_b, units(degrees) FROM edges;
ANALYZE tried;
TRUNCATE found_aspects;
INSERT INTO found_aspects
	SELECT preset, cell, f.aspect, f.max_orb, f.orb
	FROM (SELECT edges.*, aspects FROM edges JOIN synastry_aspect_sets() ON name = preset ORDER BY preset, cell) AS e,
		aspects(chart(ARRAY[body_a], ARRAY[0::float8], NULL, NULL, NULL), chart(ARRAY[body_b], ARRAY[degrees], NULL, NULL, NULL), aspects) AS f;
SELECT preset, count(e.aspect) AS expected, count(f.aspect) AS found,
	count(*) FILTER (WHERE e.aspect = f.aspect AND e.orb::float8 = f.max_orb) AS same
FROM expected AS e FULL JOIN found_aspects AS f USING (preset, cell) GROUP BY preset ORDER BY preset;

--
-- One engine
--

-- Models whose set has adjustments: additions and a body that is not in all
-- charts, moieties that overlap, some that do not cast, a strict and constant
-- one.
CREATE TABLE models (label text, model score_model);
INSERT INTO models VALUES
	('additions', 'weighted; aspects (modern; luminaries +2, chiron max 1); bodies planets 2, sun 3, chiron 1, ascendant 2'),
	('lilly', 'personal; aspects (lilly)'),
	('kerykeion6_all', 'weighted; aspects (kerykeion6_all)'),
	('astrolog24', 'weighted; aspects (astrolog24)'),
	('immanuel', 'weighted; aspects (immanuel); bodies planets 1, nodes 1, ascendant 1, mean_lilith 1'),
	('sides', 'weighted; aspects (major; outer casts none, moon receives (trine, sextile), venus-mars 12)'),
	('constant', 'weighted; aspects (modern; sun +3, moon -1; strict); constant'),
	('exact', 'weighted; aspects (major; slow 0)'),
	('pairs', 'personal; aspects (major; sun-moon (conjunction) 12, venus-mars none, sun-sun max 2)');
SELECT label, score_model(model::text)::text = model::text AS reads_back FROM models, LATERAL (SELECT model::text::score_model AS score_model) AS x;
-- The score is the sum of its cells, to the last bit, and these are the worth
-- of each aspect by its max orb.
SELECT label, count(*) AS pairs, count(score) AS scored,
	count(*) FILTER (WHERE score IS NOT DISTINCT FROM total) AS same
FROM models, people AS a, people AS b,
	LATERAL (SELECT synastry_score(a.chart, b.chart, model) AS score) AS s,
	LATERAL (SELECT CASE WHEN s.score IS NOT NULL THEN coalesce(sum(contribution), 0) END AS total FROM score_cells(a.chart, b.chart, model)) AS c
WHERE a.id <= 20 GROUP BY label ORDER BY label;
CREATE TABLE worths (aspect text, worth numeric);
INSERT INTO worths VALUES ('conjunction', 4), ('trine', 3), ('sextile', 2), ('semisextile', 1), ('quincunx', -1), ('square', -2), ('opposition', -3);
SELECT label, count(*) AS cells, max(abs(c.contribution - weight * worth * CASE WHEN label = 'constant' THEN 1 ELSE f.strength END)) < 0.0001 AS explained
FROM models, people AS a, people AS b, score_cells(a.chart, b.chart, model) AS c
	JOIN aspects(a.chart, b.chart, aspect_set(model)) AS f USING (body_a, body_b, aspect) JOIN worths USING (aspect),
	LATERAL (SELECT CASE WHEN label = 'immanuel' THEN 1 ELSE
		((SELECT w FROM (VALUES ('sun', 3), ('moon', 3), ('mercury', 2), ('venus', 3), ('mars', 3), ('jupiter', 2), ('saturn', 1.5), ('uranus', 1), ('neptune', 1), ('pluto', 1)) AS v (body, w) WHERE body = c.body_a) +
		 (SELECT w FROM (VALUES ('sun', 3), ('moon', 3), ('mercury', 2), ('venus', 3), ('mars', 3), ('jupiter', 2), ('saturn', 1.5), ('uranus', 1), ('neptune', 1), ('pluto', 1)) AS v (body, w) WHERE body = c.body_b)) / 2 END AS weight) AS w
WHERE label <> 'additions' AND a.id <= 10 GROUP BY label ORDER BY label;

-- <~>, batches and crosses, by every instruction set
SELECT count(*) AS pairs, count(*) FILTER (WHERE a.chart <~> score_query(b.chart, model) IS NOT DISTINCT FROM -synastry_score(a.chart, b.chart, model)) AS same
FROM models, people AS a, people AS b WHERE a.id <= 10;
CREATE FUNCTION digest(OUT scores text, OUT matrices text) LANGUAGE sql STABLE AS $$
	SELECT md5(string_agg(synastry_score(a.chart, b.chart, model)::text, ',' ORDER BY label, a.id, b.id)),
		md5(string_agg(aspect_matrix(a.chart, b.chart, aspect_set(model))::text, ',' ORDER BY label, a.id, b.id))
	FROM models, people AS a, people AS b WHERE a.id <= 5 $$;
CREATE TEMP TABLE digests AS SELECT 'best' AS simd, * FROM digest();
SET synastry.simd = scalar;
INSERT INTO digests SELECT 'scalar', * FROM digest();
RESET synastry.simd;
SELECT count(*), count(DISTINCT (scores, matrices)) AS different FROM digests;
CREATE FUNCTION crossed(label text, top_k int, OUT rows bigint, OUT same bigint) LANGUAGE plpgsql AS $$
DECLARE m score_model := (SELECT model FROM models WHERE models.label = crossed.label);
BEGIN
	SELECT count(*), count(*) FILTER (WHERE c.score = e.score) INTO rows, same
	FROM synastry_cross('SELECT id, chart FROM people WHERE id <= 12', 'SELECT id, chart FROM many', top_k, NULL, m) AS c
		FULL JOIN (SELECT left_id, right_id, score FROM
			(SELECT a.id::text AS left_id, b.id::text AS right_id, synastry_score(a.chart, b.chart, m) AS score,
				row_number() OVER (PARTITION BY a.id ORDER BY synastry_score(a.chart, b.chart, m) DESC NULLS LAST, b.id::text COLLATE "C") AS rank
			FROM people AS a, many AS b WHERE a.id <= 12) AS ranked
			WHERE rank <= top_k) AS e USING (left_id, right_id);
END $$;
-- sixty people and two thousand whose bodies are those of different people
CREATE TABLE many AS SELECT id, chart FROM people
	UNION ALL SELECT 1000 + n, chart_agg(p.body, p.longitude)
	FROM generate_series(1, 2000) AS n JOIN positions AS p ON p.id = 1 + (n * 7 + length(p.body) * n + ascii(p.body) * 13) % 60
	GROUP BY n;
SELECT label, c.* FROM models, crossed(label, 10) AS c ORDER BY label;
SELECT label, count(*) AS pairs, count(*) FILTER (WHERE r.score IS NOT DISTINCT FROM synastry_score(a.chart, b.chart, model)
	AND r.matrix::text = aspect_matrix(a.chart, b.chart, aspect_set(model))::text) AS same
FROM models, synastry_batch('SELECT a.id AS a_id, a.chart AS a, b.id AS b_id, b.chart AS b FROM orbs.many AS a, orbs.many AS b WHERE a.id <= 3 AND b.id % 20 = 1', NULL, model) AS r
	JOIN many AS a ON a.id::text = a_id JOIN many AS b ON b.id::text = b_id GROUP BY label ORDER BY label;

-- A matrix knows the max orbs of its cells, also when it has been text; its
-- transpose has the sides exchanged.
SELECT label, count(*) AS aspects, count(*) FILTER (WHERE f.max_orb = m.max_orb AND f.strength = m.strength AND m.max_orb = t.max_orb) AS same
FROM models, people AS a, people AS b, LATERAL (SELECT aspect_matrix(a.chart, b.chart, aspect_set(model)) AS matrix) AS x,
	aspects(a.chart, b.chart, aspect_set(model)) AS f
	FULL JOIN aspects(matrix::text::aspect_matrix) AS m USING (body_a, body_b, aspect, orb)
	FULL JOIN aspects(transpose(matrix)::text::aspect_matrix) AS t ON t.body_a = f.body_b AND t.body_b = f.body_a AND t.aspect = f.aspect
WHERE a.id <= 2 AND b.id <= 20 GROUP BY label ORDER BY label;
SELECT transpose(aspect_matrix('{"sun": 1}', '{"moon": 2}', 'conjunction 8; sun casts none, moon receives (conjunction)'));
-- one that its set would not have made
SELECT '{"aspects": "conjunction 8; sun +2", "a": ["sun"], "b": ["sun"], "codes": [[1]], "deviations": [[11.9]]}'::aspect_matrix IS NOT NULL AS read;
SELECT '{"aspects": "conjunction 8; sun +2", "a": ["sun"], "b": ["sun"], "codes": [[1]], "deviations": [[12.1]]}'::aspect_matrix;
SELECT '{"aspects": "conjunction 8; sun +2", "a": ["mars"], "b": ["moon"], "codes": [[1]], "deviations": [[8.1]]}'::aspect_matrix;
SELECT '{"aspects": "conjunction 8; sun casts none", "a": ["sun"], "b": ["moon"], "codes": [[1]], "deviations": [[1]]}'::aspect_matrix;

-- Tallies count what aspects() finds; reports show it.
SELECT label, count(*) AS rows, count(*) FILTER (WHERE t.count = f.count AND abs(t.mean_orb - f.mean_orb) < 0.000002) AS same
FROM models, LATERAL (SELECT aspect_tally(a.chart, b.chart, aspect_set(model)) AS tally FROM people AS a, people AS b WHERE a.id <= 5) AS x,
	LATERAL (SELECT * FROM tally_rows(tally::text::aspect_tally) AS t FULL JOIN
		(SELECT body_a, body_b, aspect, count(*), avg(orb) AS mean_orb FROM people AS a, people AS b, aspects(a.chart, b.chart, aspect_set(model)) WHERE a.id <= 5 GROUP BY 1, 2, 3) AS f
		USING (body_a, body_b, aspect)) AS r (body_a, body_b, aspect, pairs, count_t, share, mean_t, count_f, mean_f),
	LATERAL (SELECT count_t AS count, mean_t AS mean_orb) AS t, LATERAL (SELECT count_f AS count, mean_f AS mean_orb) AS f
GROUP BY label ORDER BY label;
SELECT group_tally(chart, 'major; sun casts none') FROM people;
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM tally_rows((SELECT group_tally(chart, 'major; sun +2') FROM people));
SELECT label, count(*) AS rows, count(*) FILTER (WHERE (i ->> 'max_orb')::float8 = f.max_orb AND (i ->> 'strength')::float8 = f.strength) AS same
FROM models, people AS a, people AS b, jsonb_array_elements(synastry_report(a.chart, b.chart, aspect_set(model), model) -> 'interaspects') AS i
	JOIN aspects(a.chart, b.chart, aspect_set(model)) AS f ON i ->> 'body_a' = f.body_a AND i ->> 'body_b' = f.body_b
WHERE a.id = 1 AND b.id <= 20 GROUP BY label ORDER BY label;
SELECT count(*) AS reports, count(*) FILTER (WHERE (synastry_report(a.chart, b.chart, aspect_set(model), model) ->> 'score')::float8 IS NOT DISTINCT FROM synastry_score(a.chart, b.chart, model)) AS same
FROM models, people AS a, people AS b WHERE a.id = 1 AND b.id <= 20;

-- Inside one chart it is enough that one of two bodies casts on the other.
SELECT body_a, body_b, aspect FROM natal_aspects('{"sun": 10, "moon": 12, "mars": 14}', 'conjunction 8; sun casts none');
SELECT body_a, body_b, aspect FROM natal_aspects('{"sun": 10, "moon": 12, "mars": 14}', 'conjunction 8; sun casts none; moon casts none');
SELECT body_a, body_b, aspect FROM aspects('{"sun": 10, "moon": 12}', '{"sun": 10, "moon": 12}', 'conjunction 8; sun casts none; moon receives none');
-- Other orbs while an aspect applies or separates, where speeds are known.  The
-- Moon has left the square of the Sun by 14 degrees and comes to the trine in 16.
SELECT 'major; separating -2, applying (trine) +1.5, applying max 9'::aspect_set;
SELECT sets, n.aspect, n.orb, n.max_orb, n.phase
FROM (VALUES ('square 13, trine 15'), ('square 13, trine 15; applying +1'), ('square 13, trine 15; separating (square) 14'),
	('square 14, trine 16'), ('square 14, trine 16; separating -0.5'), ('square 14, trine 16; separating none'),
	('square 14, trine 16; separating max 13.999999'), ('square 14, trine 16; separating max 14; strict'),
	('square 13, trine 15; applying +1, separating +1'), ('trine 15, square 13; applying +1, separating +1; first'),
	('square 13, trine 15; applying +0.5; sun-moon (trine) 15.5')) AS v (sets)
	LEFT JOIN LATERAL natal_aspects('{"sun": {"longitude": 0, "speed": 1}, "moon": {"longitude": 104, "speed": 13}}', sets::aspect_set) AS n ON true;
SELECT body_a, aspect, orb, max_orb, phase FROM transits('{"moon": {"longitude": 111, "speed": 13}, "mars": 111}', '{"sun": 0}', 'trine 7; applying +2');
-- not between two birth charts, in a matrix or a score
SELECT count(*) FROM aspects('{"moon": {"longitude": 111, "speed": 13}}', '{"sun": 0}', 'trine 7; applying +2');
-- all rows of sixty people, against plain SQL over rows with the larger orbs
SELECT count(*) AS expected, count(f.aspect) AS found, count(*) FILTER (WHERE e.aspect = f.aspect AND e.limits = f.max_orb) AS same
FROM (SELECT id, n.*, CASE phase WHEN 'applying' THEN max_orb WHEN 'separating' THEN max_orb - 3 ELSE max_orb - 1 END AS limits
	FROM people, natal_aspects(chart, 'conjunction 8, opposition 8, trine 7, square 7, sextile 5') AS n) AS e
	FULL JOIN (SELECT id, n.* FROM people, natal_aspects(chart, 'conjunction 7, opposition 7, trine 6, square 6, sextile 4; applying +1, separating -2') AS n) AS f
	USING (id, body_a, body_b)
WHERE e.orb <= e.limits OR f.aspect IS NOT NULL;
SELECT 'major; applying casts none'::aspect_set;
SELECT 'major; applying +1, applying +2'::aspect_set;
SELECT 'major; sun-applying 3'::aspect_set;
-- A body that is not known makes no row.
SELECT count(*) FROM aspects('{"moon": 1}', '{"mars": 1}', 'conjunction 8; sun +2; sun-moon 10; moon none');
SELECT synastry_score('{"moon": 1}', '{"pluto": 1}', 'weighted; aspects (conjunction 8; moon +2); bodies sun 1; worth conjunction 1');

--
-- Where the tools are wrong (the list of errors in the notes on them)
--

-- 4.2: a negative difference tightens, whatever the strategy
SELECT found(7.5, 'conjunction 8; sun -1; additions max') AS none, found(7, 'conjunction 8; sun -1; additions max') AS at_bound;
-- 20: Stellium sorts the names of a pair in look-ups, but not those of its
-- settings, so that "Sun-Moon" never matches; here either order does
SELECT found(9, 'conjunction 8; sun-moon 10') AS sun_moon, found(9, 'conjunction 8; moon-sun 10') AS moon_sun;
-- 14: kerykeion 5 ignores axis_orb_limit between two charts: at most 1 degree
-- for an angle is at most 1 degree
SELECT found(0.9, 'kerykeion; angles max 1', 'ascendant', 'sun') AS within, found(1.1, 'kerykeion; angles max 1', 'ascendant', 'sun') AS beyond;
-- 21: AstroChart halves the orb that one writes; ours is the one written
SELECT found(8, 'conjunction 8; sun +0') AS whole;
-- 3: an angle beyond 360 degrees is the same angle
SELECT aspect, max_orb FROM aspects('{"sun": 725}', '{"moon": 13.5}', 'astrolog');

--
-- kerykeion's settings
--
SELECT '[{"name": "conjunction", "orb": 10}, {"name": "opposition", "orb": 10}, {"name": "trine", "orb": 8}, {"name": "sextile", "orb": 6}, {"name": "square", "orb": 5}, {"name": "quintile", "orb": 1}]'::jsonb::aspect_set;
SELECT '[{"name": "conjunction", "orb": 10}, {"name": "opposition", "orb": 10}, {"name": "trine", "orb": 8}, {"name": "sextile", "orb": 6}, {"name": "square", "orb": 5}, {"name": "quintile", "orb": 1}]'::jsonb::aspect_set::text = 'kerykeion'::aspect_set::text AS is_preset;
SELECT '{"first_subject": null, "active_aspects": [{"name": "semi-sextile", "orb": 1.5, "degree": 30, "is_major": false}]}'::jsonb::aspect_set;
SELECT '[]'::jsonb::aspect_set;
\echo :LAST_ERROR_SQLSTATE
SELECT '{"active_points": []}'::jsonb::aspect_set;
SELECT '5'::jsonb::aspect_set;
SELECT '["trine"]'::jsonb::aspect_set;
SELECT '[{"name": "trine"}]'::jsonb::aspect_set;
SELECT '[{"name": 3, "orb": 3}]'::jsonb::aspect_set;
SELECT '[{"name": "trin", "orb": 3}]'::jsonb::aspect_set;
SELECT '[{"name": "parallel", "orb": 1}]'::jsonb::aspect_set;
SELECT '[{"name": "trine", "orb": "8"}]'::jsonb::aspect_set;
\echo :LAST_ERROR_SQLSTATE
SELECT '[{"name": "trine", "orb": -1}]'::jsonb::aspect_set;
SELECT '[{"name": "trine", "orb": 1e999}]'::jsonb::aspect_set;
SELECT '[{"name": "trine", "orb": 8}, {"name": "Trine", "orb": 7}]'::jsonb::aspect_set;

--
-- Errors
--
SELECT 'major; sun'::aspect_set;
\echo :LAST_ERROR_SQLSTATE
SELECT 'major; sun moon'::aspect_set;
SELECT 'major; sun + moon'::aspect_set;
SELECT 'major; sun ++1'::aspect_set;
SELECT 'major; sun max'::aspect_set;
SELECT 'major; sun max -1'::aspect_set;
SELECT 'major; sun 181'::aspect_set;
\echo :LAST_ERROR_SQLSTATE
SELECT 'major; sun +0.00000001'::aspect_set;
SELECT 'major; sun NaN'::aspect_set;
SELECT 'major; sun +1, '::aspect_set;
SELECT 'major; sun +1, son +2'::aspect_set;
SELECT 'major; sun-mon 10'::aspect_set;
SELECT 'major; sun- 10, moon -'::aspect_set;
SELECT 'major; sun (trine 5'::aspect_set;
SELECT 'major; sun () 5'::aspect_set;
SELECT 'major; sun (quintile) 5'::aspect_set;
\echo :LAST_ERROR_SQLSTATE
SELECT 'major; sun casts'::aspect_set;
SELECT 'major; sun casts trine'::aspect_set;
SELECT 'major; sun-moon casts none'::aspect_set;
SELECT 'major; sun +1, sun +2'::aspect_set;
\echo :LAST_ERROR_SQLSTATE
SELECT 'major; sun-moon 5; moon-sun 6'::aspect_set;
SELECT 'major; sun (trine) 5, sun (square, trine) 6'::aspect_set;
SELECT 'major; sun casts none; sun casts (trine)'::aspect_set;
SELECT 'major; orbs'::aspect_set;
SELECT 'major; orbs median'::aspect_set;
SELECT 'major; additions mean'::aspect_set;
SELECT 'major; scale 20; sun 10'::aspect_set;
SELECT 'major; scale 2; sun 100'::aspect_set;
\echo :LAST_ERROR_SQLSTATE
SELECT ('major; ' || string_agg('stars-stars (trine) ' || n, ', '))::aspect_set IS NULL FROM generate_series(1, 20) AS n;
\echo :LAST_ERROR_SQLSTATE
SET client_min_messages = warning;
DROP SCHEMA orbs CASCADE;
