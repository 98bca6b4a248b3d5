--
-- The scores of other programs: peer_score(), peer_cells(); the balance of
-- elements and modalities.  Each rule is said again in plain SQL.
--

\pset null '(null)'
SET jit = off;

CREATE TEMP TABLE pairs AS
SELECT a.id AS id_a, b.id AS id_b, a.chart AS a, b.chart AS b FROM people AS a, people AS b;
CREATE TEMP TABLE said AS
SELECT id_a, id_b, a, b, score, peer_score(a, b, score) AS points
FROM pairs, unnest('{discepolo,discepolo_k5,discepolo_k6,astrolog_power,stellium,soft_hard}'::text[]) AS score;
SELECT score, count(points), min(points)::numeric(9, 3), percentile_disc(0.5) WITHIN GROUP (ORDER BY points)::numeric(9, 3) AS median,
	max(points)::float4
FROM said GROUP BY score ORDER BY score;

--
-- Discepolo
--

-- John Lennon and Yoko Ono: kerykeion 5 says 12, because it takes the orbs of its
-- drawings; with Discepolo's, which it has but does not use, it would say 8.
SELECT score, points, discepolo_tier(points) FROM said WHERE (id_a, id_b) = (1, 2) AND score LIKE 'disc%' ORDER BY score;
SELECT k.* FROM pairs, peer_cells(a, b, 'discepolo_k5') AS k WHERE (id_a, id_b) = (1, 2);
SELECT k.* FROM pairs, peer_cells(a, b, 'discepolo') AS k WHERE (id_a, id_b) = (1, 2);

CREATE TEMP VIEW suns AS
SELECT id, (floor(longitude(chart, 'sun') / 30)::int % 3) AS modality FROM people;
CREATE FUNCTION published(aspects aspect_set) RETURNS TABLE (id_a int, id_b int, points float8)
BEGIN ATOMIC
	SELECT p.id_a, p.id_b,
		(SELECT coalesce(sum(CASE WHEN aspect = 'conjunction' AND ARRAY[body_a, body_b] <@ '{sun,moon}' AND body_a <> body_b
				THEN CASE WHEN orb <= 2 THEN 11 ELSE 8 END ELSE 4 END), 0)
		 FROM aspects(p.a, p.b, $1)
		 WHERE body_a IN ('sun', 'moon', 'ascendant') AND body_b IN ('sun', 'moon', 'ascendant'))
		+ CASE WHEN a.modality = b.modality THEN 5 ELSE 0 END
	FROM pairs AS p JOIN suns AS a ON a.id = p.id_a JOIN suns AS b ON b.id = p.id_b;
END;
CREATE FUNCTION kerykeion(aspects aspect_set) RETURNS TABLE (id_a int, id_b int, points float8)
BEGIN ATOMIC
	SELECT p.id_a, p.id_b,
		(SELECT coalesce(sum(CASE
			WHEN (body_a, body_b) = ('sun', 'sun') AND aspect IN ('conjunction', 'opposition', 'square')
				THEN CASE WHEN orb <= 2 THEN 11 ELSE 8 END
			WHEN (body_a, body_b) IN (('sun', 'moon'), ('moon', 'sun')) AND aspect = 'conjunction'
				THEN CASE WHEN orb <= 2 THEN 11 ELSE 8 END
			WHEN (body_a, body_b) IN (('sun', 'sun'), ('sun', 'moon'), ('moon', 'sun'), ('sun', 'ascendant'), ('ascendant', 'sun'),
				('moon', 'ascendant'), ('ascendant', 'moon'), ('venus', 'mars'), ('mars', 'venus')) THEN 4
			ELSE 0 END), 0)
		 FROM aspects(p.a, p.b, $1))
		+ CASE WHEN a.modality = b.modality THEN 5 ELSE 0 END
	FROM pairs AS p JOIN suns AS a ON a.id = p.id_a JOIN suns AS b ON b.id = p.id_b;
END;
SELECT score, count(*) AS pairs, count(*) FILTER (WHERE s.points = o.points) AS same
FROM said AS s JOIN (
	SELECT 'discepolo' AS score, * FROM published('discepolo') UNION ALL
	SELECT 'discepolo_k5', * FROM kerykeion('conjunction 10, opposition 10, trine 8, sextile 6, square 5') UNION ALL
	SELECT 'discepolo_k6', * FROM kerykeion('conjunction 8, opposition 8, trine 7, square 5, sextile 4')) AS o USING (score, id_a, id_b)
GROUP BY score ORDER BY score;

-- What kerykeion leaves out: Moon to Moon and ascendant to ascendant score.
SELECT peer_score('{"moon": 100}', '{"moon": 220}', 'discepolo') AS moons,
	peer_score('{"ascendant": 100}', '{"ascendant": 220}', 'discepolo') AS ascendants,
	peer_score('{"moon": 100}', '{"moon": 220}', 'discepolo_k5') AS kerykeion;
-- Asked twice it is the same, where kerykeion's get_relationship_score() doubles.
SELECT peer_score(a, b, 'discepolo_k5') = peer_score(a, b, 'discepolo_k5') AS same FROM pairs WHERE (id_a, id_b) = (1, 2);
-- 11 points up to 2 degrees inclusive, 8 to the max orb, and nothing beyond
SELECT orb, peer_score('{"sun": 10.1}', jsonb_build_object('moon', 10.1 + orb), 'discepolo')
FROM unnest('{2, 2.0000005, 8, 8.0000005}'::numeric[]) AS orb;
-- destiny signs without any aspect
SELECT * FROM peer_cells('{"sun": 1}', '{"sun": 109}', 'discepolo');
-- Nothing in common is NULL; in common, but no aspect, is 0.
SELECT peer_score('{"sun": 10}', '{"mars": 10}', 'discepolo') AS nothing, peer_score('{"sun": 10}', '{"moon": 32}', 'discepolo') AS none,
	peer_score('{"venus": 10}', '{"venus": 10}', 'discepolo_k5') AS nothing_k5;

--
-- Astrolog
--

CREATE TEMP TABLE influences (body text, influence float8, max_orb float8, addition float8);
INSERT INTO influences VALUES ('sun', 30, 360, 1), ('moon', 25, 360, 1), ('mercury', 10, 360, 0), ('venus', 10, 360, 0),
	('mars', 10, 360, 0), ('jupiter', 10, 360, 0), ('saturn', 10, 360, 0), ('uranus', 8, 360, 0), ('neptune', 8, 360, 0),
	('pluto', 8, 360, 0), ('chiron', 6, 360, 0), ('mean_node', 5, 2, 0), ('mean_lilith', 4, 2, 0), ('ascendant', 20, 360, 0),
	('midheaven', 15, 360, 0);
CREATE TEMP TABLE astrolog AS
SELECT id_a, id_b, body_a, body_b, aspect, x.orb, power * (a.influence + b.influence) / 2 * (1 - orb / reach) AS points
FROM pairs, aspects(a, b, 'conjunction 12, opposition 12, square 12, trine 12, sextile 12') AS x
	JOIN (VALUES ('conjunction', 1.0::float8, 7::float8), ('opposition', 0.8, 7), ('square', 0.8, 7), ('trine', 0.6, 7), ('sextile', 0.6, 6))
		AS w (aspect, power, max) USING (aspect)
	JOIN influences AS a ON a.body = body_a JOIN influences AS b ON b.body = body_b,
	LATERAL (SELECT least(w.max, a.max_orb, b.max_orb) + a.addition + b.addition AS reach) AS r
WHERE orb < reach;
SELECT count(*) AS pairs, count(*) FILTER (WHERE abs(s.points - o.points) < 1e-4) AS same
FROM (SELECT id_a, id_b, sum(points) AS points FROM astrolog GROUP BY id_a, id_b) AS o JOIN said AS s USING (id_a, id_b)
WHERE score = 'astrolog_power';
SELECT count(*) AS cells, count(*) FILTER (WHERE abs(k.points - o.points) < 4e-6) AS same
FROM (SELECT id_a, id_b, k.* FROM pairs, peer_cells(a, b, 'astrolog_power') AS k) AS k
	FULL JOIN astrolog AS o USING (id_a, id_b, body_a, body_b, aspect);
-- Bounds are strict; Sun and Moon add a degree each, a node allows 2.
SELECT * FROM peer_cells('{"sun": 10, "mars": 20, "mean_node": 60}', '{"moon": 18.9, "venus": 27, "jupiter": 62, "saturn": 61.9}', 'astrolog_power');

--
-- Stellium: it scores as if orbs were 10 degrees, whatever they are.
--

SELECT count(*) AS pairs, count(*) FILTER (WHERE abs(s.points - o.points) < 1e-4) AS same
FROM (SELECT id_a, id_b, (avg(w.worth * (1 - orb / 10)) + 0.5) / 1.5 * 100 AS points
	  FROM pairs, aspects(a, b, 'stellium') AS x
		JOIN (VALUES ('conjunction', 0.5), ('sextile', 1), ('square', -0.5), ('trine', 1), ('opposition', -0.3)) AS w (aspect, worth)
			USING (aspect)
	  GROUP BY id_a, id_b) AS o JOIN said AS s USING (id_a, id_b)
WHERE score = 'stellium';
SELECT peer_score('{"sun": 0}', '{"sun": 120}', 'stellium') AS trine, peer_score('{"sun": 0}', '{"sun": 90}', 'stellium') AS square,
	peer_score('{"sun": 0}', '{"sun": 40}', 'stellium') AS no_aspect, peer_score('{"sun": 0}', '{}', 'stellium') AS no_body;

--
-- Soft by hard
--

SELECT count(*) AS pairs, count(*) FILTER (WHERE s.points = o.points) AS same, count(*) FILTER (WHERE s.points >= 1.5) AS smooth
FROM (SELECT id_a, id_b, coalesce(count(*) FILTER (WHERE nature = 'harmonious')::float8 / nullif(count(*) FILTER (WHERE nature = 'challenging'), 0),
			'Infinity') AS points
	  FROM pairs, aspects(a, b, 'conjunction 8, sextile 8, square 8, trine 8, opposition 8; bodies planets')
	  GROUP BY id_a, id_b) AS o JOIN said AS s USING (id_a, id_b)
WHERE score = 'soft_hard';
SELECT peer_score('{"sun": 0}', '{"sun": 120}', 'soft_hard') AS only_soft, peer_score('{"sun": 0}', '{"sun": 90}', 'soft_hard') AS only_hard,
	peer_score('{"sun": 0}', '{"sun": 2}', 'soft_hard') AS neither;

-- Exchanged, scores are the same; and bad names
SELECT count(*) AS scores, count(*) FILTER (WHERE x.points = y.points) AS same
FROM said AS x JOIN said AS y ON (x.score, x.id_a, x.id_b) = (y.score, y.id_b, y.id_a);
SELECT peer_score('{}', '{}', 'lilly');
SELECT peer_cells('{}', '{}', '');
SELECT peer_score('{}', NULL, 'lilly') IS NULL AS unknown;
SELECT points, discepolo_tier(points) FROM unnest('{0, 4.9, 5, 10, 15, 20, 29, 30, 100}'::float8[]) AS points;

--
-- Elements and modalities
--

SELECT b.* FROM pairs, element_balance(a, b) AS b WHERE (id_a, id_b) = (1, 2);
SELECT b.* FROM pairs, modality_balance(a, b) AS b WHERE (id_a, id_b) = (1, 2);
WITH signs AS (
	SELECT people.id, ('{fire,earth,air,water}'::text[])[1 + floor(longitude / 30)::int % 4] AS element,
		('{cardinal,fixed,mutable}'::text[])[1 + floor(longitude / 30)::int % 3] AS modality
	FROM people, bodies(chart) JOIN synastry_bodies() AS r USING (body) WHERE r.id < 10)
SELECT kind, count(*) AS rows, count(*) FILTER (WHERE (bodies_a, bodies_b) = (in_a, in_b)
	AND (share_a, share_b) = (in_a / 10.0::float8, in_b / 10.0::float8)) AS same
FROM (SELECT id_a, id_b, 'element' AS kind, element AS name, bodies_a, bodies_b, share_a, share_b,
			(SELECT count(*) FROM signs WHERE id = id_a AND signs.element = e.element) AS in_a,
			(SELECT count(*) FROM signs WHERE id = id_b AND signs.element = e.element) AS in_b
	  FROM pairs, element_balance(a, b) AS e WHERE id_a % 10 = 1
	  UNION ALL
	  SELECT id_a, id_b, 'modality', modality, bodies_a, bodies_b, share_a, share_b,
			(SELECT count(*) FROM signs WHERE id = id_a AND signs.modality = e.modality),
			(SELECT count(*) FROM signs WHERE id = id_b AND signs.modality = e.modality)
	  FROM pairs, modality_balance(a, b) AS e WHERE id_a % 10 = 1) AS rows
GROUP BY kind ORDER BY kind;
-- Harmony is the same for both people, and at most 20.  CosmicHub's is not: with
-- two planets of A in fire and one in air, and three of B in air, it says 4 one
-- way round and 2 the other.
SELECT count(*) AS pairs, count(*) FILTER (WHERE ab = ba) AS same, max(ab) <= 20 AS bounded, max(ab) FILTER (WHERE id_a = id_b) AS oneself
FROM (SELECT id_a, id_b, (SELECT sum(harmony) FROM element_balance(a, b)) AS ab, (SELECT sum(harmony) FROM element_balance(b, a)) AS ba
	  FROM pairs) AS harmonies;
WITH x AS (SELECT '{"sun": 1, "moon": 2, "mars": 61}'::chart AS a, '{"sun": 62, "moon": 63, "mars": 64}'::chart AS b)
SELECT (SELECT sum(harmony) FROM element_balance(a, b)) AS ab, (SELECT sum(harmony) FROM element_balance(b, a)) AS ba FROM x;
SELECT * FROM element_balance('{"ascendant": 10}', '{"sun": 10}');
-- 30 degrees is Taurus
SELECT element, bodies_a, bodies_b FROM element_balance('{"sun": 30}', '{"sun": 29.9999999}');
