--
-- Making charts out of arrays, columns and other charts.
--

\pset format unaligned
\pset null '(null)'

--
-- An array of the ten planets, Sun to Pluto
--

SELECT ARRAY[329.3793683, 251.1295754, 337.8913140, 313.7855124, 165.1254055,
	170.6954913, 309.7369720, 20.5479258, 159.0760407, 111.6284326]::float8[]::chart AS yoko_ono;
SELECT chart(ARRAY[329.38, NULL, 337.89, NULL, NULL, NULL, NULL, NULL, NULL, 111.63]::float8[]);
SELECT array_fill(NULL::float8, ARRAY[10])::chart;
SELECT NULL::float8[]::chart;
-- Whatever its lower bound
SELECT '[0:9]={1,2,3,4,5,6,7,8,9,10}'::float8[]::chart = '{1,2,3,4,5,6,7,8,9,10}'::chart AS equal;

-- Arrays of other numbers are cast to float8[] first; a float4 has seven
-- digits only.
\set VERBOSITY terse
SELECT '{196.2678939,2,3,4,5,6,7,8,9,10}'::numeric[]::chart;
\set VERBOSITY default
SELECT longitude('{196.2678939,2,3,4,5,6,7,8,9,10}'::numeric[]::float8[]::chart, 'sun') AS of_numeric,
	longitude('{196.2678939,2,3,4,5,6,7,8,9,10}'::real[]::float8[]::chart, 'sun') AS of_real,
	longitude('{196,2,3,4,5,6,7,8,9,10}'::int[]::float8[]::chart, 'sun') AS of_int;

SELECT '{}'::float8[]::chart;
SELECT '{1,2,3,4,5,6,7,8,9}'::float8[]::chart;
\echo :LAST_ERROR_SQLSTATE
SELECT '{1,2,3,4,5,6,7,8,9,10,11}'::float8[]::chart;
SELECT '{{1,2,3,4,5},{6,7,8,9,10}}'::float8[]::chart;
SELECT '{1,2,3,4,5,6,7,8,9,NaN}'::float8[]::chart;
SELECT '{1,2,3,4,5,6,7,8,Infinity,10}'::float8[]::chart;
\echo :LAST_ERROR_SQLSTATE

--
-- Parallel arrays: bodies, longitudes, speeds, declinations; and the cusps.
-- Literals need the names of the arguments, or could be single numbers.
--

\set VERBOSITY sqlstate
SELECT chart('{sun,moon}', '{196.27,303.55}');
\set VERBOSITY default
SELECT chart(bodies => '{sun,moon,ascendant}', longitudes => '{196.2678939,303.5466256,19.7111278}');
SELECT chart(ARRAY['Sun', 'MOON', 'Asc', 'Mean_North_Lunar_Node'], ARRAY[196.27, -56.45, 379.71, 190.58],
	speeds => ARRAY[0.988481, 12.5290939, NULL, -0.0529631],
	declinations => ARRAY[-6.3988857, -14.5969381, 7.7117882, NULL]);
SELECT chart(bodies => '{sun,ascendant}', longitudes => '{196.27,19.71}', cusps =>
	'{19.7111278,59.519861,80.22482,97.058411,115.3002147,142.0860024,199.7111278,239.519861,260.22482,277.058411,295.3002147,322.0860024}');
SELECT chart(bodies => '{}', longitudes => '{}');

-- Unknown is NULL: a longitude that is not known leaves the body out, with
-- its speed; without arrays there is no chart.
SELECT chart(bodies => '{sun,moon}', longitudes => '{196.27,NULL}', speeds => '{0.99,12.5}');
SELECT chart(bodies => '{sun,moon}', longitudes => '{196.27,303.55}', speeds => '{NULL,NULL}', declinations => '{NULL,NULL}') = '{"sun": 196.27, "moon": 303.55}' AS equal;
SELECT chart(bodies => NULL, longitudes => '{196.27}'), chart(bodies => '{sun}', longitudes => NULL);

-- A body twice is one body if both say the same, and what only one of them
-- knows is taken from it.
SELECT chart(bodies => '{sun,Sun,SUN}', longitudes => '{196.27,556.27,196.27}', speeds => '{NULL,0.988481,NULL}', declinations => '{-6.4,NULL,-6.4}');
SELECT chart(bodies => '{sun,moon,sun}', longitudes => '{196.27,303.55,196.28}');
\echo :LAST_ERROR_SQLSTATE
SELECT chart(bodies => '{sun,sun}', longitudes => '{196.27,196.27}', speeds => '{0.988481,0.988482}');
SELECT chart(bodies => '{sun,sun}', longitudes => '{196.27,196.27}', speeds => NULL, declinations => '{-6.3988857,6.3988857}');
SELECT chart(bodies => '{true_node,north_node}', longitudes => '{191.02,190.58}');

SELECT chart(bodies => '{sun,moon}', longitudes => '{196.27}');
\echo :LAST_ERROR_SQLSTATE
SELECT chart(bodies => '{sun}', longitudes => '{196.27,303.55}');
SELECT chart(bodies => '{sun,moon}', longitudes => '{196.27,303.55}', speeds => '{0.99}');
SELECT chart(bodies => '{sun,moon}', longitudes => '{196.27,303.55}', speeds => NULL, declinations => '{}');
SELECT chart(bodies => '{{sun,moon}}', longitudes => '{196.27,303.55}');
SELECT chart(bodies => '{sun,moon}', longitudes => '{{196.27},{303.55}}');
SELECT chart(bodies => '{sun,NULL}', longitudes => '{196.27,303.55}');
\echo :LAST_ERROR_SQLSTATE
SELECT chart(bodies => '{sun,mooon}', longitudes => '{196.27,303.55}');
SELECT chart(bodies => '{sun,""}', longitudes => '{196.27,303.55}');
-- ... also where the longitude is not known
SELECT chart(bodies => '{sun,mooon}', longitudes => '{196.27,NULL}');
SELECT longitude('{}', 'ж' || repeat('жж', 50));
SELECT chart(bodies => '{sun,moon}', longitudes => '{196.27,NaN}');
SELECT chart(bodies => '{sun,moon}', longitudes => '{196.27,303.55}', speeds => '{0.99,2147.4836475}');
SELECT chart(bodies => '{sun,moon}', longitudes => '{196.27,303.55}', speeds => '{0.99,NaN}');
SELECT chart(bodies => '{sun,moon}', longitudes => '{196.27,303.55}', speeds => NULL, declinations => '{90,-90.0000001}');
SELECT chart(bodies => '{sun,moon}', longitudes => '{196.27,303.55}', speeds => NULL, declinations => '{90,-Infinity}');

--
-- Named arguments, for tables with a column per planet
--

CREATE TEMPORARY TABLE births (name text, sun_lon float8, moon_lon float8, node float8, lilith_lon float8, asc_lon numeric, mc int);
INSERT INTO births VALUES
	('John Lennon', 196.2678939, 303.5466256, 191.0242470, 13.3722834, 19.7111278, 277),
	('Mileva Maric', 267.65, NULL, NULL, NULL, NULL, NULL);
SELECT name, chart(sun => sun_lon, moon => moon_lon, true_node => node, mean_lilith => lilith_lon,
	ascendant => asc_lon::float8, midheaven => mc)
FROM births;
SELECT chart(1, 2, 3, 4, 5, 6, 7, 8, 9, 10) = '{1,2,3,4,5,6,7,8,9,10}' AS by_position;
SELECT chart(sun => 1, moon => 2, mercury => 3, venus => 4, mars => 5, jupiter => 6, saturn => 7, uranus => 8, neptune => 9,
	pluto => 10, true_node => 11, mean_node => 12, true_south_node => 13, mean_south_node => 14, mean_lilith => 15,
	true_lilith => 16, chiron => 17, ascendant => 18, midheaven => 19, descendant => 20, imum_coeli => 21,
	cusps => '{1,31,61,91,121,151,181,211,241,271,301,331}');
SELECT chart(), chart(sun => NULL);
SELECT chart(sun => 'NaN');
\set VERBOSITY sqlstate
SELECT chart(sunn => 1);
\set VERBOSITY default
SELECT chart(sun => 1, cusps => '{1,2,3}');

--
-- Cusps
--

SELECT with_cusps('{"sun": 196.27}', '{19.71,59.52,80.22,97.06,115.3,142.09,199.71,239.52,260.22,277.06,295.3,682.09}');
SELECT with_cusps(with_cusps('{"sun": 196.27}', '{1,31,61,91,121,151,181,211,241,271,301,331}'), NULL);
SELECT with_cusps(NULL, '{1,31,61,91,121,151,181,211,241,271,301,331}');
SELECT with_cusps('{"sun": 196.27}', '{1,31,61,91,121,151,181,211,241,271,301}');
\echo :LAST_ERROR_SQLSTATE
SELECT with_cusps('{"sun": 196.27}', '{}');
SELECT with_cusps('{"sun": 196.27}', '{1,31,NULL,91,121,151,181,211,241,271,301,331}');
\echo :LAST_ERROR_SQLSTATE
SELECT with_cusps('{"sun": 196.27}', '{1,31,61,91,121,151,181,211,241,271,301,Infinity}');
SELECT with_cusps('{"sun": 196.27}', '{{1,31,61,91,121,151},{181,211,241,271,301,331}}');

--
-- Charts together, and less some bodies
--

SELECT '{"sun": 196.27, "moon": 303.55}'::chart || '{"moon": {"longitude": 303.5, "speed": 12.5}, "mc": 277.06}';
-- What both have is taken whole from the right one.
SELECT '{"sun": {"longitude": 196.27, "speed": 0.99}, "uncertainty": 60}'::chart || '{"sun": 196.27}';
SELECT '{"sun": 196.27, "uncertainty": 60}'::chart || '{"cusps": [1,31,61,91,121,151,181,211,241,271,301,331], "uncertainty": 3600}';
SELECT '{"sun": 196.27}'::chart || '{}', '{}'::chart || '{}', '{"sun": 196.27}'::chart || NULL;

SELECT '{"sun": 1, "moon": 2, "asc": 3, "mc": 4, "vertex": 5}'::chart - '{moon,angles}'::text[];
SELECT '{"sun": 1, "moon": 2}'::chart - ARRAY['Moon', NULL, 'chiron'];
SELECT '{1,2,3,4,5,6,7,8,9,10}'::chart - ARRAY['slow'];
SELECT '{1,2,3,4,5,6,7,8,9,10}'::chart - ARRAY['planets'] = '{}' AS nothing_left;
SELECT '{"sun": 1}'::chart - '{}'::text[], '{"sun": 1}'::chart - NULL::text[];
SELECT '{"sun": 1, "moon": 2, "cusps": [1,31,61,91,121,151,181,211,241,271,301,331]}'::chart - ARRAY['sun'];
SELECT '{"sun": 1}'::chart - ARRAY['sunn'];
SELECT '{"sun": 1}'::chart - ARRAY['cusps'];
SELECT '{"sun": 1}'::chart - ARRAY[''];
SELECT '{"sun": 1}'::chart - ARRAY[['sun'], ['moon']];

--
-- At most 128 bodies
--

CREATE TEMPORARY TABLE registry AS
	SELECT row_number() OVER (ORDER BY id) AS i, body FROM synastry_bodies();
WITH largest AS (
	SELECT chart(array_agg(body), array_agg(i * 2.5)) AS chart FROM registry WHERE i <= 128
)
SELECT (SELECT count(*) FROM bodies(chart)) AS bodies, pg_column_size(chart), chart::text::chart = chart AS reads_back
FROM largest;
SELECT chart(array_agg(body), array_agg(i * 2.5)) FROM registry WHERE i <= 129;
\echo :LAST_ERROR_SQLSTATE
SELECT chart(array_agg(body), array_agg(i * 2.5)) FROM registry;
SELECT a.chart || b.chart
FROM (SELECT chart(array_agg(body), array_agg(i * 2.5)) FROM registry WHERE i <= 100) AS a(chart),
	(SELECT chart(array_agg(body), array_agg(i * 2.5)) FROM registry WHERE i > 70) AS b(chart);
\echo :LAST_ERROR_SQLSTATE
SELECT json_object_agg(body, i)::text::chart FROM registry;
\echo :LAST_ERROR_SQLSTATE

--
-- jsonb, both ways: into jsonb as the text shows it
--

SELECT '{"moon": {"longitude": 303.5466256, "speed": 12.529094}, "sun": 196.2678939}'::chart::jsonb;
SELECT jsonb('{"sun": 196.27}'::chart) -> 'sun' AS sun;
SELECT c::jsonb::chart = c AS same
FROM unnest(ARRAY['{}', '{1,2,3,4,5,6,7,8,9,10}',
	'{"sun": {"longitude": 0.0000001, "speed": -0.000001, "declination": 1e-7}, "vertex": 359.9999999,
	  "cusps": [1,31,61,91,121,151,181,211,241,271,301,331], "uncertainty": 60}']::chart[]) AS c;
-- jsonb becomes a chart wherever one is wanted; into a column of jsonb a
-- chart may be assigned.
SELECT longitude(jsonb_build_object('sun', 196.27, 'moon', NULL), 'sun');
CREATE TEMPORARY TABLE documents (document jsonb);
INSERT INTO documents VALUES (chart(sun => 196.27)) RETURNING document;
SELECT chart(document) FROM documents;
SELECT NULL::jsonb::chart;
