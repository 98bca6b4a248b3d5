-- A million real charts of the ten planets: births spread evenly over 1940 to 2010, in random order,
-- interpolated in the daily ephemeris.

CREATE TEMP TABLE days (
	day date,
	sun float8, sun_speed float8, moon float8, moon_speed float8,
	mercury float8, mercury_speed float8, venus float8, venus_speed float8,
	mars float8, mars_speed float8, jupiter float8, jupiter_speed float8,
	saturn float8, saturn_speed float8, uranus float8, uranus_speed float8,
	neptune float8, neptune_speed float8, pluto float8, pluto_speed float8
);
\copy days FROM PROGRAM 'gzip -dc test/data/ephemeris_daily_1930_2029.csv.gz' (FORMAT csv, HEADER)

CREATE TABLE ephemeris AS
SELECT day, day::timestamp AT TIME ZONE 'UTC' AS at, chart(
	ARRAY['sun', 'moon', 'mercury', 'venus', 'mars', 'jupiter', 'saturn', 'uranus', 'neptune', 'pluto'],
	ARRAY[sun, moon, mercury, venus, mars, jupiter, saturn, uranus, neptune, pluto],
	ARRAY[sun_speed, moon_speed, mercury_speed, venus_speed, mars_speed,
		jupiter_speed, saturn_speed, uranus_speed, neptune_speed, pluto_speed]) AS chart
FROM days;
CREATE UNIQUE INDEX ON ephemeris (day);
ANALYZE ephemeris;

SELECT setseed(0.5);

-- without the speeds
CREATE UNLOGGED TABLE charts AS
SELECT i AS id, chart(
	sun => longitude(c, 'sun'), moon => longitude(c, 'moon'), mercury => longitude(c, 'mercury'),
	venus => longitude(c, 'venus'), mars => longitude(c, 'mars'), jupiter => longitude(c, 'jupiter'),
	saturn => longitude(c, 'saturn'), uranus => longitude(c, 'uranus'),
	neptune => longitude(c, 'neptune'), pluto => longitude(c, 'pluto')) AS chart
FROM (
	SELECT i, chart_interpolate(e.chart, e.at, n.chart, n.at, e.at + (days - floor(days)) * interval '24 hours') AS c
	FROM (SELECT i, random() * 25567 AS days FROM generate_series(1, 1000000) i) births
		JOIN ephemeris e ON e.day = date '1940-01-01' + floor(days)::int
		JOIN ephemeris n ON n.day = e.day + 1
	OFFSET 0) interpolated
ORDER BY i;
VACUUM ANALYZE charts;
