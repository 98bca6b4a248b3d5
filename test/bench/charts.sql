-- A million real charts: births spread evenly over 1940 to 2010, in random order, interpolated in
-- the daily ephemeris (cubic Hermite from longitude and speed at both ends of the day).

CREATE TABLE ephemeris (
	day date PRIMARY KEY,
	sun float8, sun_speed float8, moon float8, moon_speed float8,
	mercury float8, mercury_speed float8, venus float8, venus_speed float8,
	mars float8, mars_speed float8, jupiter float8, jupiter_speed float8,
	saturn float8, saturn_speed float8, uranus float8, uranus_speed float8,
	neptune float8, neptune_speed float8, pluto float8, pluto_speed float8
);
\copy ephemeris FROM PROGRAM 'gzip -dc test/data/ephemeris_daily_1930_2029.csv.gz' CSV HEADER

-- f: fraction of the day; d: the way of the day, whatever side of 0 Aries
CREATE FUNCTION between_days(p0 float8, v0 float8, p1 float8, v1 float8, f float8)
RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
	SELECT p0 + v0 * f
		+ (3 * (p1 - p0 - 360 * round((p1 - p0) / 360)) - 2 * v0 - v1) * f * f
		+ (v0 + v1 - 2 * (p1 - p0 - 360 * round((p1 - p0) / 360))) * f * f * f
$$;

SELECT setseed(0.5);

CREATE UNLOGGED TABLE charts AS
SELECT i AS id, chart(
	sun => between_days(e.sun, e.sun_speed, n.sun, n.sun_speed, f),
	moon => between_days(e.moon, e.moon_speed, n.moon, n.moon_speed, f),
	mercury => between_days(e.mercury, e.mercury_speed, n.mercury, n.mercury_speed, f),
	venus => between_days(e.venus, e.venus_speed, n.venus, n.venus_speed, f),
	mars => between_days(e.mars, e.mars_speed, n.mars, n.mars_speed, f),
	jupiter => between_days(e.jupiter, e.jupiter_speed, n.jupiter, n.jupiter_speed, f),
	saturn => between_days(e.saturn, e.saturn_speed, n.saturn, n.saturn_speed, f),
	uranus => between_days(e.uranus, e.uranus_speed, n.uranus, n.uranus_speed, f),
	neptune => between_days(e.neptune, e.neptune_speed, n.neptune, n.neptune_speed, f),
	pluto => between_days(e.pluto, e.pluto_speed, n.pluto, n.pluto_speed, f)) AS chart
FROM (SELECT i, random() * 25567 AS days FROM generate_series(1, 1000000) i) births
	CROSS JOIN LATERAL (SELECT days - floor(days) AS f) fraction
	JOIN ephemeris e ON e.day = date '1940-01-01' + floor(days)::int
	JOIN ephemeris n ON n.day = e.day + 1
ORDER BY i;

VACUUM ANALYZE charts;
