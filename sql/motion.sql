-- Charts that move: chart_interpolate(), and the phase of aspects inside a chart
-- and of transits to it.

-- An ephemeris, one chart a day at 0 h UT.
CREATE TABLE ephemeris_days (
	day date PRIMARY KEY,
	sun float8, sun_speed float8, moon float8, moon_speed float8,
	mercury float8, mercury_speed float8, venus float8, venus_speed float8,
	mars float8, mars_speed float8, jupiter float8, jupiter_speed float8,
	saturn float8, saturn_speed float8, uranus float8, uranus_speed float8,
	neptune float8, neptune_speed float8, pluto float8, pluto_speed float8
);
\copy ephemeris_days FROM PROGRAM 'gzip -dc test/data/ephemeris_daily_1930_2029.csv.gz' (FORMAT csv, HEADER)
CREATE TABLE ephemeris AS
SELECT day::timestamp AT TIME ZONE 'UTC' AS at, chart(
	ARRAY['sun', 'moon', 'mercury', 'venus', 'mars', 'jupiter', 'saturn', 'uranus', 'neptune', 'pluto'],
	ARRAY[sun, moon, mercury, venus, mars, jupiter, saturn, uranus, neptune, pluto],
	ARRAY[sun_speed, moon_speed, mercury_speed, venus_speed, mars_speed,
		jupiter_speed, saturn_speed, uranus_speed, neptune_speed, pluto_speed]) AS chart
FROM ephemeris_days;
CREATE UNIQUE INDEX ON ephemeris (at);
DROP TABLE ephemeris_days;

-- The sky of any moment.
CREATE FUNCTION sky(moment timestamptz) RETURNS chart STABLE LANGUAGE sql AS $$
	SELECT chart_interpolate(e0.chart, e0.at, e1.chart, e1.at, moment)
	FROM ephemeris e0, ephemeris e1
	WHERE e0.at = date_trunc('day', moment AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
		AND e1.at = e0.at + interval '1 day'
$$;

-- Born since 1930: the interpolated charts are those that the Swiss Ephemeris
-- gives for the moment of birth, within 2 arc seconds and 0.001 degrees a day.
SELECT count(DISTINCT p.id) AS people, count(*) AS bodies,
	max(abs(aspect.separation)) * 3600 < 2 AS longitudes_agree,
	max(abs(b.speed - s.speed)) < 0.001 AS speeds_agree
FROM people p, bodies(p.chart) b, sky(p.birth) sky, bodies(sky) s,
	aspects(chart(ARRAY['sun'], ARRAY[b.longitude]), chart(ARRAY['sun'], ARRAY[s.longitude]),
		'conjunction 180') aspect
WHERE p.birth >= '1930-01-01' AND b.body = s.body;

-- At both ends it is the row itself.
SELECT count(*) AS differences
FROM (SELECT at, chart, lead(at) OVER w AS next_at, lead(chart) OVER w AS next_chart
	FROM ephemeris WHERE at >= '2020-01-01' WINDOW w AS (ORDER BY at)) e
WHERE chart_interpolate(chart, at, next_chart, next_at, at) <> chart
	OR chart_interpolate(chart, at, next_chart, next_at, next_at) <> next_chart;

-- Without speeds: linear along the shorter way, across 0 Aries too. With
-- speeds the Moon's whole turn in 30 days is not lost.
SELECT chart_interpolate('{"sun": 350, "moon": 10}', '2000-01-01', '{"sun": 10, "moon": 350, "mars": 1}', '2000-01-02',
	'2000-01-01 06:00');
SELECT chart_interpolate('{"moon": {"longitude": 0, "speed": 13}}', '2000-01-01 00:00+00',
	'{"moon": {"longitude": 30, "speed": 13}}', '2000-01-31 00:00+00', '2000-01-16 00:00+00');
-- One speed is not enough; declinations are linear; cusps are left out.
SELECT chart_interpolate('{"moon": {"longitude": 0, "speed": 13, "declination": -1}, "cusps": [0,30,60,90,120,150,180,210,240,270,300,330]}',
	'2000-01-01', '{"moon": {"longitude": 10, "declination": 2}}', '2000-01-02', '2000-01-01 08:00');
SELECT chart_interpolate('{}', '2000-01-01', '{"sun": 1}', '2000-01-02', '2000-01-01');
SELECT chart_interpolate(NULL, '2000-01-01', '{"sun": 1}', '2000-01-02', '2000-01-01') IS NULL AS null_in_null_out;

SET timezone = 'UTC';
SET datestyle = 'ISO';
SELECT chart_interpolate('{"sun": 1}', '2000-01-02', '{"sun": 2}', '2000-01-02', '2000-01-02');
SELECT chart_interpolate('{"sun": 1}', '2000-01-03', '{"sun": 2}', '2000-01-02', '2000-01-02');
SELECT chart_interpolate('{"sun": 1}', '2000-01-02', '{"sun": 2}', '2000-01-03', '2000-01-04');
SELECT chart_interpolate('{"sun": 1}', '2000-01-02', '{"sun": 2}', 'infinity', '2000-01-04');

-- John Lennon was born under a conjunction of Jupiter and Saturn, both
-- retrograde: Saturn goes faster backwards than Jupiter, and it was twelve
-- days before exact.
SELECT body_a, aspect, body_b, orb, phase, round(days_to_exact::numeric, 2) AS days_to_exact
FROM people, natal_aspects(chart, 'modern; bodies planets')
WHERE name = 'John Lennon'
ORDER BY orb
LIMIT 8;

-- Each pair once, whatever the sides; a list for each side works in either
-- direction; the columns are those of aspects().
SELECT count(*) AS differences
FROM people p, LATERAL (
	SELECT body_a, body_b, aspect, angle, separation, orb, max_orb, strength, nature,
		longitude_a, longitude_b, out_of_sign, certain
	FROM natal_aspects(p.chart)
	EXCEPT
	SELECT a.* FROM aspects(p.chart, p.chart, 'modern') a) d;
SELECT p.name
FROM people p
WHERE (SELECT count(*) FROM natal_aspects(p.chart)) * 2 <>
	(SELECT count(*) FROM aspects(p.chart, p.chart, 'modern') a WHERE a.body_a <> a.body_b);
SELECT body_a, aspect, body_b
FROM natal_aspects('{"sun": 1, "moon": 1, "ascendant": 91}', 'major; bodies_a angles; bodies_b moon');

-- Without speeds nothing is said of motion; equal speeds are static.
SELECT body_a, body_b, phase, days_to_exact FROM natal_aspects('{"sun": 1, "moon": {"longitude": 2, "speed": 13}}');
SELECT body_a, body_b, phase, days_to_exact
FROM natal_aspects('{"sun": {"longitude": 1, "speed": 1}, "moon": {"longitude": 2, "speed": 1}}');

-- Every direction: before and behind, over 0 Aries, retrograde, at the exact
-- aspect, at an exact opposition. Days are the orb by the relative speed.
SELECT chart, a.aspect, a.orb, a.phase, round(a.days_to_exact::numeric, 4) AS days_to_exact
FROM unnest(ARRAY[
	'{"sun": {"longitude": 359, "speed": 1}, "mars": {"longitude": 1, "speed": 0.5}}',
	'{"sun": {"longitude": 1, "speed": 1}, "mars": {"longitude": 359, "speed": 0.5}}',
	'{"sun": {"longitude": 359, "speed": 1}, "mars": {"longitude": 1, "speed": -0.25}}',
	'{"sun": {"longitude": 10, "speed": 1}, "mars": {"longitude": 101, "speed": 0.5}}',
	'{"sun": {"longitude": 10, "speed": 1}, "mars": {"longitude": 99, "speed": 0.5}}',
	'{"sun": {"longitude": 10, "speed": 1}, "mars": {"longitude": 281, "speed": 0.5}}',
	'{"sun": {"longitude": 10, "speed": 1}, "mars": {"longitude": 191, "speed": 0.5}}',
	'{"sun": {"longitude": 10, "speed": 1}, "mars": {"longitude": 189, "speed": 0.5}}',
	'{"sun": {"longitude": 10, "speed": 1}, "mars": {"longitude": 10, "speed": 0.5}}',
	'{"sun": {"longitude": 10, "speed": 1}, "mars": {"longitude": 190, "speed": 0.5}}',
	'{"sun": {"longitude": 10, "speed": 1}, "mars": {"longitude": 100, "speed": 0.5}}'
	]::text[]) AS chart, natal_aspects(chart::chart) a;

-- Near a station, of one body or of two relative to each other, no days.
SELECT body_a, aspect, body_b, phase, days_to_exact
FROM natal_aspects('{"sun": {"longitude": 1, "speed": 0.98}, "mercury": {"longitude": 2, "speed": 0.9}, "pluto": {"longitude": 92, "speed": 0}}');
SELECT body_a, aspect, body_b, phase, days_to_exact
FROM transits('{"mars": {"longitude": 1, "speed": -0.03}}', '{"sun": 2}');

-- Transits: the sky moves, the birth chart stands, whatever speeds it has.
SELECT body_a, aspect, body_b, orb, phase, round(days_to_exact::numeric, 2) AS days_to_exact
FROM people, transits(sky('2026-11-22 12:00+00'), chart, 'predictive; bodies planets')
WHERE name = 'John Lennon'
ORDER BY orb
LIMIT 8;

-- The derivative is true: ten minutes later applying transits are tighter and
-- separating ones wider, all through 2026 (but for the Moon's that have become
-- exact meanwhile).
WITH moments AS (
	SELECT at, sky(at) AS now, sky(at + interval '10 minutes') AS later
	FROM generate_series(timestamptz '2026-01-01 00:00+00', '2026-12-31', '11 days') at
)
SELECT count(*) > 10000 AS many,
	count(*) FILTER (WHERE (n.phase = 'applying') <> (l.orb < n.orb)
		AND n.orb > 0.1) AS wrong
FROM moments, people p, transits(now, p.chart, 'predictive; bodies planets') n,
	transits(later, p.chart, 'predictive; scale 1.1; bodies planets') l
WHERE (l.body_a, l.body_b, l.aspect) = (n.body_a, n.body_b, n.aspect)
	AND l.orb <> n.orb;

-- And the days are good: at the moment they name the aspect is all but exact.
SELECT count(*) > 20 AS many, max(t.orb) < 0.02 AS all_but_exact
FROM people p,
	transits(sky('2026-03-01 00:00+00'), p.chart, 'predictive; bodies_a sun, moon, venus; bodies_b planets') n,
	transits(sky(timestamptz '2026-03-01 00:00+00' + n.days_to_exact * interval '1 day'), p.chart,
		'predictive; bodies planets') t
WHERE n.days_to_exact BETWEEN 0 AND 0.5
	AND (t.body_a, t.body_b, t.aspect) = (n.body_a, n.body_b, n.aspect);

DROP FUNCTION sky(timestamptz);
DROP TABLE ephemeris;
