--
-- The same rules, written down naively
--
-- The kernels compare binary angles in vectors, look aspects up in buckets and
-- sum integers.  Here all that is said again as plain SQL over the positions
-- of all 60 x 60 pairs of people: a join of positions, positions and rules.
-- Both must agree in every row.
--
SET work_mem = '128MB';
SET enable_mergejoin = off;
SET jit = off;

-- A longitude is the nearest of 2^32 units of the circle, and bounds and ties
-- are decided in units; see src/types/README.md.
CREATE FUNCTION units(degrees float8) RETURNS int8
	RETURN round(degrees::numeric * 4294967296 / 360);
CREATE FUNCTION degrees_of(units int8) RETURNS float8
	RETURN round(units * 360e6::float8 / 4294967296) / 1e6;

CREATE TEMP TABLE sky AS
	SELECT p.id, b.id AS body_id, p.body, p.longitude, units(p.longitude) AS angle
	FROM positions p JOIN synastry_bodies() b USING (body);
CREATE TEMP TABLE cells AS
	SELECT row_number() OVER (ORDER BY a.id, b.id, a.body_id, b.body_id)::int AS cell,
		   a.id AS a, b.id AS b, a.body AS body_a, b.body AS body_b,
		   least(abs(a.angle - b.angle), 4294967296 - abs(a.angle - b.angle)) AS separation,
		   least(abs(a.longitude - b.longitude), 360 - abs(a.longitude - b.longitude)) AS degrees
	FROM sky a, sky b
	ORDER BY cell;
ANALYZE cells;
SELECT count(*) AS cells, count(DISTINCT (a, b)) AS pairs FROM cells;

-- What a person would note about aspect sets: angles and max orbs in the order
-- of the list, and the options.
CREATE TEMP TABLE sets (
	set text, definition aspect_set, strict bool, first bool, bodies_a text[], bodies_b text[]
);
INSERT INTO sets VALUES
('synastry', 'synastry', false, false, NULL, NULL),
('major', 'major', false, false, NULL, NULL),
('modern', 'modern', false, false, NULL, NULL),
('kerykeion_all', 'kerykeion_all', false, true, NULL, NULL),
('strict', 'modern, quintile 0, semisquare 1.5; scale 0.35; strict', true, false, NULL, NULL),
-- angles of one's own, in an order that matters
('custom', 'conjunction 7.5, trine=119.5 3.25, septile=51.428571 1.5, golden=137.5077641 2, opposition=179 6; strict; first',
 true, true, NULL, NULL),
-- windows that overlap nearly everywhere: the tightest, or the first of the list
('wide', 'conjunction 15, opposition 15, trine 15, square 15, sextile 15, quincunx 10, semisextile 10, quintile 10,
 semisquare 10; bodies personal, saturn, chiron', false, false,
 '{sun,moon,mercury,venus,mars,saturn,chiron}',
 '{sun,moon,mercury,venus,mars,saturn,chiron}'),
('wide, first', 'conjunction 15, opposition 15, trine 15, square 15, sextile 15, quincunx 10, semisextile 10, quintile 10,
 semisquare 10; bodies personal, saturn, chiron; first', false, true,
 '{sun,moon,mercury,venus,mars,saturn,chiron}',
 '{sun,moon,mercury,venus,mars,saturn,chiron}'),
-- not everybody has all of these
('sides', 'major; bodies_a luminaries, chiron; bodies_b ascendant, midheaven, mean_lilith, mars', false, false,
 '{sun,moon,chiron}', '{ascendant,midheaven,mean_lilith,mars}');

CREATE TEMP TABLE rules (set text, place int, aspect text, angle float8, max_orb float8, nature text);
INSERT INTO rules
	SELECT set, row_number() OVER (PARTITION BY set ORDER BY place), aspect, angle, max_orb,
		   CASE WHEN aspect IN ('sextile', 'trine', 'semisextile', 'quintile', 'biquintile') THEN 'harmonious'
				WHEN aspect IN ('square', 'opposition', 'semisquare', 'quincunx', 'sesquiquadrate') THEN 'challenging'
				ELSE 'neutral' END
	FROM (VALUES
		  ('synastry', 1, 'conjunction', 0, 6), ('synastry', 2, 'opposition', 180, 6), ('synastry', 3, 'trine', 120, 6),
		  ('synastry', 4, 'square', 90, 6), ('synastry', 5, 'sextile', 60, 4),
		  ('modern', 1, 'conjunction', 0, 10), ('modern', 2, 'sextile', 60, 6), ('modern', 3, 'square', 90, 8),
		  ('modern', 4, 'trine', 120, 8), ('modern', 5, 'opposition', 180, 10), ('modern', 6, 'quincunx', 150, 3),
		  ('modern', 7, 'semisextile', 30, 2),
		  ('kerykeion_all', 1, 'conjunction', 0, 10), ('kerykeion_all', 2, 'semisextile', 30, 1),
		  ('kerykeion_all', 3, 'semisquare', 45, 1), ('kerykeion_all', 4, 'sextile', 60, 6),
		  ('kerykeion_all', 5, 'quintile', 72, 1), ('kerykeion_all', 6, 'square', 90, 5),
		  ('kerykeion_all', 7, 'trine', 120, 8), ('kerykeion_all', 8, 'sesquiquadrate', 135, 1),
		  ('kerykeion_all', 9, 'biquintile', 144, 1), ('kerykeion_all', 10, 'quincunx', 150, 1),
		  ('kerykeion_all', 11, 'opposition', 180, 10),
		  ('wide', 1, 'conjunction', 0, 15), ('wide', 2, 'opposition', 180, 15), ('wide', 3, 'trine', 120, 15),
		  ('wide', 4, 'square', 90, 15), ('wide', 5, 'sextile', 60, 15), ('wide', 6, 'quincunx', 150, 10),
		  ('wide', 7, 'semisextile', 30, 10), ('wide', 8, 'quintile', 72, 10), ('wide', 9, 'semisquare', 45, 10),
		  ('custom', 1, 'conjunction', 0, 7.5), ('custom', 2, 'trine', 119.5, 3.25), ('custom', 3, 'septile', 51.428571, 1.5),
		  ('custom', 4, 'golden', 137.5077641, 2), ('custom', 5, 'opposition', 179, 6),
		  ('major', 1, 'conjunction', 0, 8), ('major', 2, 'opposition', 180, 8), ('major', 3, 'trine', 120, 8),
		  ('major', 4, 'square', 90, 8), ('major', 5, 'sextile', 60, 6),
		  ('strict', 1, 'conjunction', 0, 3.5), ('strict', 2, 'sextile', 60, 2.1), ('strict', 3, 'square', 90, 2.8),
		  ('strict', 4, 'trine', 120, 2.8), ('strict', 5, 'opposition', 180, 3.5), ('strict', 6, 'quincunx', 150, 1.05),
		  ('strict', 7, 'semisextile', 30, 0.7), ('strict', 8, 'quintile', 72, 0), ('strict', 9, 'semisquare', 45, 0.525)
		 ) rule (set, place, aspect, angle, max_orb);
INSERT INTO rules SELECT 'wide, first', place, aspect, angle, max_orb, nature FROM rules WHERE set = 'wide';
INSERT INTO rules SELECT 'sides', place, aspect, angle, max_orb, nature FROM rules WHERE set = 'major';
-- the code of an aspect is its rank by angle
CREATE TEMP VIEW rules_in_units AS
	SELECT *, rank() OVER (PARTITION BY set ORDER BY angle)::int AS code,
		   units(angle) AS angle_units, units(max_orb) AS max_orb_units,
		   CASE WHEN angle::numeric % 30 = 0 THEN angle / 30 END AS signs_apart
	FROM rules;

-- The aspects of all pairs.  Every aspect in orb is a candidate; of several one
-- counts: the one with the smallest orb (the lower angle, if two are equally
-- close), or the first of the list.  A bound is inclusive to the last digit,
-- which is one unit more, or strict, two units less.
CREATE FUNCTION naive_aspects(set_name text, up_to int DEFAULT 60)
	RETURNS TABLE (cell int, code int, orb int8)
BEGIN ATOMIC
	SELECT DISTINCT ON (c.cell) c.cell, r.code, abs(c.separation - r.angle_units)
	FROM sets s
		 JOIN rules_in_units r USING (set)
		 JOIN cells c ON abs(c.separation - r.angle_units) <= r.max_orb_units + CASE WHEN s.strict THEN -2 ELSE 1 END
	WHERE s.set = set_name AND c.a <= up_to
		  AND (s.bodies_a IS NULL OR c.body_a = ANY (s.bodies_a))
		  AND (s.bodies_b IS NULL OR c.body_b = ANY (s.bodies_b))
	ORDER BY c.cell, CASE WHEN s.first THEN r.place ELSE abs(c.separation - r.angle_units) END, r.angle;
END;
ANALYZE sets, rules;
CREATE TEMP TABLE naive AS SELECT s.set, n.* FROM sets s, naive_aspects(s.set) n;
ANALYZE naive;

-- Every row of aspects() against every row of the naive rules, in all columns;
-- "differences" are rows that are not the same, or that only one side has.
CREATE FUNCTION compare_aspects(set_name text, up_to int, OUT aspects bigint, OUT same bigint, OUT differences bigint)
BEGIN ATOMIC
	SELECT count(*), count(*) FILTER (WHERE equal), count(*) FILTER (WHERE equal IS NOT TRUE)
	FROM (SELECT (e.aspect, e.angle, e.max_orb, e.nature) = (n.aspect, n.angle, degrees_of(n.max_orb_units), n.nature) AND
				 (e.separation, e.orb) = (degrees_of(n.separation), degrees_of(n.orb)) AND
				 abs(e.separation - n.degrees) <= 1e-6 AND
				 e.strength = CASE WHEN n.max_orb = 0 THEN 1
								   ELSE round(greatest(0, 1 - n.orb / n.max_orb_units::float8) * 1e6) / 1e6 END AND
				 e.out_of_sign IS NOT DISTINCT FROM
				 (6 - abs(6 - abs(floor(e.longitude_a / 30) - floor(e.longitude_b / 30))) <> n.signs_apart) AS equal
		  FROM (SELECT p.id AS a, q.id AS b, x.*
				FROM sets s, people p, people q, aspects(p.chart, q.chart, s.definition) x
				WHERE s.set = set_name AND p.id <= up_to) e
			   FULL JOIN
			   (SELECT *
				FROM naive JOIN cells USING (cell) JOIN rules_in_units USING (set, code)
				WHERE set = set_name AND a <= up_to) n USING (a, b, body_a, body_b)) compared;
END;
SELECT s.set, c.* FROM sets s, compare_aspects(s.set, 60) c WHERE s.set <> 'major';

-- The oracle is able to fail: an orb wrong by a hundredth of a degree, a list
-- in another order, the first instead of the tightest, an aspect too many, a body
-- forgotten, an angle rounded.
BEGIN;
UPDATE rules SET max_orb = 8.01 WHERE set = 'major' AND aspect = 'trine';
UPDATE rules SET place = 9 - place WHERE set = 'wide, first';
UPDATE sets SET first = true WHERE set = 'wide';
UPDATE rules SET max_orb = 0.1 WHERE set = 'strict' AND aspect = 'quintile';
UPDATE sets SET bodies_b = '{ascendant,midheaven,mars}' WHERE set = 'sides';
UPDATE rules SET angle = 137.5 WHERE set = 'custom' AND aspect = 'golden';
TRUNCATE naive;
INSERT INTO naive SELECT s.set, n.* FROM sets s, naive_aspects(s.set, 5) n;
SELECT s.set, c.differences > 0 AS noticed FROM sets s, compare_aspects(s.set, 5) c ORDER BY noticed, set;
ROLLBACK;

-- Every cell of the matrices: codes are ranks by angle, 0 where there is no
-- aspect, row by row, of the bodies that take part.
SELECT s.set, count(*) AS matrices, sum(cardinality(codes)) AS cells,
	   count(*) FILTER (WHERE codes IS DISTINCT FROM ARRAY(SELECT unnest(aspect_matrix(p.chart, q.chart, s.definition)::int[])))
		   AS differences
FROM (SELECT set, a, b, array_agg(coalesce(n.code, 0) ORDER BY cell) AS codes
	  FROM sets s CROSS JOIN cells c LEFT JOIN naive n USING (set, cell)
	  WHERE set IN ('kerykeion_all', 'wide, first', 'sides')
			AND (s.bodies_a IS NULL OR c.body_a = ANY (s.bodies_a))
			AND (s.bodies_b IS NULL OR c.body_b = ANY (s.bodies_b))
	  GROUP BY set, a, b) m
	 JOIN sets s USING (set) JOIN people p ON p.id = m.a JOIN people q ON q.id = m.b
GROUP BY s.set ORDER BY s.set;

--
-- Scores
--

-- What a person would note about score models: points of an exact aspect,
-- weights of bodies, and of pairs in either direction.
CREATE TEMP TABLE models (model text, definition score_model, set text, constant bool);
CREATE TEMP TABLE worths (model text, aspect text, worth float8);
CREATE TEMP TABLE weights (model text, body text, weight float8);
CREATE TEMP TABLE pairs (model text, body_a text, body_b text, weight float8);
INSERT INTO models VALUES
('personal', 'personal', 'modern', false),
('weighted', 'weighted', 'modern', false),
('other orbs', 'weighted; aspects (major)', 'major', false),
('strict', 'weighted; aspects (modern, quintile 0, semisquare 1.5; scale 0.35; strict)', 'strict', false),
('constant', 'aspects (modern); bodies sun 1.25, moon 2, venus 1, mars 0, chiron 0.5; worth conjunction 2, trine 1, square -0.75;
 constant; pairs sun-moon 10, moon-moon -2.5, venus-venus 0, mars-venus 0.000001', 'modern', true),
('negative', 'aspects (synastry); bodies ascendant 12.5, sun 0.1, mean_lilith 0.3;
 worth conjunction -1, trine -0.5, opposition -0.000001', 'synastry', false),
('sides', 'aspects (major; bodies_a luminaries, chiron; bodies_b ascendant, midheaven, mean_lilith, mars);
 bodies luminaries 3, chiron 1, ascendant 2, mars 0.7; worth conjunction 4, trine 3, square -2; pairs moon-mars 0', 'sides', false);
INSERT INTO worths VALUES
('weighted', 'conjunction', 4), ('weighted', 'trine', 3), ('weighted', 'sextile', 2), ('weighted', 'semisextile', 1),
('weighted', 'quincunx', -1), ('weighted', 'square', -2), ('weighted', 'opposition', -3),
('constant', 'conjunction', 2), ('constant', 'trine', 1), ('constant', 'square', -0.75),
('negative', 'conjunction', -1), ('negative', 'trine', -0.5), ('negative', 'opposition', -0.000001),
('sides', 'conjunction', 4), ('sides', 'trine', 3), ('sides', 'square', -2);
INSERT INTO worths
	SELECT other, aspect, worth FROM worths, unnest('{personal,other orbs,strict}'::text[]) other WHERE model = 'weighted';
INSERT INTO weights VALUES
('weighted', 'sun', 3), ('weighted', 'moon', 3), ('weighted', 'venus', 3), ('weighted', 'mars', 3), ('weighted', 'mercury', 2),
('weighted', 'jupiter', 2), ('weighted', 'saturn', 1.5), ('weighted', 'uranus', 1), ('weighted', 'neptune', 1), ('weighted', 'pluto', 1),
('constant', 'sun', 1.25), ('constant', 'moon', 2), ('constant', 'venus', 1), ('constant', 'mars', 0), ('constant', 'chiron', 0.5),
('negative', 'ascendant', 12.5), ('negative', 'sun', 0.1), ('negative', 'mean_lilith', 0.3),
('sides', 'sun', 3), ('sides', 'moon', 3), ('sides', 'chiron', 1), ('sides', 'ascendant', 2), ('sides', 'mars', 0.7);
INSERT INTO weights
	SELECT other, body, weight FROM weights, unnest('{personal,other orbs,strict}'::text[]) other WHERE model = 'weighted';
INSERT INTO pairs VALUES
('constant', 'sun', 'moon', 10), ('constant', 'moon', 'sun', 10), ('constant', 'moon', 'moon', -2.5), ('constant', 'venus', 'venus', 0),
('constant', 'mars', 'venus', 0.000001), ('constant', 'venus', 'mars', 0.000001),
('sides', 'moon', 'mars', 0), ('sides', 'mars', 'moon', 0);
INSERT INTO pairs
	SELECT 'personal', a, b, 0
	FROM unnest('{jupiter,saturn,uranus,neptune,pluto}'::text[]) a, unnest('{jupiter,saturn,uranus,neptune,pluto}'::text[]) b;

ANALYZE models, worths, weights, pairs;

-- The people, and what is left of them if less is known: all, not the Moon,
-- only the slow planets, only luminaries and angles, no planet, nothing.
CREATE TEMP TABLE charts AS
	SELECT 'whole' AS charts, id, chart FROM people
	UNION ALL
	SELECT 'partial', id, CASE id % 6 WHEN 0 THEN chart
									  WHEN 1 THEN chart - '{moon}'
									  WHEN 2 THEN chart - '{personal,chiron,nodes,mean_lilith,angles}'
									  WHEN 3 THEN chart - '{mercury,venus,mars,slow,nodes,chiron}'
									  WHEN 4 THEN chart - '{planets}'
									  ELSE '{}' END
	FROM people;
CREATE TEMP TABLE known AS
	SELECT charts, id, body FROM charts, bodies(chart);
ANALYZE charts, known;

-- The score is the sum over aspects, unknown where no cell scores: a cell
-- scores if both bodies have weights and take part in the set, and the weight
-- of the pair is not 0.
CREATE TEMP TABLE scoring_cells AS
	SELECT m.model, m.set, m.constant, cell, a, b, c.body_a, c.body_b, coalesce(p.weight, (x.weight + y.weight) / 2) AS weight
	FROM models m JOIN sets s USING (set) JOIN weights x USING (model) JOIN weights y USING (model)
		 LEFT JOIN pairs p ON (p.model, p.body_a, p.body_b) = (m.model, x.body, y.body)
		 JOIN cells c ON (c.body_a, c.body_b) = (x.body, y.body)
	WHERE coalesce(p.weight, (x.weight + y.weight) / 2) <> 0
		  AND (s.bodies_a IS NULL OR x.body = ANY (s.bodies_a))
		  AND (s.bodies_b IS NULL OR y.body = ANY (s.bodies_b));
ANALYZE scoring_cells;
CREATE TEMP TABLE contributions AS
	SELECT model, cell, a, b, body_a, body_b, code IS NOT NULL AS has_aspect,
		   weight * coalesce(worth, 0) *
		   CASE WHEN constant OR max_orb = 0 THEN 1 ELSE greatest(0, 1 - orb / max_orb_units::float8) END AS points
	FROM scoring_cells LEFT JOIN naive USING (set, cell) LEFT JOIN rules_in_units USING (set, code)
		 LEFT JOIN worths USING (model, aspect);
ANALYZE contributions;
CREATE TEMP TABLE naive_scores AS
	SELECT model, charts, a, b, sum(points) AS score, count(*) FILTER (WHERE has_aspect) AS aspects
	FROM contributions JOIN known x ON (x.id, x.body) = (a, body_a) JOIN known y USING (charts)
	WHERE (y.id, y.body) = (b, body_b)
	GROUP BY model, charts, a, b;

-- Both may differ by 2^-16 for each aspect, because cells are rounded.
CREATE FUNCTION compare_scores(max_difference float8)
	RETURNS TABLE (model text, charts text, pairs bigint, scores bigint, average text, differences bigint)
BEGIN ATOMIC
	SELECT model, charts, count(*), count(e.score), to_char(avg(e.score), 'S990.00'),
		   count(*) FILTER (WHERE (e.score IS NULL) <> (n.score IS NULL) OR abs(e.score - n.score) > n.aspects * max_difference)
	FROM (SELECT m.model, charts, p.id AS a, q.id AS b, synastry_score(p.chart, q.chart, m.definition) AS score
		  FROM models m CROSS JOIN charts p JOIN charts q USING (charts)) e
		 FULL JOIN naive_scores n USING (model, charts, a, b)
	GROUP BY model, charts
	ORDER BY model, charts DESC;
END;
RESET enable_mergejoin;
SELECT * FROM compare_scores(1 / 65536::float8);

-- ... and it is able to fail here too: one weight wrong by a thousandth
UPDATE naive_scores SET score = score * 1.001 WHERE model = 'weighted';
SELECT model, charts, differences > 0 AS noticed FROM compare_scores(1 / 65536::float8) WHERE model IN ('personal', 'weighted');

DROP FUNCTION compare_scores, compare_aspects, naive_aspects;
DROP VIEW rules_in_units;
DROP FUNCTION units, degrees_of;
