--
-- Aspects between two charts
--
-- A row per aspect: which body of A with which body of B, how far apart they
-- are, how exact that is.  Edges by hand; sql/oracle.sql compares whole
-- matrices of real people.
--

-- John Lennon and Yoko Ono, his luminaries with her personal planets
SELECT x.body_a, x.body_b, x.aspect, x.angle, x.separation, x.orb, x.max_orb, x.strength, x.nature
FROM people john, people yoko, aspects(john.chart, yoko.chart, 'modern; bodies_a luminaries; bodies_b personal') x
WHERE john.id = 1 AND yoko.id = 2;

-- The columns that need longitudes: two bodies within orb of a trine, 120
-- degrees, stand four signs apart, or else the trine is out of sign.
SELECT x.body_a, x.longitude_a, x.body_b, x.longitude_b, x.aspect, x.orb, x.out_of_sign
FROM people john, people yoko, aspects(john.chart, yoko.chart) x
WHERE john.id = 1 AND yoko.id = 2 AND x.out_of_sign;

-- A separation is the shorter arc, across 0 degrees Aries too, and an aspect
-- lies on either side of its exact angle.
SELECT a, b, x.aspect, x.separation, x.orb, x.strength
FROM (VALUES (350, 10), (10, 350), (0, 360), (359.9999999, 0), (0, 180), (180, 0), (355, 179), (1, 177), (177, 1), (181, 359),
	  (300, 60), (60, 300), (170, 290), (0, 111.5), (0, 128.5), (90, 270.00001)) v(a, b),
	 aspects(chart(sun => a), chart(moon => b), 'modern, conjunction 20') x;

-- What is not in orb makes no row, and neither does what is not known.
SELECT count(*) FROM aspects(chart(sun => 10), chart(sun => 50));
SELECT count(*) FROM aspects(chart(sun => 0), '{}');
SELECT count(*) FROM aspects('{}', chart(sun => 0));
SELECT count(*) FROM aspects('{}', '{}');
SELECT count(*) FROM aspects(chart(sun => 0), NULL);
SELECT count(*) FROM aspects(chart(sun => 0), chart(sun => 0), NULL);
-- a body that is not known is never at 0 degrees Aries
SELECT x.body_a, x.body_b, x.orb FROM aspects(chart(moon => 1), chart(sun => 359, moon => NULL)) x;

--
-- Bounds are inclusive to the last digit that a person types
--

-- Longitudes with one to seven decimals, angles and orbs with up to four: one
-- body anywhere, the other on the bound above or below the exact angle, on
-- either side.  An inclusive bound counts every time, a strict one never.  A
-- millionth of a degree beyond never counts, a millionth within always.
CREATE FUNCTION on_bound(places int, angle numeric, max_orb numeric, n int)
	RETURNS TABLE (tried int, on_it int, on_it_strict int, beyond int, within int, within_strict int)
LANGUAGE plpgsql AS $$
DECLARE
	inclusive aspect_set := format('test=%s %s', angle, max_orb);
	exclusive aspect_set := format('test=%s %s; strict', angle, max_orb);
	step numeric := 0.000001;
	a numeric;
	arc numeric;
	c chart;
BEGIN
	tried := 0; on_it := 0; on_it_strict := 0; beyond := 0; within := 0; within_strict := 0;
	FOR i IN 1 .. n LOOP
		-- over the whole circle by the golden section, every third near 0 Aries
		a := round((i * 222.4922359499 % 360) / CASE i % 3 WHEN 0 THEN 1000 ELSE 1 END, places);
		c := chart(sun => a::float8);
		FOREACH arc IN ARRAY ARRAY[angle + max_orb, angle - max_orb, -angle - max_orb, -angle + max_orb] LOOP
			CONTINUE WHEN abs(arc) > 180 OR abs(arc) < angle - max_orb OR max_orb > angle AND abs(arc) < angle + max_orb;
			tried := tried + 1;
			step := sign(abs(arc) - angle) * sign(arc) * abs(step);
			on_it := on_it + (SELECT count(*) FROM aspects(c, chart(moon => (a + arc)::float8), inclusive));
			on_it_strict := on_it_strict + (SELECT count(*) FROM aspects(c, chart(moon => (a + arc)::float8), exclusive));
			beyond := beyond + (SELECT count(*) FROM aspects(c, chart(moon => (a + arc + step)::float8), inclusive));
			within := within + (SELECT count(*) FROM aspects(c, chart(moon => (a + arc - step)::float8), inclusive));
			within_strict := within_strict + (SELECT count(*) FROM aspects(c, chart(moon => (a + arc - step)::float8), exclusive));
		END LOOP;
	END LOOP;
	RETURN NEXT;
END $$;
SELECT places, angle, max_orb, bound.*
FROM (VALUES (1, 120, 8), (2, 120, 8), (3, 90, 7.5), (4, 60, 4.3333), (5, 51.4286, 1.1), (6, 150, 2.25), (7, 45, 0.3),
			 (7, 137.5077, 1.0001), (7, 0, 6), (6, 180, 6), (7, 30, 0.0001), (1, 90, 89)) v(places, angle, max_orb),
	 on_bound(places, angle, max_orb, 300) bound;
-- an arc of 0 or 180 has only one side, and with a max orb of 180 all is in orb
SELECT count(*) AS tried, count(*) FILTER (WHERE EXISTS (SELECT FROM aspects(chart(sun => 0), chart(sun => d / 10.0), 'all=0 180'))) AS zero,
	   count(*) FILTER (WHERE EXISTS (SELECT FROM aspects(chart(sun => 0), chart(sun => d / 10.0), 'all=180 180'))) AS opposite,
	   count(*) FILTER (WHERE EXISTS (SELECT FROM aspects(chart(sun => 0), chart(sun => d / 10.0), 'all=90 90'))) AS square,
	   count(*) FILTER (WHERE EXISTS (SELECT FROM aspects(chart(sun => 0), chart(sun => d / 10.0), 'all=0 180; strict'))) AS but_180
FROM generate_series(0, 3599) d;

-- A max orb of 0 is the exact aspect alone, of full strength; strict it is
-- nothing.
SELECT b, x.aspect, x.orb, x.max_orb, x.strength
FROM unnest('{120, 240, 120.000001, 119.999999}'::float8[]) b, aspects(chart(sun => 0), chart(moon => b), 'trine 0') x;
SELECT count(*) FROM aspects(chart(sun => 0), chart(moon => 120), 'trine 0; strict');

-- On the bound the strength is 0, and no orb is shown that is greater than
-- the max orb.
SELECT a, x.orb, x.max_orb, x.strength
FROM unnest('{0, 0.1, 11.1, 33.3333333, 123.4567891}'::float8[]) a, aspects(chart(sun => a), chart(moon => a + 98.1), 'square 8.1') x;
SELECT x.orb, x.strength
FROM unnest('{0, 1e-6, 1, 2, 2.5, 3.999999, 4}'::float8[]) d, aspects(chart(sun => 0), chart(moon => 60 + d), 'sextile 4') x;

--
-- Two aspects in orb
--

-- The tightest counts by default, whatever its place in the list, or else the
-- first.
SELECT s.ties, b, x.aspect, x.orb
FROM (VALUES (1, 'tightest'), (2, 'first')) s(place, ties),
	 unnest('{70, 73, 75, 77, 80}'::float8[]) b,
	 aspects(chart(sun => 0), chart(moon => b), ('square 20, sextile 20, quintile 3;' || ties)::aspect_set) x
ORDER BY place, b;

-- Exactly halfway between two aspects the lower angle counts; in a list that
-- is tried in order, the first.  (Exactly is to the unit of 2^-32 turns, of
-- which these longitudes are whole numbers.)
SELECT a, x.aspect AS tightest, y.aspect AS first, z.aspect AS other_order, x.orb
FROM unnest('{0, 22.5, 45, 337.5, 315}'::float8[]) a,
	 LATERAL aspects(chart(sun => a), chart(moon => a + 45), 'square 45, conjunction 45') x,
	 LATERAL aspects(chart(sun => a), chart(moon => a + 45), 'square 45, conjunction 45; first') y,
	 LATERAL aspects(chart(sun => a), chart(moon => a + 45), 'conjunction 45, square 45; first') z;
SELECT a, x.aspect, x.orb
FROM unnest('{0, 90, 180, 270}'::float8[]) a, aspects(chart(sun => a), chart(moon => a - 112.5), 'square 30, low=80 20, sesquiquadrate 30') x;

-- kerykeion's order never matters with its own orbs, whose windows do not meet
SELECT count(*) AS differences
FROM people a, people b
WHERE aspect_matrix(a.chart, b.chart, 'kerykeion_all')::int[] <> aspect_matrix(a.chart, b.chart, 'kerykeion_all; tightest')::int[];

--
-- Nature and signs
--

-- Every aspect of the registry that people use has its nature; what is not in
-- the registry is neutral.
SELECT x.aspect, x.angle, x.nature
FROM unnest('{0,18,30,36,40,45,51.428571,60,72,80,90,108,120,135,144,150,160,180,77}'::float8[]) b,
	 aspects(chart(sun => 0), chart(moon => b), 'conjunction 0, vigintile 0, semisextile 0, decile 0, novile 0, semisquare 0,
	 septile 0.000001, sextile 0, quintile 0, binovile 0, square 0, tridecile 0, trine 0, sesquiquadrate 0, biquintile 0,
	 quincunx 0, quadnovile 0, opposition 0, mine=77 0') x;

-- Out of sign: a conjunction across a border, a trine three or five signs
-- apart.  Whole signs are counted, not degrees; aspects that are not a whole
-- number of signs have no such thing.
SELECT a, b, x.aspect, x.orb, x.out_of_sign
FROM (VALUES (29, 31), (25, 29), (359, 1), (0, 29.9999999), (29.9999999, 30), (2, 119), (2, 121), (29, 151), (1, 299), (5, 95), (29, 115),
			 (0, 179.9), (0, 180), (29, 210), (10, 55), (0, 72), (15, 165), (1, 149)) v(a, b),
	 aspects(chart(sun => a), chart(moon => b), 'modern, conjunction 30, semisquare 2, quintile 2') x;
-- an aspect of one's own counts signs too where it can
SELECT x.aspect, x.out_of_sign FROM aspects(chart(sun => 29), chart(moon => 91), 'mine=60 5') x;

--
-- Whole charts
--

-- Rows come in the order of the registry, A before B.
SELECT count(*) AS rows, count(*) FILTER (WHERE place <= previous) AS out_of_order
FROM (SELECT place, lag(place) OVER (PARTITION BY a, b ORDER BY ordinality) AS previous
	  FROM (SELECT a.id AS a, b.id AS b, x.ordinality, (i.id, j.id) AS place
			FROM people a, people b, aspects(a.chart, b.chart, 'modern') WITH ORDINALITY x
				 JOIN synastry_bodies() i ON i.body = x.body_a
				 JOIN synastry_bodies() j ON j.body = x.body_b
			WHERE a.id <= 20) r) r;

-- What A is to B, B is to A.
SELECT count(*) AS differences
FROM (SELECT a.id AS a, b.id AS b, body_a, body_b, aspect, angle, separation, orb, max_orb, strength, nature, longitude_a, longitude_b, out_of_sign
	  FROM people a, people b, aspects(a.chart, b.chart, 'stellium_all')
	  EXCEPT ALL
	  SELECT a.id, b.id, body_b, body_a, aspect, angle, separation, orb, max_orb, strength, nature, longitude_b, longitude_a, out_of_sign
	  FROM people a, people b, aspects(b.chart, a.chart, 'stellium_all')) d;

-- A matrix has the same rows, but for what needs longitudes.
SELECT count(*) AS rows, count(*) FILTER (WHERE c IS DISTINCT FROM m) AS differences
FROM people a, people b,
	 LATERAL ROWS FROM (aspects(a.chart, b.chart, 'group'), aspects(aspect_matrix(a.chart, b.chart, 'group')))
	 r(a1, b1, aspect1, angle1, separation1, orb1, max_orb1, strength1, nature1, longitude_a, longitude_b, out_of_sign, certain,
	   a2, b2, aspect2, angle2, separation2, orb2, max_orb2, strength2, nature2),
	 LATERAL (SELECT ROW(a1, b1, aspect1, angle1, separation1, orb1, max_orb1, strength1, nature1) AS c,
					 ROW(a2, b2, aspect2, angle2, separation2, orb2, max_orb2, strength2, nature2) AS m) rows;

-- Lists of bodies choose rows and do nothing else: on both sides, on one, with
-- groups, with bodies that nobody has (stars on both sides make no rows).
SELECT sides, count(*) AS rows, count(*) FILTER (WHERE l IS DISTINCT FROM c) AS differences
FROM (VALUES (1, 'bodies luminaries, chiron', '{sun,moon,chiron}'::text[], '{sun,moon,chiron}'::text[]),
			 (2, 'bodies_a personal; bodies_b angles', '{sun,moon,mercury,venus,mars}', '{ascendant,midheaven}'),
			 (3, 'bodies_b mean_lilith, MC', NULL, '{mean_lilith,midheaven}'),
			 (4, 'bodies_a sirius, sun', '{sun}', NULL),
			 (5, 'bodies stars', '{}', '{}')) v(place, sides, bodies_a, bodies_b)
	 CROSS JOIN people a CROSS JOIN people b
	 CROSS JOIN LATERAL
	 (SELECT l, c
	  FROM (SELECT l, row_number() OVER () AS n
			FROM aspects(a.chart, b.chart, ('modern;' || sides)::aspect_set) l) l
		   FULL JOIN
		   (SELECT c, row_number() OVER () AS n
			FROM aspects(a.chart, b.chart, 'modern') c
			WHERE (bodies_a IS NULL OR body_a = ANY (bodies_a)) AND (bodies_b IS NULL OR body_b = ANY (bodies_b))) c USING (n)) both_ways
WHERE a.id <= 20
GROUP BY place, sides ORDER BY place;

-- The largest charts have 128 bodies: a body every 2.8125 degrees, and on each
-- of them conjunctions with itself, its neighbours, and so on.
CREATE TABLE full_house AS
	SELECT chart(array_agg(body ORDER BY id), array_agg((n - 1) * 2.8125 ORDER BY id)) AS chart
	FROM (SELECT id, body, row_number() OVER (ORDER BY id) AS n FROM synastry_bodies()) b
	WHERE n <= 128;
SELECT x.aspect, x.orb, count(*)
FROM full_house, aspects(chart, chart, 'conjunction 3, opposition 0, square 2.8125; strict') x
GROUP BY 1, 2 ORDER BY 1, 2;
SELECT count(*), min(x.separation), max(x.separation) FROM full_house, aspects(chart, chart, 'all=90 90') x;
-- one more is too many
SELECT chart || chart(ARRAY[body], '{0}') FROM full_house, synastry_bodies() WHERE longitude(chart, body) IS NULL ORDER BY id LIMIT 1;
