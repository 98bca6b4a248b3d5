--
-- What is in a chart: bodies(), cusps(), longitude(); and the registry of
-- bodies.
--

\pset null '(null)'

-- John Lennon, 9 October 1940, 17:30 UTC, Liverpool.  Retrograde bodies have
-- a negative speed.
CREATE TEMPORARY TABLE lennon AS SELECT chart(
	bodies => '{sun,moon,mercury,venus,mars,jupiter,saturn,uranus,neptune,pluto,true_node,mean_node,mean_lilith,chiron,ascendant,midheaven}',
	longitudes => '{196.2678939,303.5466256,218.5582322,153.2154171,182.6625306,43.6918678,43.2150138,55.5519944,176.0301116,124.1880861,191.0242470,190.5826759,13.3722834,120.5681084,19.7111278,277.0584110}',
	speeds => '{0.9884810,12.5290939,1.3194655,1.1337124,0.6449413,-0.1069103,-0.0669378,-0.0293658,0.0353173,0.0113653,0.0059308,-0.0529631,0.1107355,0.0529196,NULL,NULL}',
	declinations => '{-6.3988857,-14.5969381,-16.2329697,10.5716283,-0.1807418,14.6100910,13.2968981,18.8846276,2.6814188,23.1195292,-4.3633296,-4.1902777,5.0482667,13.4145214,7.7117882,-23.2564044}',
	cusps => '{19.7111278,59.5198610,80.2248200,97.0584110,115.3002147,142.0860024,199.7111278,239.5198610,260.2248200,277.0584110,295.3002147,322.0860024}'
) AS chart;
SELECT b.* FROM lennon, bodies(chart) AS b;

-- What is not known is NULL: speed and with it the direction, declination,
-- house.
SELECT * FROM bodies('{"sun": 196.27, "moon": {"longitude": 303.55, "speed": 0}, "pluto": {"longitude": 124.19, "declination": 0}}');
SELECT * FROM bodies('{}');
SELECT * FROM bodies(NULL);

-- Houses reach from cusp to cusp, a body on a cusp is in the house that it
-- begins, also where the house contains 0 degrees Aries.
SELECT b.body, b.longitude, b.house
FROM bodies(chart(bodies => '{sun,moon,mercury,venus,mars,jupiter,saturn,uranus,neptune,pluto}',
	longitudes => '{350,349.9999999,359.9999999,0,19.9999999,20,289.9999999,290,319.9999999,320}',
	cusps => '{350,20,50,80,110,140,170,200,230,260,290,320}')) AS b;
-- Equal houses; houses of any width, two of them empty; cusps that are all
-- the same
SELECT house, count(*)
FROM generate_series(0, 359) AS degree,
	bodies(chart(sun => degree, cusps => '{10,40,70,100,130,160,190,220,250,280,310,340}')) AS b
GROUP BY house ORDER BY house;
SELECT house, count(*)
FROM generate_series(0, 359) AS degree,
	bodies(chart(sun => degree, cusps => '{100,101,103,103,110,120,280,281,283,283,290,300}')) AS b
GROUP BY house ORDER BY house;
SELECT body, house
FROM bodies(chart(bodies => '{sun,moon,mars}', longitudes => '{77,76.9999999,300}', cusps => array_fill(77::float8, ARRAY[12])));

-- The degree within the sign, to the last digit
SELECT longitude, sign, sign_degree
FROM bodies('{29.9999999,30,30.0000001,59.9999999,60,89.9999999,90,329.9999999,330,359.9999999}');
SELECT count(*) AS wrong
FROM generate_series(0, 3599999999, 7654321) AS i, bodies(chart(sun => i / 1e7::float8)) AS b
WHERE b.longitude <> i / 1e7::float8 OR b.sign_degree <> (i % 300000000) / 1e7::float8
	OR b.sign <> ('{aries,taurus,gemini,cancer,leo,virgo,libra,scorpio,sagittarius,capricorn,aquarius,pisces}'::text[])[i / 300000000 + 1];

SELECT cusps(chart) FROM lennon;
SELECT cusps('{"sun": 1}'), cusps(NULL);

-- A body by its name, in any case and spelling, or an alias
SELECT longitude(chart, 'moon') AS moon, longitude(chart, 'MOON') AS upper, longitude(chart, 'Mean Node') AS with_space,
	longitude(chart, 'mean-node') AS with_hyphen, longitude(chart, 'Asc') AS asc, longitude(chart, 'MC') AS mc,
	longitude(chart, 'north_node') AS north_node, longitude(chart, 'Lilith') AS lilith, longitude(chart, 'Medium_Coeli') AS medium_coeli
FROM lennon;
-- NULL if the chart does not have it, an error if nothing is called so
SELECT longitude(chart, 'vertex'), longitude(chart, NULL) FROM lennon;
SELECT longitude(chart, 'merkury') FROM lennon;
\echo :LAST_ERROR_SQLSTATE
SELECT longitude(chart, 'planet nine') FROM lennon;
SELECT longitude(chart, '') FROM lennon;
SELECT longitude(chart, ' - _ ') FROM lennon;
SELECT longitude(chart, 'planets') FROM lennon;
SELECT longitude(chart, repeat('long', 100)) FROM lennon;
SELECT longitude(chart, 'm' || repeat('ö', 100)) FROM lennon;

--
-- The registry.  Ids are in stored charts: this list only ever grows.
--

\pset format unaligned
SELECT * FROM synastry_bodies();
\pset format aligned

-- A name stands for one body, whatever its spelling.
SELECT name, count(*)
FROM (SELECT replace(unnest(body || aliases), '_', '') AS name FROM synastry_bodies()) AS names
GROUP BY name HAVING count(*) > 1;
-- Every name and alias is found, in the spelling of titles as well.
SELECT name
FROM (SELECT body, unnest(body || aliases) AS name FROM synastry_bodies()) AS names
WHERE longitude(chart(ARRAY[body], ARRAY[7.5]), name) IS DISTINCT FROM 7.5
	OR longitude(chart(ARRAY[initcap(replace(name, '_', ' '))], ARRAY[7.5]), body) IS DISTINCT FROM 7.5;

-- The points of kerykeion 5 have their names.
CREATE TEMPORARY TABLE kerykeion AS
SELECT unnest('{Sun,Moon,Mercury,Venus,Mars,Jupiter,Saturn,Uranus,Neptune,Pluto,
	Mean_North_Lunar_Node,True_North_Lunar_Node,Mean_South_Lunar_Node,True_South_Lunar_Node,
	Chiron,Mean_Lilith,True_Lilith,Earth,Pholus,Ceres,Pallas,Juno,Vesta,
	Eris,Sedna,Haumea,Makemake,Ixion,Orcus,Quaoar,
	Regulus,Spica,Aldebaran,Antares,Sirius,Fomalhaut,Algol,Betelgeuse,Canopus,Procyon,Arcturus,Pollux,
	Deneb,Altair,Rigel,Achernar,Capella,Vega,Alcyone,Alphecca,Algorab,Deneb_Algedi,Alkaid,
	Pars_Fortunae,Pars_Spiritus,Pars_Amoris,Pars_Fidei,Vertex,Anti_Vertex,
	Ascendant,Medium_Coeli,Descendant,Imum_Coeli}'::text[]) AS point;
SELECT count(*), count(DISTINCT longitude(chart, point)) AS found
FROM kerykeion,
	(SELECT chart(array_agg(point), array_agg(n)) FROM (SELECT point, row_number() OVER ()::float8 AS n FROM kerykeion) AS k) AS all_points(chart);
