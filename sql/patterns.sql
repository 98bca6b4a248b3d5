--
-- Patterns across charts: patterns() of a couple, group_patterns() of a group.
-- Every definition is said again as a join over the rows of aspects() and
-- natal_aspects().
--

\pset null '(null)'
SET jit = off;

-- John Lennon and Yoko Ono, planets only
SELECT p.* FROM people AS a, people AS b, patterns(a.chart, b.chart, 'synastry, quincunx 3; bodies planets') AS p
WHERE (a.id, b.id) = (1, 2);

-- By hand: each definition, with one body of the other chart
SELECT * FROM patterns('{"sun": 0, "moon": 120}', '{"mars": 241}');
SELECT * FROM patterns('{"sun": 0, "moon": 182}', '{"mars": 89}');
SELECT * FROM patterns('{"sun": 0, "moon": 180}', '{"mars": 90, "venus": 271}');
SELECT * FROM patterns('{"sun": 0, "moon": 60}', '{"mars": 211}');
SELECT * FROM patterns('{"sun": 0, "moon": 120}', '{"mars": 240, "venus": 62}');
SELECT * FROM patterns('{"sun": 359, "moon": 1}', '{"mars": 3}');
-- A T-square's apex stands last, and a kite's body that is opposed first.
SELECT * FROM patterns('{"sun": 90}', '{"mars": 0, "venus": 180}');

-- Where a tool is wrong.  AstroChart's grand trine is two trines: here, of 114 and
-- 114 degrees, with 132 between the ends.  A grand trine needs three.
SELECT count(*) FROM patterns('{"sun": 0, "moon": 114}', '{"mars": 228}');
SELECT body_a, body_b, aspect FROM aspects('{"sun": 0, "moon": 114}', '{"mars": 228}')
UNION ALL SELECT body_a, body_b, aspect FROM natal_aspects('{"sun": 0, "moon": 114}', 'synastry');
-- Its kite takes any opposition: here the fourth body is opposite to one of the
-- three, but not in sextile to the other two.
SELECT pattern, bodies FROM patterns('{"sun": 0, "moon": 124}', '{"mars": 238, "venus": 185}');
-- Both charts take part: what is in one chart alone is not of the couple.
SELECT count(*) FROM patterns('{"sun": 0, "moon": 120, "mars": 240}', '{"venus": 50}');
-- A chart's axis is no opposition, but two charts' ascendant and descendant may be.
SELECT pattern, bodies, charts FROM patterns('{"ascendant": 0, "descendant": 180}', '{"mars": 90}');
SELECT pattern, bodies, charts FROM patterns('{"ascendant": 0}', '{"mars": 90, "descendant": 180}');
SELECT pattern, bodies, charts FROM patterns('{"true_node": 0, "true_south_node": 180}', '{"mars": 90}');
-- Bounds are those of the set: inclusive to the last digit, or strict.
SELECT pattern, orb FROM patterns('{"sun": 10.1, "moon": 130.1}', '{"mars": 256.1}');
SELECT pattern, orb FROM patterns('{"sun": 10.1, "moon": 130.1}', '{"mars": 256.1}', 'synastry; strict');
-- without quincunx no yod
SELECT count(*) FROM patterns('{"sun": 0, "moon": 60}', '{"mars": 211}', 'synastry');
-- Bodies that a side lists; unknown stays unknown.
SELECT pattern, bodies, charts FROM patterns('{"sun": 0, "moon": 120, "mars": 1}', '{"sun": 2, "mars": 240}', 'synastry; bodies_a luminaries; bodies_b mars');
SELECT count(*) FROM patterns('{}', '{"sun": 1}');
SELECT count(*) FROM patterns('{}', '{}');
SELECT count(*) FROM patterns(NULL, '{}');
-- Stelliums: maximal, over 0 degrees, and all around only once
SELECT bodies, charts, orb FROM patterns('{"sun": 356, "moon": 358, "mars": 1, "pluto": 4}', '{"venus": 0, "saturn": 7.5}');
SELECT bodies, charts, orb FROM patterns('{"sun": 0, "moon": 120}', '{"venus": 240}', 'conjunction 180');
SELECT bodies, charts, orb FROM patterns('{"sun": 5, "moon": 5}', '{"sun": 5}');

--
-- The oracle
--

CREATE TEMP TABLE sets (name text, definition aspect_set);
INSERT INTO sets VALUES ('default', 'synastry, quincunx 3'), ('wide', 'modern'), ('personal', 'major, quincunx 5; bodies personal, ascendant, true_node');
CREATE TEMP TABLE pairs AS
SELECT a.id AS id_a, b.id AS id_b, a.chart AS a, b.chart AS b FROM people AS a, people AS b WHERE a.id % 12 = 1 AND b.id % 5 = 2;
CREATE TEMP TABLE said AS
SELECT name, id_a, id_b, p.* FROM sets, pairs, patterns(a, b, definition) AS p;
-- who is joined to whom, both ways; a member is "1 sun", "2 moon"
CREATE TEMP TABLE edges AS
SELECT name, id_a, id_b, x.m, x.n, aspect, orb
FROM (SELECT name, id_a, id_b, '1 ' || body_a AS m, '2 ' || body_b AS n, aspect, orb FROM sets, pairs, aspects(a, b, definition)
	  UNION ALL
	  SELECT name, id_a, id_b, '1 ' || body_a, '1 ' || body_b, aspect, orb FROM sets, pairs, natal_aspects(a, definition)
	  UNION ALL
	  SELECT name, id_a, id_b, '2 ' || body_a, '2 ' || body_b, aspect, orb FROM sets, pairs, natal_aspects(b, definition)) AS e,
	LATERAL (VALUES (m, n), (n, m)) AS x (m, n);
CREATE INDEX ON edges (name, id_a, id_b, m, aspect);
ANALYZE edges;

CREATE TEMP TABLE triples AS
SELECT x.name, x.id_a, x.id_b, k.pattern, x.m AS a, x.n AS b, y.n AS c, greatest(x.orb, y.orb, z.orb) AS orb
FROM (VALUES ('grand_trine', 'trine', 'trine'), ('t_square', 'opposition', 'square'), ('yod', 'sextile', 'quincunx')) AS k (pattern, base, side)
	JOIN edges AS x ON x.aspect = base
	JOIN edges AS y ON (y.name, y.id_a, y.id_b, y.m, y.aspect) = (x.name, x.id_a, x.id_b, x.n, side)
	JOIN edges AS z ON (z.name, z.id_a, z.id_b, z.m, z.aspect, z.n) = (x.name, x.id_a, x.id_b, x.m, side, y.n)
WHERE x.m < x.n AND (pattern <> 'grand_trine' OR x.n < y.n);
CREATE TEMP TABLE quadruples AS
-- two T-squares on the same opposition, whose apexes are opposite
SELECT s.name, s.id_a, s.id_b, 'grand_cross' AS pattern, s.a, s.b, s.c, t.c AS d, greatest(s.orb, t.orb, o.orb) AS orb
FROM triples AS s JOIN triples AS t USING (name, id_a, id_b, pattern, a, b)
	JOIN edges AS o ON (o.name, o.id_a, o.id_b, o.m, o.n, o.aspect) = (s.name, s.id_a, s.id_b, s.c, t.c, 'opposition')
WHERE pattern = 't_square' AND s.c < t.c AND s.a < s.c
UNION ALL
SELECT g.name, g.id_a, g.id_b, 'kite', v.a, v.b, v.c, o.n, greatest(g.orb, o.orb, x.orb, y.orb)
FROM triples AS g, LATERAL (VALUES (g.a, g.b, g.c), (g.b, g.a, g.c), (g.c, g.a, g.b)) AS v (a, b, c),
	edges AS o, edges AS x, edges AS y
WHERE pattern = 'grand_trine'
	AND (o.name, o.id_a, o.id_b, o.m, o.aspect) = (g.name, g.id_a, g.id_b, v.a, 'opposition')
	AND (x.name, x.id_a, x.id_b, x.m, x.aspect, x.n) = (g.name, g.id_a, g.id_b, v.b, 'sextile', o.n)
	AND (y.name, y.id_a, y.id_b, y.m, y.aspect, y.n) = (g.name, g.id_a, g.id_b, v.c, 'sextile', o.n);
-- stelliums: from each body on, those within the orb of a conjunction; not part of another
CREATE TEMP TABLE members AS
SELECT name, id_a, id_b, chart || ' ' || body AS m, longitude,
	CASE name WHEN 'default' THEN 6 WHEN 'wide' THEN 10 ELSE 8 END AS reach
FROM sets, pairs, LATERAL (SELECT 1 AS chart, * FROM bodies(a) UNION ALL SELECT 2, * FROM bodies(b)) AS x
WHERE name <> 'personal' OR body IN ('sun', 'moon', 'mercury', 'venus', 'mars', 'ascendant', 'true_node');
CREATE TEMP TABLE arcs AS
SELECT x.name, x.id_a, x.id_b, x.m, array_agg(y.m ORDER BY y.m) AS run,
	max((y.longitude::numeric - x.longitude::numeric + 360) % 360)::float8 AS orb
FROM members AS x JOIN members AS y USING (name, id_a, id_b)
WHERE (y.longitude::numeric - x.longitude::numeric + 360) % 360 <= x.reach
GROUP BY x.name, x.id_a, x.id_b, x.m;
CREATE TEMP TABLE oracle AS
SELECT name, id_a, id_b, pattern, (SELECT array_agg(m ORDER BY m) FROM unnest(ARRAY[a, b, c]) AS m) AS members,
	CASE WHEN pattern <> 'grand_trine' THEN c END AS last, orb
FROM triples
UNION ALL
SELECT name, id_a, id_b, pattern, (SELECT array_agg(m ORDER BY m) FROM unnest(ARRAY[a, b, c, d]) AS m),
	CASE WHEN pattern = 'kite' THEN d END, orb
FROM quadruples
UNION ALL
SELECT DISTINCT name, id_a, id_b, 'stellium', run, NULL, orb
FROM arcs AS x
WHERE cardinality(run) >= 3 AND NOT EXISTS (SELECT FROM arcs AS y
	WHERE (y.name, y.id_a, y.id_b) = (x.name, x.id_a, x.id_b) AND y.run @> x.run AND y.run <> x.run);
DELETE FROM oracle WHERE NOT (array_to_string(members, ',') ~ '1 ' AND array_to_string(members, ',') ~ '2 ');

CREATE TEMP TABLE named AS
SELECT name, id_a, id_b, pattern,
	(SELECT array_agg(charts[i] || ' ' || bodies[i] ORDER BY charts[i] || ' ' || bodies[i]) FROM generate_subscripts(bodies, 1) AS i) AS members,
	CASE WHEN pattern IN ('t_square', 'yod', 'kite') THEN charts[cardinality(charts)] || ' ' || bodies[cardinality(bodies)] END AS last, orb
FROM said;
SELECT name, pattern, count(*) AS patterns, count(*) FILTER (WHERE abs(s.orb - o.orb) <= 2e-6) AS same
FROM named AS s FULL JOIN oracle AS o USING (name, id_a, id_b, pattern, members)
GROUP BY name, pattern ORDER BY name, pattern;
SELECT count(*) AS rows, count(*) FILTER (WHERE s.last IS NOT DISTINCT FROM o.last) AS same_apex
FROM named AS s JOIN oracle AS o USING (name, id_a, id_b, pattern, members);
-- A kite comes with its grand trine, a grand cross with its four T-squares, in one
-- chart or in both.
CREATE TEMP TABLE whole AS
SELECT row_number() OVER () AS n, id_a, id_b, pattern,
	(SELECT array_agg(charts[i] || bodies[i]) FROM generate_subscripts(bodies, 1) AS i) AS members
FROM pairs, group_patterns(ARRAY[a, b], 'modern', 1) WHERE id_a = 1;
SELECT pattern, count(*) > 50 AS many, bool_and(parts = CASE pattern WHEN 'kite' THEN 1 ELSE 4 END) AS with_parts
FROM (SELECT k.pattern, (SELECT count(*) FROM whole AS g
		WHERE (g.id_a, g.id_b, g.pattern) = (k.id_a, k.id_b, CASE k.pattern WHEN 'kite' THEN 'grand_trine' ELSE 't_square' END)
			AND g.members <@ k.members) AS parts
	  FROM whole AS k WHERE pattern IN ('kite', 'grand_cross')) AS k GROUP BY pattern ORDER BY pattern;
-- Exchanged, the same patterns
SELECT count(*) AS differences FROM (
	(SELECT name, id_a, id_b, pattern, orb FROM said
	 EXCEPT ALL SELECT name, id_a, id_b, p.pattern, p.orb FROM sets, pairs, patterns(b, a, definition) AS p)
	UNION ALL
	(SELECT name, id_a, id_b, p.pattern, p.orb FROM sets, pairs, patterns(b, a, definition) AS p
	 EXCEPT ALL SELECT name, id_a, id_b, pattern, orb FROM said)) AS d;

--
-- Groups
--

-- The Beatles, in one query; charts by their position
SELECT p.* FROM (SELECT array_agg(chart ORDER BY id) AS beatles FROM people WHERE id IN (1, 3, 4, 5)) AS b,
	group_patterns(beatles, 'synastry, quincunx 3; bodies personal; scale 0.7', 3) AS p;
-- Of two it is patterns(); with at least one chart, what is in each is there too.
SELECT count(*) AS couples, count(*) FILTER (WHERE (SELECT array_agg(x::text) FROM patterns(a, b) AS x) IS NOT DISTINCT FROM
	(SELECT array_agg(x::text) FROM group_patterns(ARRAY[a, b]) AS x)) AS same
FROM pairs;
SELECT min_charts, p.* FROM generate_series(1, 3) AS min_charts,
	group_patterns('{"{\"sun\": 0, \"moon\": 120, \"mars\": 240}","{\"venus\": 119}"}', 'synastry', min_charts) AS p;
-- What three have together, each two have not.
SELECT p.* FROM group_patterns(ARRAY['{"sun": 0}', '{"sun": 121}', NULL, '{"sun": 241}']::chart[]) AS p;
-- A larger group
WITH team AS (SELECT array_agg(chart ORDER BY id) AS charts FROM people WHERE id <= 12)
SELECT p.pattern, count(*), max(cardinality(p.charts)) AS most FROM team, group_patterns(charts, 'synastry, quincunx 3; bodies planets; scale 0.5', 3) AS p
GROUP BY pattern ORDER BY pattern;
SELECT count(*) FROM group_patterns('{}');
SELECT count(*) FROM group_patterns(NULL);
SELECT group_patterns('{}', min_charts => 0);
SELECT count(*) FROM (SELECT array_agg(chart) AS charts FROM people, generate_series(1, 2)) AS all_people, group_patterns(charts);

-- A long search is cancelled at once.
BEGIN;
SET LOCAL statement_timeout = '300ms';
SELECT count(*) FROM (SELECT array_agg(chart) AS charts FROM people) AS all_people,
	group_patterns(charts, 'conjunction 15, opposition 15, trine 15, square 15, sextile 15, quincunx 15');
ROLLBACK;
