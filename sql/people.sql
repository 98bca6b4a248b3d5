--
-- Sixty well-known people
--
-- Loads the charts of test/data (geocentric, tropical, of the Swiss Ephemeris)
-- into the tables that the following tests use, and shows that what comes out
-- of a chart is what went in, to the last digit.
--

CREATE TABLE people (
	id			int PRIMARY KEY,
	name		text NOT NULL,
	birth		timestamptz NOT NULL,
	time_known	bool NOT NULL,		-- else noon UTC, without houses and angles
	chart		chart
);
CREATE TABLE positions (
	id			int REFERENCES people,
	body		text,
	longitude	float8 NOT NULL,	-- degrees
	speed		float8,				-- degrees a day
	declination	float8,				-- degrees
	PRIMARY KEY (id, body)
);
CREATE TEMP TABLE house_cusps (id int, house int, longitude float8);
CREATE TEMP TABLE people_file (id int, name text, birth timestamptz, time_known bool, latitude float8, longitude float8);

\copy people_file FROM 'test/data/people.csv' (FORMAT csv, HEADER)
INSERT INTO people SELECT id, name, birth, time_known FROM people_file;
\copy positions FROM 'test/data/positions.csv' (FORMAT csv, HEADER)
\copy house_cusps FROM 'test/data/cusps.csv' (FORMAT csv, HEADER)

-- a chart from one row per position
UPDATE people
SET chart = chart(p.bodies, p.longitudes, p.speeds, p.declinations, c.cusps)
FROM (SELECT id,
			 array_agg(body) AS bodies,
			 array_agg(longitude) AS longitudes,
			 array_agg(speed) AS speeds,
			 array_agg(declination) AS declinations
	  FROM positions
	  GROUP BY id) p
	 LEFT JOIN
	 (SELECT id, array_agg(longitude ORDER BY house) AS cusps
	  FROM house_cusps
	  GROUP BY id) c USING (id)
WHERE people.id = p.id;
ALTER TABLE people ALTER chart SET NOT NULL;
VACUUM (ANALYZE) people, positions;

-- everybody has a chart; angles and houses only who knows the time of birth
SELECT time_known, count(*), count(chart) AS charts, count(cusps(chart)) AS with_houses,
	   count(longitude(chart, 'ascendant')) AS with_ascendant, count(longitude(chart, 'pluto')) AS with_pluto
FROM people GROUP BY time_known ORDER BY time_known DESC;
SELECT count(*) AS positions, count(DISTINCT body) AS bodies, count(speed) AS speeds, count(declination) AS declinations
FROM positions;

-- what goes in comes out to the last digit: longitudes and declinations have
-- seven decimals in the file, speeds six in the chart
CREATE VIEW people_bodies AS
	SELECT id, b.* FROM people, bodies(chart) b;
SELECT count(*) AS bodies,
	   count(*) FILTER (WHERE b.longitude = p.longitude) AS same_longitude,
	   count(*) FILTER (WHERE b.declination = p.declination) AS same_declination,
	   count(*) FILTER (WHERE abs(b.speed - p.speed) < 0.50000001e-6 OR b.speed IS NULL AND p.speed IS NULL) AS same_speed,
	   count(*) FILTER (WHERE b.retrograde IS NOT DISTINCT FROM p.speed < 0) AS same_direction,
	   count(*) FILTER (WHERE b.longitude = longitude(people.chart, p.body)) AS same_function
FROM people_bodies b FULL JOIN positions p USING (id, body) LEFT JOIN people USING (id);
SELECT count(*) AS differences
FROM (SELECT id, cusp.house, cusp.longitude
	  FROM people, unnest(cusps(chart)) WITH ORDINALITY cusp(longitude, house)) c
	 FULL JOIN house_cusps h USING (id, house)
WHERE c.longitude IS DISTINCT FROM h.longitude;

-- signs and degrees in them, said in SQL
SELECT count(*) AS bodies,
	   count(*) FILTER (WHERE sign = ('{aries,taurus,gemini,cancer,leo,virgo,libra,scorpio,sagittarius,capricorn,aquarius,pisces}'::text[])
									 [1 + floor(longitude / 30)]) AS right_sign,
	   count(*) FILTER (WHERE sign_degree = (longitude::numeric % 30)::float8) AS right_degree
FROM people_bodies;

-- and houses: from one cusp to before the next, by degrees that wrap around
SELECT count(house) AS in_houses, count(*) FILTER (WHERE house = right_house) AS right_house
FROM people_bodies b
	 LEFT JOIN LATERAL
	 (SELECT this.house AS right_house
	  FROM house_cusps this JOIN house_cusps next ON this.id = next.id AND next.house = this.house % 12 + 1
	  WHERE this.id = b.id AND
			(b.longitude::numeric - this.longitude::numeric + 360) % 360 <
			(next.longitude::numeric - this.longitude::numeric + 360) % 360) h ON true;

-- John Lennon, born in Liverpool in 1940
SELECT name, birth AT TIME ZONE 'UTC' AS birth_utc FROM people WHERE id = 1;
SELECT b.* FROM people, bodies(chart) b WHERE id = 1;
SELECT cusps(chart) FROM people WHERE id = 1;

-- Marie Curie: the hour of her birth is not known, and nothing is made up
SELECT b.* FROM people, bodies(chart) b WHERE name = 'Marie Curie';

-- Chiron was too unsure to compute before 1800
SELECT name FROM people WHERE longitude(chart, 'chiron') IS NULL ORDER BY birth;

-- Sun, Moon and ascendant
SELECT name,
	   max(sign || to_char(sign_degree, ' 90.00')) FILTER (WHERE body = 'sun') AS sun,
	   max(sign || to_char(sign_degree, ' 90.00')) FILTER (WHERE body = 'moon') AS moon,
	   max(sign || to_char(sign_degree, ' 90.00')) FILTER (WHERE body = 'ascendant') AS ascendant
FROM people_bodies JOIN people USING (id)
WHERE name IN ('John Lennon', 'Yoko Ono', 'Albert Einstein', 'Diana Spencer', 'Charles III', 'Frida Kahlo',
			   'Diego Rivera', 'Ada Lovelace', 'Wolfgang Amadeus Mozart')
GROUP BY id, name ORDER BY id;

-- a dump of a chart reads back to the same bytes
SELECT count(*) AS differences FROM people WHERE chart(jsonb(chart)) <> chart OR chart::text::chart <> chart;
