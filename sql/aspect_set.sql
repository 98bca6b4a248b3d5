--
-- The type aspect_set: which aspects count, and how close they must be.
--

\pset format unaligned

-- Presets; they print as what they stand for.
SELECT * FROM synastry_aspect_sets();
SELECT 'modern'::aspect_set, ' Modern ; '::aspect_set;
-- A preset's name gives the value that the list shows, and that reads back.
SELECT name FROM synastry_aspect_sets()
WHERE name::aspect_set::text <> aspects::text OR aspects::text::aspect_set::text <> aspects::text
	OR aspect_set_send(aspects::text::aspect_set) <> aspect_set_send(aspects);

-- Lists of aspects with max orbs in degrees print by ascending angle.
CREATE TEMPORARY TABLE sets (written text, set aspect_set);
CREATE FUNCTION pg_temp.take(written text) RETURNS aspect_set LANGUAGE sql
AS 'INSERT INTO sets VALUES (written, written::aspect_set) RETURNING set';
SELECT pg_temp.take('trine 7, conjunction 8');
SELECT pg_temp.take('  TRINE	7.5,Opposition 1e1 , square .5,sextile 5.  ');
SELECT pg_temp.take('conjunction 0, opposition 180');
SELECT pg_temp.take('trine 7;');

-- Aliases are known; a name of the registry may have an angle of its own.
SELECT pg_temp.take('conj 8, inconjunct 3, sesquisquare 2, octile 1, semidecile 1');
SELECT pg_temp.take('septile=51.428571 1.5, quintile = 73 2, trine=120 8');
-- Any other name needs an angle: letters, digits and underscores.
SELECT pg_temp.take('conjunction 8, Golden_Angle=137.507764 1.25, h24=15 0.5, modern=1 1');
SELECT pg_temp.take(repeat('x', 63) || '=11 1');
SELECT pg_temp.take('a=0 1, b=180 1, c=0.0000001 1, d=179.9999999 1');

-- All aspects of the registry
SELECT pg_temp.take('conjunction 1, semisextile 1, semisquare 1, sextile 1, square 1, trine 1, sesquiquadrate 1, quincunx 1, opposition 1');
SELECT pg_temp.take('quintile 1, biquintile 1, decile 1, tridecile 1, vigintile 1');
SELECT pg_temp.take('septile 1, biseptile 1, triseptile 1, novile 1, binovile 1, quadnovile 1');
SELECT pg_temp.take('undecile 1, biundecile 1, triundecile 1, quadundecile 1, quinqueundecile 1');
-- ... and their angles
SELECT DISTINCT a.aspect, a.angle, a.nature
FROM generate_series(0, 179) AS degree,
	aspects('{"sun": 0}', chart(moon => degree), 'conjunction 1, semisextile 1, semisquare 1, sextile 1, square 1, trine 1, sesquiquadrate 1,
		quincunx 1, opposition 1, quintile 1, biquintile 1, decile 1, tridecile 1, vigintile 1, septile 1, biseptile 1, triseptile 1, novile 1,
		binovile 1, quadnovile 1, undecile 1, biundecile 1, triundecile 1, quadundecile 1, quinqueundecile 1') AS a
ORDER BY a.angle;

-- A preset, extended or changed
SELECT pg_temp.take('modern, quintile 2');
SELECT pg_temp.take('modern, trine 6, square=91 6');
SELECT pg_temp.take('circular, septile 2');
-- Every max orb times the scale, which may stand anywhere
SELECT pg_temp.take('modern, quintile 2; scale 0.8');
SELECT pg_temp.take('trine 8; strict; scale 0.1');
SELECT pg_temp.take('conjunction 8; scale 22.5');

-- The bodies that take part, on both sides or on one; groups stand for
-- their members.  They print in the order of the registry.
SELECT pg_temp.take('major; bodies ascendant, planets, mc, sun');
SELECT pg_temp.take('major; bodies_a luminaries; bodies_b social, True_Node');
SELECT pg_temp.take('major; bodies_b slow');
SELECT pg_temp.take('major; bodies_a moon');
SELECT pg_temp.take('major; bodies_a moon, sun; bodies_b sun, moon');
SELECT pg_temp.take('major; bodies_a sun; bodies_b moon');
SELECT pg_temp.take('trine 8; bodies ' || g) AS members
FROM unnest('{planets,luminaries,personal,social,outer,slow,nodes,angles,asteroids,lots}'::text[]) AS g;
SELECT array_length(string_to_array('trine 8; bodies stars'::aspect_set::text, ','), 1) AS stars;

-- Bounds and ties.  With "first" the order of writing counts and stays.
SELECT pg_temp.take('trine 8, sextile 6; strict');
SELECT pg_temp.take('trine 8, sextile 6; first');
SELECT pg_temp.take('trine 8, sextile 6; strict; first; bodies sun');
SELECT pg_temp.take('trine 8, sextile 6; inclusive; tightest');
SELECT pg_temp.take('kerykeion; tightest');
SELECT pg_temp.take('kerykeion, quincunx 3, trine 7');
SELECT pg_temp.take('trine 8; first; tightest; strict; inclusive');

-- At most 32 aspects
SELECT pg_temp.take(string_agg(format('a%s=%s 1', i, i), ', ')) FROM generate_series(1, 32) AS i;
SELECT string_agg(format('a%s=%s 1', i, i), ', ')::aspect_set FROM generate_series(1, 33) AS i;
\echo :LAST_ERROR_SQLSTATE

-- All of these read back to themselves.
SELECT count(*), count(*) FILTER (WHERE set::text::aspect_set::text = set::text) AS same_text,
	count(*) FILTER (WHERE aspect_set_send(set::text::aspect_set) = aspect_set_send(set)) AS same_binary
FROM sets;

--
-- Errors
--

SELECT ''::aspect_set;
\echo :LAST_ERROR_SQLSTATE
SELECT ' ; '::aspect_set;
SELECT ', trine 8'::aspect_set;
SELECT '; strict'::aspect_set;

-- Names
SELECT 'modren'::aspect_set;
\echo :LAST_ERROR_SQLSTATE
SELECT 'whatever'::aspect_set;
SELECT 'modren, trine 8'::aspect_set;
SELECT 'conjunction 8, modern'::aspect_set;
SELECT 'conjunction 8, trien 7'::aspect_set;
\echo :LAST_ERROR_SQLSTATE
SELECT 'conjunction 8, golden 7'::aspect_set;
SELECT 'semi-sextile 2'::aspect_set;
SELECT 'semi sextile 2'::aspect_set;
SELECT 'trine 8, Kontaktwinkel-für-Übergänge 7'::aspect_set;
SELECT 'trine 8, △ 7'::aspect_set;
SELECT '8 trine'::aspect_set;
SELECT repeat('x', 63)::aspect_set;
SELECT (repeat('x', 64) || '=11 1')::aspect_set;
\echo :LAST_ERROR_SQLSTATE
SELECT repeat('trine', 1000)::aspect_set;
SELECT (repeat('trine', 1000) || ' 8')::aspect_set;

-- Orbs and angles
SELECT 'trine'::aspect_set;
SELECT 'conjunction 8, trine'::aspect_set;
SELECT 'conjunction 8, trine, square 8'::aspect_set;
SELECT 'conjunction 8, trine; strict'::aspect_set;
SELECT 'trine eight'::aspect_set;
SELECT 'trine -1'::aspect_set;
\echo :LAST_ERROR_SQLSTATE
SELECT 'trine 180.0000001'::aspect_set;
SELECT 'trine 1e400'::aspect_set;
SELECT 'trine NaN'::aspect_set;
SELECT 'trine -NaN'::aspect_set;
SELECT 'trine +Infinity'::aspect_set;
SELECT 'trine 8°'::aspect_set;
SELECT 'trine 8 7'::aspect_set;
SELECT 'trine 8.5.1'::aspect_set;
SELECT 'septile= 1'::aspect_set;
SELECT 'septile== 51 1'::aspect_set;
SELECT 'septile=, trine 8'::aspect_set;
SELECT 'septile=-51.43 1'::aspect_set;
SELECT 'septile=181 1'::aspect_set;
\echo :LAST_ERROR_SQLSTATE
SELECT 'septile=NaN 1'::aspect_set;

-- Each aspect once, each angle once
SELECT 'trine 8, square 7, trine 6'::aspect_set;
\echo :LAST_ERROR_SQLSTATE
SELECT 'quincunx 3, inconjunct 2'::aspect_set;
SELECT 'modern, trine 7, trine 6'::aspect_set;
SELECT 'golden=137.5 1, Golden=137.6 1'::aspect_set;
SELECT 'square 8, right=90 1'::aspect_set;
\echo :LAST_ERROR_SQLSTATE
SELECT 'right=90 1, square 8'::aspect_set;
SELECT 'modern, sixth=60.00000001 3'::aspect_set;
SELECT 'one=77 1, two=77 1'::aspect_set;

-- Options
SELECT 'modern; loose'::aspect_set;
\echo :LAST_ERROR_SQLSTATE
SELECT 'modern;; strict'::aspect_set;
SELECT 'modern; strict first'::aspect_set;
SELECT 'modern strict'::aspect_set;
SELECT 'modern; strict, quintile 2'::aspect_set;
SELECT 'modern; scale'::aspect_set;
SELECT 'modern; scale half'::aspect_set;
SELECT 'modern; scale 0'::aspect_set;
\echo :LAST_ERROR_SQLSTATE
SELECT 'modern; scale -0.5'::aspect_set;
SELECT 'modern; scale -NaN'::aspect_set;
SELECT 'modern; scale 1e9'::aspect_set;
SELECT 'modern; scale 0.8; scale 1'::aspect_set;
SELECT 'modern; scale 18.1'::aspect_set;
SELECT 'modern; bodies'::aspect_set;
SELECT 'modern; bodies sun,'::aspect_set;
SELECT 'modern; bodies sun moon'::aspect_set;
SELECT 'modern; bodies sun, mon'::aspect_set;
\echo :LAST_ERROR_SQLSTATE
SELECT 'modern; bodies_a planet'::aspect_set;
SELECT 'modern; bodies_b true-node'::aspect_set;
SELECT 'modern; bodies sun; bodies moon'::aspect_set;
SELECT 'modern; bodies_a sun; bodies moon'::aspect_set;
SELECT 'modern; bodies_b sun; bodies_b moon'::aspect_set;

-- Orbs by body and by pair have a file of their own, orbs.sql.
SELECT 'modern; sun +2, moon +2'::aspect_set;
SELECT 'modern; pluto max 3'::aspect_set;
SELECT 'modern; planets +1'::aspect_set;
\echo :LAST_ERROR_SQLSTATE

-- What a message shows of the text is short and ends at a character.
SELECT ('modern; ' || repeat('ж', 100))::aspect_set;
SELECT ('modern; ' || repeat('♈', 100))::aspect_set;
SELECT ('modern ) ' || repeat('x', 10000))::aspect_set;
