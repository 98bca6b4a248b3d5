--
-- The Davison chart: the moment and the place halfway between two births
--
CREATE SCHEMA davison;
SET search_path = davison, public;
SET timezone = 'UTC';
CREATE TABLE births (id int, name text, moment timestamptz, time_known bool, latitude float8, longitude float8);
\copy births FROM 'test/data/people.csv' (FORMAT csv, HEADER)
ANALYZE births;

-- An ephemeris makes the chart.  (What CosmicHub calls a Davison chart is the
-- composite: midpoints of longitudes, of no moment and no place.)
SELECT d.*
FROM births AS john, births AS yoko,
	davison(john.moment, john.latitude, john.longitude, yoko.moment, yoko.latitude, yoko.longitude) AS d
WHERE john.name = 'John Lennon' AND yoko.name = 'Yoko Ono';

-- Everybody with everybody, in plain SQL: the mean of the times, the direction of
-- the sum of two vectors.
CREATE TABLE middles AS
	SELECT a.id AS a, b.id AS b, d.*
	FROM births AS a, births AS b,
		davison(a.moment, a.latitude, a.longitude, b.moment, b.latitude, b.longitude) AS d;
CREATE TABLE middles_in_sql AS
	SELECT a, b, moment, atan2d(z, sqrt(x * x + y * y)) AS latitude, atan2d(y, x) AS longitude, sqrt(x * x + y * y + z * z) / 2 AS length
	FROM (
		SELECT a.id AS a, b.id AS b, a.moment + (b.moment - a.moment) / 2 AS moment,
			cosd(a.latitude) * cosd(a.longitude) + cosd(b.latitude) * cosd(b.longitude) AS x,
			cosd(a.latitude) * sind(a.longitude) + cosd(b.latitude) * sind(b.longitude) AS y,
			sind(a.latitude) + sind(b.latitude) AS z
		FROM births AS a, births AS b) AS sums;
SELECT count(*), bool_and(m.moment = s.moment) AS same_moment, max(abs(m.latitude - s.latitude)) < 1e-6 AS same_latitude,
	max(abs(m.longitude - s.longitude)) < 1e-6 AS same_longitude
FROM middles AS m JOIN middles_in_sql AS s USING (a, b);

-- Who comes first does not matter; the middle between oneself and oneself is
-- where one is.
SELECT count(*) AS pairs, count(*) FILTER (WHERE p.moment = q.moment AND p.latitude = q.latitude AND p.longitude = q.longitude) AS same
FROM middles AS p JOIN middles AS q ON p.a = q.b AND p.b = q.a;
SELECT count(*) AS people, count(*) FILTER (WHERE (m.moment, m.latitude, m.longitude) = (b.moment, b.latitude, b.longitude)) AS same
FROM middles AS m JOIN births AS b ON m.a = b.id WHERE m.a = m.b;

-- Places.  The means of latitudes and longitudes, which some take, are another
-- place (London and Tokyo: 43.6, 69.8), and on the wrong side of the Earth if the
-- date line is in between (Fiji and Samoa: 3.4 east).
CREATE FUNCTION middle(float8, float8, float8, float8) RETURNS text
	RETURN (SELECT format('%s %s', latitude, longitude) FROM davison('2000-01-01', $1, $2, '2000-01-01', $3, $4));
SELECT middle(51.5074, -0.1278, 35.6762, 139.6503) AS london_tokyo, middle(-18.1248, 178.4501, -13.8507, -171.7514) AS fiji_samoa,
	middle(0, 0, 0, 90) AS equator, middle(45, 0, 45, 180) AS over_the_pole, middle(-90, 12, -90, 34) AS same_pole, middle(90, 12, 0, 34) AS pole_equator,
	middle(0, 180, 0, -180) AS date_line, middle(0, 0.0000001, 0, -0.0000002) AS nowhere;

-- Antipodes have no middle; a few metres beside them nothing is known either.
SELECT a, b, d.*
FROM (VALUES ('{0,0}'::float8[], '{0,180}'::float8[]), ('{53.4084,-2.9916}', '{-53.4084,177.0084}'), ('{90,0}', '{-90,0}'), ('{90,17}', '{-90,99}'),
		('{0,0}', '{0.00001,180}'), ('{0,0}', '{0.01,180}'), ('{0,0}', '{0,179}')) AS t (a, b),
	davison('2000-01-01', a[1], a[2], '2001-01-01', b[1], b[2]) AS d;
-- Whatever the distance, until antipodes are near, the middle is right.
SELECT distance, count(*), max(abs(d.longitude - (west + distance / 2))) < 1e-6 AS same_longitude, max(abs(d.latitude)) AS latitude
FROM generate_series(-180, 0, 0.7) AS west, (VALUES (1.0), (100.0), (150.0), (169.0)) AS t (distance),
	davison('2000-01-01', 0, west::float8, '2001-01-01', 0, (west + distance)::float8) AS d
GROUP BY distance ORDER BY distance;

-- Times: half a microsecond is cut; the whole range of the type.
SELECT a, b, (davison(a, 0, 0, b, 0, 0)).moment
FROM (VALUES ('1940-10-09 17:30+00'::timestamptz, '1933-02-18 20:30+09'::timestamptz), ('2000-01-01 00:00:00.000001', '2000-01-01'),
		('1999-12-31 23:59:59.999999', '2000-01-01 00:00:00.000001'), ('2000-01-01 00:00:00.000003', '1999-12-31 23:59:59.999999'),
		('294276-12-31 23:59:59.999999', '294276-12-31 23:59:59.999999'), ('4713-01-01 BC', '4713-01-03 BC'), ('4713-01-01 BC', '294276-12-31')) AS t (a, b);

-- What is not known
SELECT * FROM davison('2000-01-01', 1, 2, NULL, 3, 4);
SELECT * FROM davison('2000-01-01', 1, 2, '2000-01-01', 3, NULL);

-- Refused: places off the Earth, infinite times
SELECT davison('2000-01-01', 90.0000001, 2, '2000-01-01', 3, 4);
\echo :LAST_ERROR_SQLSTATE
SELECT davison('2000-01-01', -139.65, 35.68, '2000-01-01', 3, 4);
SELECT davison('2000-01-01', 1, 2, '2000-01-01', 'NaN', 4);
SELECT davison('2000-01-01', 1, 180.5, '2000-01-01', 3, 4);
SELECT davison('2000-01-01', 1, 2, '2000-01-01', 3, '-Infinity');
SELECT davison('infinity', 1, 2, '2000-01-01', 3, 4);
\echo :LAST_ERROR_SQLSTATE
SELECT davison('2000-01-01', 1, 2, '-infinity', 3, 4);

-- The same bits everywhere: it may be stored.
CREATE TABLE couples (
	time_a timestamptz, latitude_a float8, longitude_a float8, time_b timestamptz, latitude_b float8, longitude_b float8,
	latitude float8 GENERATED ALWAYS AS ((davison(time_a, latitude_a, longitude_a, time_b, latitude_b, longitude_b)).latitude) STORED
);
INSERT INTO couples VALUES ('2000-01-01', 10, 20, '2000-01-01', 12, 20) RETURNING latitude;

SET client_min_messages = warning;
DROP SCHEMA davison CASCADE;
RESET timezone;
