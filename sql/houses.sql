--
-- Houses: cusps that follow from the angles, and the houses of one chart in
-- which the bodies of another fall
--
-- On the people of people.sql, whose cusps are Placidus.

-- Yoko Ono's bodies in John Lennon's houses, and his in hers
SELECT o.body, o.longitude, o.house AS his_house, own.house AS own_house
FROM people AS john, people AS yoko, house_overlay(yoko.chart, john.chart) AS o
	JOIN LATERAL bodies(yoko.chart) AS own USING (body)
WHERE john.id = 1 AND yoko.id = 2;
SELECT house, string_agg(body, ' ') AS of_john FROM people AS john, people AS yoko, house_overlay(john.chart, yoko.chart)
WHERE john.id = 1 AND yoko.id = 2 GROUP BY house ORDER BY house;

-- Houses are those between the cusps of the host (stellium has a field with the
-- body's house in its own chart instead), not the number of the sign
-- (CosmicHub's composite): twelve people against everybody, in plain SQL.
SELECT count(*) AS rows, count(*) FILTER (WHERE o.house = right_house) AS right_house,
	count(*) FILTER (WHERE o.house = own.house) AS same_as_own,
	count(*) FILTER (WHERE o.house = 1 + floor(o.longitude / 30)) AS same_as_sign
FROM people AS guest, people AS host, house_overlay(guest.chart, host.chart) AS o, bodies(guest.chart) AS own,
	LATERAL (
		SELECT h AS right_house
		FROM (SELECT cusps(host.chart)::numeric[] AS c) AS c, generate_series(1, 12) AS h
		WHERE (o.longitude::numeric - c[h] + 360) % 360 < (c[h % 12 + 1] - c[h] + 360) % 360
	) AS oracle
WHERE own.body = o.body AND guest.id <= 12;
SELECT count(*) AS hosts, sum(n) AS expected
FROM people AS host, (SELECT count(*) AS n FROM people, bodies(chart) WHERE id <= 12) AS bodies WHERE cusps(host.chart) IS NOT NULL;

-- One's own houses are those of bodies(), and the report's overlays are these.
SELECT count(*), bool_and(o.house = b.house) AS same
FROM people, house_overlay(chart, chart) AS o JOIN LATERAL bodies(chart) AS b USING (body);
SELECT count(*), bool_and(report = rows) AS same
FROM people AS a, people AS b,
	LATERAL (SELECT synastry_report(a.chart, b.chart) #> '{overlays,a_in_b}' AS report) AS r,
	LATERAL (SELECT jsonb_agg(jsonb_build_object('body', body, 'house', house)) AS rows FROM house_overlay(a.chart, b.chart)) AS o
WHERE a.id <= 10 AND cusps(b.chart) IS NOT NULL;

-- In the order of the registry, whatever bodies there are.
SELECT count(*), bool_and(ordinality = place) AS in_order
FROM (SELECT o.ordinality, row_number() OVER (PARTITION BY p.id ORDER BY r.id) AS place
	FROM people AS p, people AS host, house_overlay(p.chart, host.chart) WITH ORDINALITY AS o JOIN synastry_bodies() AS r USING (body)
	WHERE host.id = 1) AS places;

-- A body on a cusp is in the house that opens there; houses across 0 degrees.
SELECT body, longitude, house FROM house_overlay(
	'{"sun": 10.5, "moon": 10.4999999, "mercury": 0, "venus": 359.9999999, "mars": 345, "jupiter": 344.9999999, "saturn": 190.5, "asc": 47}',
	with_cusps('{}', ARRAY[345, 10.5, 47, 80, 100.25, 130, 165, 190.5, 227, 260, 280.25, 310]));
-- Houses without width have nobody in them.
SELECT body, house FROM house_overlay('{"sun": 10, "moon": 40, "mars": 190}',
	with_cusps('{}', ARRAY[10, 70, 130, 190, 190, 190, 190, 250, 310, 10, 10, 10]));

-- Without cusps there are no rows, whatever the guest knows; of nobody, none.
SELECT count(*) FROM people AS a, people AS b, house_overlay(a.chart, b.chart) WHERE NOT b.time_known;
SELECT count(*) FROM house_overlay('{}', with_cusps('{}', ARRAY[0, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 330]));
SELECT count(*) FROM house_overlay(NULL, '{"sun": 1}');
SELECT house_overlay('{"venuss": 1}', '{}');

--
-- Cusps out of the angles
--

SELECT c.* FROM people, LATERAL (VALUES ('whole sign', whole_sign_cusps(chart)), ('equal', equal_cusps(chart)), ('Porphyry', porphyry_cusps(chart))) AS c (houses, cusps)
WHERE id = 1;

-- The rules in plain SQL, in decimals: what they give reads back to the same unit.
CREATE TEMP VIEW angles AS
	SELECT id, chart, longitude(chart, 'ascendant')::numeric AS ascendant, longitude(chart, 'midheaven')::numeric AS midheaven
	FROM people WHERE time_known;
SELECT houses, count(*), count(*) FILTER (WHERE cusps = cusps(with_cusps('{}', oracle::float8[]))) AS right_cusps
FROM angles, LATERAL (VALUES
	('whole sign', whole_sign_cusps(chart), (SELECT array_agg((ascendant - ascendant % 30 + 30 * i) % 360 ORDER BY i) FROM generate_series(0, 11) AS i)),
	('equal', equal_cusps(chart), (SELECT array_agg((ascendant + 30 * i) % 360 ORDER BY i) FROM generate_series(0, 11) AS i)),
	('Porphyry', porphyry_cusps(chart), (
		SELECT array_agg((CASE i / 3 % 2 WHEN 0 THEN ascendant + i / 3 * 90 + round((180 - arc) * (i % 3) / 3, 8)
			ELSE midheaven + (i / 3 * 90 + 90) + round(arc * (i % 3) / 3, 8) END) % 360 ORDER BY i)
		FROM generate_series(0, 11) AS i, LATERAL (SELECT (ascendant - midheaven + 360) % 360 AS arc) AS arc))
	) AS c (houses, cusps, oracle)
GROUP BY houses ORDER BY houses;

-- They go into a chart; there the first and the tenth of Porphyry's are the
-- same as of Placidus, and one's own ascendant is always in the first house.
SELECT count(*), bool_and(cusps(with_cusps(chart, porphyry)) = porphyry AND cusps(with_cusps(chart, equal)) = equal AND cusps(with_cusps(chart, signs)) = signs) AS read_back,
	bool_and(porphyry[1] = (cusps(chart))[1] AND porphyry[10] = (cusps(chart))[10]) AS the_angles,
	max(abs(porphyry[4] - (cusps(chart))[4])) < 0.0000002 AS opposite,
	bool_and((SELECT bool_and(house = 1) FROM (VALUES (signs), (equal), (porphyry)) AS h (houses), house_overlay(chart, with_cusps(chart, houses)) WHERE body = 'ascendant')) AS first
FROM people, LATERAL (SELECT whole_sign_cusps(chart) AS signs, equal_cusps(chart) AS equal, porphyry_cusps(chart) AS porphyry) AS c
WHERE time_known;
-- A whole-sign house is the sign counted from that of the ascendant.
SELECT count(*), bool_and(house = (floor(b.longitude / 30)::int - floor(ascendant / 30)::int + 12) % 12 + 1) AS signs
FROM angles, house_overlay(chart, with_cusps(chart, whole_sign_cusps(chart))) AS b;

-- All twelve beginnings of a sign belong to it, a ten-millionth before does not.
SELECT bool_and((whole_sign_cusps(chart(ascendant => 30 * i)))[1] = 30 * i) AS on_it,
	bool_and((whole_sign_cusps(chart(ascendant => 30 * i - 0.0000001)))[2] = 30 * i) AS before
FROM generate_series(0, 11) AS i;
-- Decimals stay decimals, and what is written on a cusp is on it.
SELECT equal_cusps('{"asc": 196.27}'), porphyry_cusps('{"asc": 196.27, "mc": 106.27}') = equal_cusps('{"asc": 196.27}') AS same;
SELECT count(*), bool_and(o.house = h) AS on_the_cusp
FROM generate_series(0, 35999, 37) AS i, generate_series(1, 12) AS h,
	house_overlay(chart(sun => ((i + 3000 * (h - 1)) % 36000) / 100.0::float8), with_cusps('{}', equal_cusps(chart(ascendant => i / 100.0)))) AS o;

-- Unequal quadrants, divided in three; across 0 degrees.
SELECT porphyry_cusps('{"asc": 10, "mc": 250}');
SELECT porphyry_cusps('{"asc": 350.0000001, "mc": 290}');
-- Just possible: the arc may be as long as it gets, and nothing.
SELECT porphyry_cusps('{"asc": 179.9999999, "mc": 0}');
SELECT porphyry_cusps('{"asc": 10, "mc": 10}');
-- Not possible.
SELECT porphyry_cusps('{"asc": 180, "mc": 0}');
SELECT porphyry_cusps('{"asc": 19.7111278, "mc": 97.0584110}');

-- Unknown stays unknown.
SELECT whole_sign_cusps('{"sun": 1}') IS NULL AS signs, equal_cusps('{"mc": 1}') IS NULL AS equal,
	porphyry_cusps('{"mc": 1}') IS NULL AS no_ascendant, porphyry_cusps('{"asc": 1}') IS NULL AS no_midheaven, whole_sign_cusps(NULL) IS NULL AS no_chart;
SELECT count(whole_sign_cusps(chart)) AS signs, count(equal_cusps(chart)) AS equal, count(porphyry_cusps(chart)) AS porphyry, count(*)
FROM people WHERE NOT time_known;
