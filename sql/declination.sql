--
-- What joins two charts besides aspects in longitude: parallels of declination,
-- antiscia, bodies on midpoints.  And bodies out of bounds.
--
-- All of it is said again in plain SQL over the positions of sixty people.
--
CREATE SCHEMA declination;
SET search_path = declination, public;
SET jit = off;

CREATE TABLE sky AS
	SELECT p.id, b.id AS body_id, p.body, p.longitude, p.declination::numeric
	FROM public.positions AS p JOIN synastry_bodies() AS b USING (body);
ANALYZE sky;

-- a difference of longitudes as the shorter arc
CREATE FUNCTION arc(degrees float8) RETURNS float8
	RETURN 180 - abs(180 - (degrees::numeric % 360 + 360) % 360);

--
-- declination_aspects()
--
SELECT x.* FROM people AS john, people AS yoko, declination_aspects(john.chart, yoko.chart, 0.5) AS x
WHERE john.name = 'John Lennon' AND yoko.name = 'Yoko Ono';

-- Everybody with everybody, to the last digit: same side of the equator and
-- same declination, or other side and opposite declination.
CREATE TABLE parallels AS
	SELECT a.id AS a, b.id AS b, x.*
	FROM people AS a, people AS b, declination_aspects(a.chart, b.chart) AS x;
CREATE TABLE said_in_sql AS
	SELECT a.id AS a, b.id AS b, a.body AS body_a, b.body AS body_b,
		CASE WHEN a.declination * b.declination >= 0 THEN 'parallel' ELSE 'contraparallel' END AS aspect,
		a.declination::float8 AS declination_a, b.declination::float8 AS declination_b,
		abs(abs(a.declination) - abs(b.declination))::float8 AS orb
	FROM sky AS a, sky AS b
	WHERE abs(abs(a.declination) - abs(b.declination)) <= 1;
SELECT aspect, count(*) FROM parallels GROUP BY aspect ORDER BY aspect;
(TABLE parallels EXCEPT ALL TABLE said_in_sql) UNION ALL (TABLE said_in_sql EXCEPT ALL TABLE parallels);

-- Who comes first does not matter; oneself is parallel to oneself.
SELECT count(*) AS without_counterpart
FROM parallels AS p LEFT JOIN parallels AS q
	ON (q.a, q.b, q.body_a, q.body_b, q.aspect, q.orb) = (p.b, p.a, p.body_b, p.body_a, p.aspect, p.orb)
WHERE q.a IS NULL;
SELECT aspect, orb, count(*) FROM parallels WHERE a = b AND body_a = body_b GROUP BY aspect, orb;

-- Near the equator a pair is within the orb of both.  Whoever reports every match
-- reports it twice; here the tighter counts, which is that of the hemispheres,
-- and with a body on the equator the parallel.
CREATE FUNCTION sun_at(declination float8) RETURNS chart
	RETURN chart(bodies => '{sun}', longitudes => '{0}', declinations => ARRAY[declination]);
SELECT a, b, aspect, orb
FROM (VALUES (0.3, 0.2), (0.3, -0.2), (-0.3, 0.2), (-0.3, -0.2), (0.3, 0), (0, -0.3), (0, 0), (0.3, -0.3), (1e-7, -1e-7)) AS t (a, b),
	declination_aspects(sun_at(a), sun_at(b));

-- The orb is inclusive, to the last digit.  (Astrolog's is strict: there the first
-- row would be missing.)
SELECT a, b, t.orb AS max_orb, aspect, x.orb
FROM (VALUES (10, 11, 1), (10, 11.0000001, 1), (10, 11.0000001, 1.0000001), (-10, 11, 1), (0.1, 0.3, 0.2), (0.1, 0.4, 0.3),
		(23.1, 23.1, 0), (23.1, 23.1000001, 0), (90, -90, 0), (90, 0, 89.9999999), (90, 0, 90), (90, -89, 180)) AS t (a, b, orb)
	LEFT JOIN LATERAL declination_aspects(sun_at(a), sun_at(b), t.orb) AS x ON true;

-- A declination that is not known is not 0.
SELECT * FROM declination_aspects('{"sun": {"longitude": 1, "declination": 0.1}, "moon": 2}', '{"sun": 3, "mars": {"longitude": 4, "declination": 0}}');
SELECT * FROM declination_aspects('{"sun": 1}', '{"sun": {"longitude": 1, "declination": 0.1}}');
SELECT * FROM declination_aspects('{}', '{}');
SELECT * FROM declination_aspects('{"sun": 1}', NULL);

SELECT * FROM declination_aspects('{}', '{}', -0.1);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM declination_aspects('{}', '{}', 'NaN');
SELECT * FROM declination_aspects('{}', '{}', 180.1);

--
-- Out of bounds: a declination that the Sun never reaches
--
SELECT name, b.body, b.declination
FROM people, bodies(chart) AS b
WHERE b.out_of_bounds AND b.body IN ('moon', 'mercury', 'venus', 'mars') AND id <= 20
ORDER BY abs(b.declination) DESC;

SELECT body, count(*) AS out_of_bounds FROM people, bodies(chart) WHERE out_of_bounds GROUP BY body ORDER BY body;
SELECT count(*) AS wrong
FROM people AS p, bodies(p.chart) AS b JOIN sky AS s USING (body)
WHERE s.id = p.id AND b.out_of_bounds IS DISTINCT FROM (abs(s.declination) > 84381.406 / 3600
	AND body NOT IN ('sun', 'true_node', 'mean_node', 'ascendant', 'midheaven'));

-- The obliquity decreases, by 0.013 degrees a century: by that of J2000 alone,
-- the Sun of these people would be where the Sun never is.
SELECT name, b.declination, b.out_of_bounds FROM people, bodies(chart) AS b
WHERE b.body = 'sun' AND abs(b.declination) > 23.4392794 ORDER BY id;

SELECT body, declination, out_of_bounds
FROM bodies(chart(bodies => '{moon,mercury,venus,mars,jupiter,saturn,ascendant,vertex,spica}', longitudes => '{1,2,3,4,5,6,7,8,9}',
	declinations => '{23.4392794,23.4392795,-23.4392794,-23.4392795,NULL,0,23.46,-23.46,90}'));

--
-- antiscia()
--
SELECT x.* FROM people AS john, people AS yoko, antiscia(john.chart, yoko.chart) AS x
WHERE john.name = 'John Lennon' AND yoko.name = 'Yoko Ono';

CREATE TABLE mirrored AS
	SELECT a.id AS a, b.id AS b, x.* FROM people AS a, people AS b, antiscia(a.chart, b.chart) AS x;
CREATE TABLE mirrored_in_sql AS
	SELECT a.id AS a, b.id AS b, a.body AS body_a, b.body AS body_b, m.aspect, arc(m.longitude - b.longitude) AS orb
	FROM sky AS a, sky AS b,
		LATERAL (VALUES ('antiscion', 180 - a.longitude), ('contra_antiscion', 360 - a.longitude)) AS m (aspect, longitude)
	WHERE cosd(m.longitude - b.longitude) >= cosd(1.6) AND arc(m.longitude - b.longitude) <= 1.5;
SELECT aspect, count(*), count(m.orb) AS found, count(s.orb) AS in_sql, max(abs(m.orb - s.orb)) < 1e-6 AS same_orb
FROM mirrored AS m FULL JOIN mirrored_in_sql AS s USING (a, b, body_a, body_b, aspect) GROUP BY aspect ORDER BY aspect;
SELECT count(*) AS without_counterpart
FROM mirrored AS p LEFT JOIN mirrored AS q
	ON (q.a, q.b, q.body_a, q.body_b, q.aspect, q.orb) = (p.b, p.a, p.body_b, p.body_a, p.aspect, p.orb)
WHERE q.a IS NULL;

-- Around 0 Aries and 0 Cancer; the orb inclusive, also where units round.
SELECT a, b, aspect, x.orb
FROM (VALUES (10, 170), (10, 350), (359, 181.5), (359, 181.6), (0, 0), (90, 90), (270, 270), (180, 180), (0, 180), (45, 45),
		(89.3, 92.2), (89.3, 92.2000001), (0.1, 358.4), (0.1, 358.3999999)) AS t (a, b),
	antiscia(chart(sun => a), chart(moon => b)) AS x;
SELECT count(*) AS of_a_thousand, count(*) FILTER (WHERE beyond) AS beyond
FROM generate_series(1, 1000) AS i, LATERAL (VALUES (i * 0.3571234::numeric, false), (i * 0.3571234::numeric, true)) AS t (a, beyond),
	antiscia(chart(sun => a::float8), chart(moon => (181.5 - a + CASE WHEN beyond THEN 0.0000003 ELSE 0 END)::float8));
SELECT aspect, x.orb FROM antiscia('{"sun": 0}', '{"sun": 90}', 90) AS x;
SELECT * FROM antiscia('{"sun": 0}', '{}');
SELECT * FROM antiscia('{"sun": 0}', '{"sun": 180}', 'Infinity');

--
-- midpoint_contacts()
--
SELECT x.* FROM people AS john, people AS yoko, midpoint_contacts(john.chart, yoko.chart, 0.1) AS x
WHERE john.name = 'John Lennon' AND yoko.name = 'Yoko Ono';

-- Each with the next of the list.  The midpoint is said by vectors: the direction
-- of the sum of two.
CREATE TABLE contacts AS
	SELECT a.id AS a, b.id AS b, x.*
	FROM people AS a JOIN people AS b ON b.id = a.id + 1, midpoint_contacts(a.chart, b.chart) AS x;
CREATE TABLE contacts_in_sql AS
	WITH midpoints AS MATERIALIZED (
		SELECT p.id, p.body AS midpoint_body_1, q.body AS midpoint_body_2,
			atan2d(sind(p.longitude) + sind(q.longitude), cosd(p.longitude) + cosd(q.longitude)) AS longitude
		FROM sky AS p JOIN sky AS q ON p.id = q.id AND p.body_id < q.body_id
	)
	SELECT least(s.id, m.id) AS a, greatest(s.id, m.id) AS b, CASE WHEN s.id < m.id THEN 'a' ELSE 'b' END AS chart,
		s.body, midpoint_body_1, midpoint_body_2, aspect, arc(m.longitude + angle - s.longitude) AS orb
	FROM midpoints AS m JOIN sky AS s ON abs(s.id - m.id) = 1, (VALUES ('conjunction', 0), ('opposition', 180)) AS t (aspect, angle)
	WHERE arc(m.longitude + angle - s.longitude) <= 1.5;
SELECT chart, aspect, count(*), count(m.orb) AS found, count(s.orb) AS in_sql, max(abs(m.orb - s.orb)) < 1e-6 AS same_orb
FROM contacts AS m FULL JOIN contacts_in_sql AS s USING (a, b, chart, body, midpoint_body_1, midpoint_body_2, aspect)
GROUP BY chart, aspect ORDER BY chart, aspect;
-- With A and B exchanged: the same rows.
SELECT count(*), count(*) FILTER (WHERE c.a IS NULL) AS not_found
FROM people AS a JOIN people AS b ON b.id = a.id - 1, midpoint_contacts(a.chart, b.chart) AS x
	LEFT JOIN contacts AS c ON (c.body, c.midpoint_body_1, c.midpoint_body_2, c.aspect, c.orb, c.chart)
		= (x.body, x.midpoint_body_1, x.midpoint_body_2, x.aspect, x.orb, CASE x.chart WHEN 'a' THEN 'b' ELSE 'a' END)
WHERE (c.a, c.b) = (b.id, a.id);

-- The midpoint is that of composite().
SELECT count(*) AS composites, count(x.orb) AS on_the_composite, count(DISTINCT c.body) AS bodies, max(x.orb) AS orb
FROM people AS a JOIN people AS b ON b.id = a.id + 1 CROSS JOIN bodies(composite(a.chart, b.chart)) AS c
	LEFT JOIN midpoint_contacts(chart(sun => longitude(a.chart, c.body), moon => longitude(b.chart, c.body)), chart(mars => c.longitude), 0) AS x
		ON x.aspect = 'conjunction';

-- On either side of 0 Aries.  Bodies exactly opposite have two midpoints, both as
-- near (kerykeion 5 takes the direction of rounding noise for the midpoint); of
-- bodies almost opposite one is nearer.
SELECT pair, mars, aspect, x.orb
FROM (VALUES ('{350,20}'::float8[], 5), ('{350,20}', 186.5), ('{350,20}', 186.6), ('{10,190}', 100), ('{10,190}', 281), ('{10,190}', 10),
		('{0,180}', 90), ('{0,180}', 270), ('{10,190.000002}', 100), ('{10,190.000002}', 280), ('{10,189.999998}', 100),
		('{77,77}', 77), ('{77,77}', 257), ('{1,1.0000001}', 1)) AS t (pair, mars),
	midpoint_contacts(chart(mars => mars), chart(sun => pair[1], moon => pair[2])) AS x;
-- The orb, inclusive where units and halves of them round.
SELECT count(*) AS of_a_thousand, count(*) FILTER (WHERE beyond) AS beyond
FROM generate_series(1, 1000) AS i, LATERAL (VALUES (false), (true)) AS t (beyond),
	midpoint_contacts(chart(mars => ((i * 0.3571234 + i * 0.1234568) / 2 + 1.5 + CASE WHEN beyond THEN 0.0000003 ELSE 0 END)::float8),
		chart(sun => (i * 0.3571234)::float8, moon => (i * 0.1234568)::float8));
SELECT aspect, x.orb FROM midpoint_contacts('{"mars": 95}', '{"sun": 0, "moon": 10}', 90) AS x;
SELECT aspect, x.orb FROM midpoint_contacts('{"mars": 95.000001}', '{"sun": 0, "moon": 10}', 90) AS x;
SELECT * FROM midpoint_contacts('{"sun": 1}', '{"sun": 1}');
SELECT * FROM midpoint_contacts('{"sun": 1}', '{"sun": 1}', -1);

-- The largest charts: 128 bodies of either on all 8128 midpoints of the other,
-- in bounded memory.
CREATE TABLE largest AS
	SELECT chart(array_agg(body ORDER BY id), array_agg((id * 47 % 360)::float8 ORDER BY id)) AS chart
	FROM (SELECT * FROM synastry_bodies() ORDER BY id LIMIT 128) AS b;
SELECT count(*) FROM largest, midpoint_contacts(chart, chart, 90);
SET statement_timeout = '200ms';
SELECT count(*) FROM largest, generate_series(1, 100000), midpoint_contacts(chart, chart, 90);
RESET statement_timeout;

SET client_min_messages = warning;
DROP SCHEMA declination CASCADE;
