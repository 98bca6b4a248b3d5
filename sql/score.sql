--
-- Scores
--
-- A score model says which bodies score, how much each of them weighs and what
-- each aspect is worth; the score is the sum over all aspects between two
-- charts of weight * worth * (1 - orb / max orb), in points.
--

-- Who matches Frida Kahlo?  The default model is "personal".
SELECT name, synastry_score(frida.chart, people.chart) AS score
FROM people, (SELECT chart FROM people WHERE id = 20) frida
WHERE id <> 20
ORDER BY people.chart <~> frida.chart LIMIT 5;

-- ... and why
SELECT c.* FROM people frida, people diego, score_cells(frida.chart, diego.chart) c
WHERE frida.id = 20 AND diego.id = 21 ORDER BY abs(contribution) DESC LIMIT 8;

--
-- By hand
--

-- "weighted": the Sun, Moon, Venus and Mars weigh 3, Mercury and Jupiter 2,
-- Saturn 1.5, the others 1; a pair has the mean of both.  A conjunction is
-- worth 4, a trine 3, a sextile 2, a semisextile 1, a quincunx -1, a square -2,
-- an opposition -3; max orbs are those of "modern".
SELECT what, synastry_score(a, b, 'weighted') AS score, by_hand, synastry_score(b, a, 'weighted') AS reversed
FROM (VALUES
	('exact conjunction of the Suns', chart(sun => 11.1), chart(sun => 11.1), 3 * 4 * 1.0),
	('conjunction, half of its max orb of 10', chart(sun => 355), chart(moon => 360), 3 * 4 * 0.5),
	('conjunction, at its max orb', chart(sun => 355), chart(moon => 5), 0),
	('trine, half of its max orb of 8', chart(sun => 0), chart(venus => 124), 3 * 3 * 0.5),
	('sextile, half of its max orb of 6', chart(mars => 303), chart(mars => 0), 3 * 2 * 0.5),
	('semisextile, a quarter of its max orb of 2', chart(mercury => 0), chart(mercury => 30.5), 2 * 1 * 0.75),
	('square, a quarter of its max orb of 8', chart(mercury => 0), chart(saturn => 92), 1.75 * -2 * 0.75),
	('opposition, half of its max orb of 10', chart(venus => 90), chart(pluto => 265), 2 * -3 * 0.5),
	('quincunx, half of its max orb of 3', chart(sun => 0), chart(jupiter => 148.5), 2.5 * -1 * 0.5),
	('both Suns square, Moon and Sun conjunct', chart(sun => 0, moon => 90), chart(sun => 90), 3 * -2 + 3 * 4),
	('no aspect', chart(sun => 0, moon => 10), chart(sun => 50), 0)
) v(what, a, b, by_hand);

-- The slow planets do not score among each other in "personal", where those
-- aspects are shared by everybody born in the same years.
SELECT synastry_score(chart(pluto => 1), chart(pluto => 1), 'weighted') AS weighted,
	   synastry_score(chart(pluto => 1), chart(pluto => 1), 'personal') AS personal,
	   synastry_score(chart(pluto => 1), chart(pluto => 1, sun => 1), 'personal') AS with_sun;

-- The weight of a pair replaces the mean of its bodies, in either direction; a
-- negative one turns an aspect around.
SELECT model, synastry_score(chart(sun => 0), chart(moon => 0), model) AS sun_moon, synastry_score(chart(moon => 0), chart(sun => 0), model) AS moon_sun,
	   synastry_score(chart(sun => 0), chart(sun => 0), model) AS sun_sun, synastry_score(chart(moon => 0), chart(moon => 0), model) AS moon_moon
FROM unnest('{
	aspects (conjunction 8); bodies sun 4\, moon 1; worth conjunction 2,
	aspects (conjunction 8); bodies sun 4\, moon 1; worth conjunction 2; pairs sun-moon 10,
	aspects (conjunction 8); bodies sun 4\, moon 1; worth conjunction 2; pairs moon-sun -10\, sun-sun 0,
	aspects (conjunction 8); bodies sun 0\, moon 1; worth conjunction 2,
	aspects (conjunction 8); bodies sun 0.000001\, moon 0; worth conjunction 1000
	}'::score_model[]) model;

-- constant: the orb does not matter; strict: the bound does not count
SELECT model, array_agg(synastry_score(chart(sun => 0), chart(sun => orb), ('aspects (' || set || '); bodies sun 1; worth conjunction 10' || model)::score_model) ORDER BY orb) AS "0, 2, 7.9999, 8, 8.1"
FROM (VALUES (1, '', 'conjunction 8'), (2, '; constant', 'conjunction 8'), (3, '', 'conjunction 8; strict'), (4, '; constant', 'conjunction 8; strict'),
			 (5, '', 'conjunction 0'), (6, '; constant', 'conjunction 0'), (7, '', 'conjunction 0; strict'), (8, '', 'conjunction 180')) v(n, model, set),
	 unnest('{0, 2, 7.9999, 8, 8.1}'::float8[]) orb
GROUP BY n, model, set ORDER BY n;

--
-- What is not known does not score
--

-- Without a common scoring cell the score is unknown, not 0: it sorts last.
SELECT what, synastry_score(a, b) AS score, a <~> b AS mismatch, a <~> score_query(b, 'personal') AS by_query, b <~> a AS reversed,
	   (SELECT count(*) FROM score_cells(a, b)) AS cells
FROM (VALUES
	('cells, no aspect', chart(sun => 0), chart(sun => 50)),
	('Jupiter and Saturn', chart(jupiter => 1, saturn => 2), chart(jupiter => 1, saturn => 2)),
	('Jupiter and the Sun', chart(jupiter => 1), chart(sun => 1, saturn => 2)),
	('no planets', chart(ascendant => 1, chiron => 1), chart(ascendant => 1, chiron => 1)),
	('no planets in one', chart(ascendant => 1, chiron => 1), chart(sun => 1)),
	('empty', '{}', chart(sun => 1)),
	('both empty', '{}', '{}'),
	('NULL', NULL, chart(sun => 1))
) v(what, a, b);
SELECT n FROM (VALUES ('good', chart(sun => 2)), ('bad', chart(sun => 95)), ('unknown', chart(chiron => 2)), ('neutral', chart(sun => 20))) v(n, c)
ORDER BY c <~> chart(sun => 0);

-- A body that is not known takes its terms away and changes no other.
SELECT count(*) AS pairs,
	   count(*) FILTER (WHERE synastry_score(a.chart - '{moon}', b.chart) <>
							  synastry_score(a.chart, b.chart) - coalesce(c.of_moon, 0)) AS differences
FROM people a, people b,
	 LATERAL (SELECT sum(contribution) AS of_moon FROM score_cells(a.chart, b.chart) WHERE body_a = 'moon') c;

-- A body that does not score changes nothing, wherever it stands.
CREATE TEMP TABLE planets AS
	SELECT p.id, p.chart, x.planets, chart('{sirius,algol,vega}', ARRAY[p.id, p.id * 2, p.id * 5]) AS stars
	FROM people p,
		 LATERAL (SELECT chart(array_agg(longitude(p.chart, body) ORDER BY b.id)) FROM synastry_bodies() b WHERE b.id < 10) x(planets);
SELECT count(*) AS pairs,
	   count(*) FILTER (WHERE synastry_score(a.chart, b.chart) <> synastry_score(a.planets, b.planets)) AS both,
	   count(*) FILTER (WHERE synastry_score(a.chart, b.chart) <> synastry_score(a.planets, b.chart)) AS one,
	   count(*) FILTER (WHERE synastry_score(a.chart, b.chart) <> synastry_score(a.chart || b.stars, b.chart)) AS stars,
	   count(*) FILTER (WHERE synastry_score(a.chart - '{sun}', b.chart) <> synastry_score(a.planets - '{sun}', b.planets)) AS without_sun,
	   count(*) FILTER (WHERE (a.planets - '{sun,moon}') <~> b.chart <> (a.chart - '{sun,moon}') <~> b.planets) AS mismatch
FROM planets a, planets b;

--
-- All pairs of people
--
CREATE TEMP TABLE models (name text, model score_model);
INSERT INTO models VALUES
('default', 'personal'),
('weighted', 'weighted'),
('major', 'weighted; aspects (major)'),
('overlap', 'aspects (conjunction 20, sextile 20, square 20, trine 20, quintile 5; first); bodies planets 1, chiron 2, angles 0.7;
 worth conjunction 1, trine 0.333333, square -0.777777, quintile 5'),
('constant', 'weighted; constant'),
('strict', 'personal; aspects (group; strict; scale 0.5)'),
('pairs', 'personal; pairs sun-moon 12.345678, luminaries-saturn -3, sun-sun 0'),
('one side', 'weighted; aspects (modern; bodies_a luminaries; bodies_b slow)');

-- The cells sum up to the score exactly, to the last bit.
SELECT m.name, count(*) AS pairs, count(score) AS scores,
	   count(*) FILTER (WHERE score IS DISTINCT FROM sum) AS differences,
	   count(*) FILTER (WHERE score * 65536 <> trunc(score * 65536)) AS not_multiples
FROM models m, people a, people b,
	 LATERAL (SELECT synastry_score(a.chart, b.chart, model) AS score) s,
	 LATERAL (SELECT coalesce(sum(contribution), 0) AS sum FROM score_cells(a.chart, b.chart, model)) c
GROUP BY m.name ORDER BY m.name;

-- The cells are the aspects of pairs that weigh something.
SELECT m.name, count(*) AS aspects, count(*) FILTER (WHERE x.orb IS DISTINCT FROM c.orb) AS differences
FROM models m, people a, people b,
	 LATERAL (SELECT * FROM aspects(a.chart, b.chart, model::aspect_set)
			  WHERE body_a IN (SELECT body FROM synastry_bodies() WHERE id < 10) AND body_b IN (SELECT body FROM synastry_bodies() WHERE id < 10)
			 ) x FULL JOIN LATERAL score_cells(a.chart, b.chart, model) c USING (body_a, body_b, aspect)
WHERE m.name IN ('weighted', 'constant', 'one side') AND a.id <= 20
GROUP BY m.name ORDER BY m.name;

-- A model without a side is symmetric; <~> is minus the score, in both forms,
-- and its own commutator.
SELECT m.name,
	   count(*) FILTER (WHERE synastry_score(a.chart, b.chart, model) <> synastry_score(b.chart, a.chart, model)) > 0 AS asymmetric,
	   count(*) FILTER (WHERE a.chart <~> score_query(b.chart, model) <> -synastry_score(a.chart, b.chart, model)) AS query_differs
FROM models m, people a, people b
GROUP BY m.name ORDER BY m.name;
SELECT count(*) AS pairs,
	   count(*) FILTER (WHERE a.chart <~> b.chart <> -synastry_score(a.chart, b.chart)) AS not_minus,
	   count(*) FILTER (WHERE a.chart <~> b.chart <> b.chart <~> a.chart) AS not_commutative
FROM people a, people b;

-- The best matches of everybody, by operator and by function
SELECT count(*) AS differences
FROM people me,
	 LATERAL (SELECT array_agg(id) AS ids FROM (SELECT id FROM people ORDER BY chart <~> me.chart, id LIMIT 10) t) operator,
	 LATERAL (SELECT array_agg(id) AS ids FROM (SELECT id FROM people ORDER BY synastry_score(chart, me.chart) DESC NULLS LAST, id LIMIT 10) t) function,
	 LATERAL (SELECT array_agg(id) AS ids FROM (SELECT id FROM people ORDER BY chart <~> score_query(me.chart, 'personal'), id LIMIT 10) t) query
WHERE operator.ids <> function.ids OR operator.ids <> query.ids;
PREPARE best(chart) AS
	SELECT name, round((chart <~> $1)::numeric, 3) AS mismatch FROM people ORDER BY chart <~> $1 LIMIT 3;
EXECUTE best('{"sun": 103.4, "moon": 59.7}');
DEALLOCATE best;

--
-- Bounds
--

-- No score is greater than all its cells could give.
SELECT m.name, max(abs(synastry_score(a.chart, b.chart, model))) <= 81 * 3 * 4 AS within
FROM models m, people a, people b
WHERE m.name IN ('default', 'weighted', 'constant')
GROUP BY m.name ORDER BY m.name;

-- The largest score there is: 128 bodies at one point, each pair of them worth
-- 1000 points.  That is far beyond 32 bits in units of 2^-16.
CREATE TABLE crowd AS
	SELECT n, chart(array_agg(body ORDER BY id), array_agg(77.7::float8)) AS chart,
		   string_agg(body, ' 1, ') || ' 1' AS weights
	FROM unnest('{1,2,3,4,5,7,8,9,15,16,17,31,32,33,64,100,127,128}'::int[]) n,
		 LATERAL (SELECT * FROM synastry_bodies() ORDER BY id LIMIT n) b
	GROUP BY n;
SELECT n, synastry_score(chart, chart, ('aspects (conjunction 1); worth conjunction 1000; bodies ' || weights)::score_model) / n / n AS exact,
	   synastry_score(chart, chart, ('aspects (conjunction 1, trine 1); worth conjunction -1000; bodies ' || weights)::score_model) / n / n AS negative,
	   synastry_score(chart, chart, ('aspects (conjunction 1; strict); worth conjunction 1000; bodies ' || weights || '; constant')::score_model) / n / n AS constant,
	   synastry_score(chart, chart, ('aspects (a=30 40, b=80 20); worth a 1000; bodies ' || weights)::score_model) / n / n AS quarter
FROM crowd ORDER BY n;
SELECT synastry_score(chart, chart, ('aspects (conjunction 1); worth conjunction 1000; bodies ' || weights)::score_model) AS score FROM crowd WHERE n = 128;
-- 65 of the other side at that point, 63 half a circle away, where it is -500
SELECT synastry_score(a.chart, chart(array_agg(body ORDER BY id), array_agg(CASE WHEN id % 2 = 0 THEN 77.7 ELSE 257.7 END)),
					  ('aspects (conjunction 1, opposition 1); worth conjunction 1000, opposition -500; bodies ' || a.weights)::score_model) AS score
FROM crowd a, (SELECT * FROM synastry_bodies() ORDER BY id LIMIT 128) b
WHERE n = 128 GROUP BY a.chart, a.weights;
DROP TABLE crowd;
