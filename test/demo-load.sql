-- Loads the people of test/data; run by `make demo` from the root of the checkout.

-- In a schema of its own, so that its types cannot collide with tables of the same name.
CREATE SCHEMA synastry;
CREATE EXTENSION synastry SCHEMA synastry;
ALTER DATABASE demo SET search_path = public, synastry;

CREATE TABLE people (
	id         int PRIMARY KEY,
	name       text NOT NULL,
	birth      timestamptz NOT NULL,
	time_known bool NOT NULL,
	latitude   float8 NOT NULL,
	longitude  float8 NOT NULL,
	chart      synastry.chart
);

CREATE TEMPORARY TABLE positions (id int, body text, longitude float8, speed float8, declination float8);
CREATE TEMPORARY TABLE cusps (id int, house int, longitude float8);

\copy people (id, name, birth, time_known, latitude, longitude) FROM 'test/data/people.csv' (FORMAT csv, HEADER)
\copy positions FROM 'test/data/positions.csv' (FORMAT csv, HEADER)
\copy cusps FROM 'test/data/cusps.csv' (FORMAT csv, HEADER)

UPDATE people
SET chart = synastry.chart(p.bodies, p.longitudes, p.speeds, p.declinations, c.cusps)
FROM (SELECT id,
             array_agg(body) AS bodies,
             array_agg(longitude) AS longitudes,
             array_agg(speed) AS speeds,
             array_agg(declination) AS declinations
      FROM positions
      GROUP BY id) p
LEFT JOIN (SELECT id, array_agg(longitude ORDER BY house) AS cusps
           FROM cusps
           GROUP BY id) c ON c.id = p.id
WHERE people.id = p.id;

VACUUM (ANALYZE) people;

-- The sky at 0 h UT of every day from 1930 to 2029.
CREATE TEMPORARY TABLE days (
	day date,
	sun float8, sun_speed float8, moon float8, moon_speed float8,
	mercury float8, mercury_speed float8, venus float8, venus_speed float8,
	mars float8, mars_speed float8, jupiter float8, jupiter_speed float8,
	saturn float8, saturn_speed float8, uranus float8, uranus_speed float8,
	neptune float8, neptune_speed float8, pluto float8, pluto_speed float8
);
\copy days FROM PROGRAM 'gzip -dc test/data/ephemeris_daily_1930_2029.csv.gz' (FORMAT csv, HEADER)

CREATE TABLE ephemeris (
	at    timestamptz PRIMARY KEY,
	chart synastry.chart NOT NULL
);
INSERT INTO ephemeris
SELECT day::timestamp AT TIME ZONE 'UTC', synastry.chart(
	ARRAY['sun', 'moon', 'mercury', 'venus', 'mars', 'jupiter', 'saturn', 'uranus', 'neptune', 'pluto'],
	ARRAY[sun, moon, mercury, venus, mars, jupiter, saturn, uranus, neptune, pluto],
	ARRAY[sun_speed, moon_speed, mercury_speed, venus_speed, mars_speed,
	      jupiter_speed, saturn_speed, uranus_speed, neptune_speed, pluto_speed])
FROM days;
VACUUM (ANALYZE) ephemeris;
