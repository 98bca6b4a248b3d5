-- What `make demo` shows: run by psql after demo-load.sql.
\pset footer off
\pset null ''
\encoding UTF8

\echo
\echo '1. Who is here: sixty people, each with a chart in one column'
\echo
\set ECHO queries
SELECT count(*) AS people, count(chart) AS charts, sum(pg_column_size(chart)) AS bytes FROM people;

SELECT b.body, b.longitude, b.sign, b.sign_degree, b.speed, b.retrograde, b.house
FROM people, bodies(chart) AS b
WHERE name = 'John Lennon'
LIMIT 5;
\set ECHO none

\echo '2. The aspects between two charts: John Lennon (rows) and Yoko Ono (columns)'
\echo
\pset format unaligned
\pset tuples_only on
\set ECHO queries
SELECT aspect_grid(aspect_matrix(john.chart, yoko.chart, 'synastry; bodies planets'))
FROM people john, people yoko
WHERE john.name = 'John Lennon' AND yoko.name = 'Yoko Ono';
\set ECHO none
\pset tuples_only off
\pset format aligned
\echo

\echo '3. The same as rows, tightest first: Charles III and Diana Spencer'
\echo
\set ECHO queries
SELECT body_a AS charles, aspect, body_b AS diana, separation, orb, strength, nature
FROM people charles, people diana, aspects(charles.chart, diana.chart)
WHERE charles.name = 'Charles III' AND diana.name = 'Diana Spencer'
ORDER BY orb
LIMIT 8;
\set ECHO none

\echo '4. The best matches of one person'
\echo
\set ECHO queries
SELECT p.name, synastry_score(p.chart, frida.chart) AS score
FROM people p, people frida
WHERE frida.name = 'Frida Kahlo' AND p.id <> frida.id
ORDER BY p.chart <~> frida.chart
LIMIT 5;
\set ECHO none

\echo '5. Why the first of them won: what adds most to, and takes most from, the score'
\echo
\set ECHO queries
WITH winner AS (
	SELECT p.name, p.chart, frida.chart AS frida
	FROM people p, people frida
	WHERE frida.name = 'Frida Kahlo' AND p.id <> frida.id
	ORDER BY p.chart <~> frida.chart
	LIMIT 1
)
SELECT w.name, s.body_a, s.aspect, s.body_b AS frida, s.orb,
	round(s.contribution::numeric, 2) AS points
FROM winner w, score_cells(w.chart, w.frida) s
ORDER BY abs(s.contribution) DESC
LIMIT 8;
\set ECHO none

\echo '6. Every couple among the sixty, in one query: the five best of 1,770 pairs'
\echo
\set ECHO queries
SELECT a.name, b.name, synastry_score(a.chart, b.chart) AS score
FROM people a JOIN people b ON a.id < b.id
ORDER BY a.chart <~> b.chart
LIMIT 5;
\set ECHO none

\echo '7. Tonight: the tightest transits to all sixty charts, out of a table with one sky a day'
\echo
\set ECHO queries
WITH sky AS (
	SELECT chart_interpolate(e0.chart, e0.at, e1.chart, e1.at, now()) AS chart
	FROM ephemeris e0 JOIN ephemeris e1 ON e1.at = e0.at + interval '24 hours'
	WHERE now() >= e0.at AND now() < e1.at
)
SELECT p.name, t.body_a AS transiting, t.aspect, t.body_b AS natal, t.orb, t.phase,
	round(t.days_to_exact::numeric, 1) AS days
FROM sky, people p, transits(sky.chart, p.chart, 'predictive; bodies_b planets, angles') t
ORDER BY t.orb
LIMIT 8;
\set ECHO none

\echo '8. Everybody against everybody in one statement within work_mem: who is whose best match, mutually'
\echo
\set ECHO queries
WITH best AS (
	SELECT left_id, right_id, score
	FROM synastry_cross('people'::regclass, 'people'::regclass, id => NULL::int, top_k => 1, skip_same_id => true)
)
SELECT a.name, b.name, x.score
FROM best x JOIN best y ON y.left_id = x.right_id AND y.right_id = x.left_id AND x.left_id < y.left_id
	JOIN people a ON a.id = x.left_id JOIN people b ON b.id = x.right_id
ORDER BY x.score DESC
LIMIT 5;
\set ECHO none

\echo '9. What a page shows about a pair, made once and found again'
\echo
\set ECHO queries
SELECT r->'score' AS score, jsonb_array_length(r->'interaspects') AS aspects,
	r->'metadata'->'cached' AS cached, r->'metadata'->'performance'->'milliseconds' AS milliseconds
FROM people a, people b, synastry(a.chart, b.chart) AS r
WHERE a.name = 'John Lennon' AND b.name = 'Yoko Ono';
\g
\set ECHO none

\echo 'How to go on: README.md, and in psql'
\echo
\echo '    \\dx+ synastry'
\echo '    SELECT * FROM synastry_aspect_sets();'
\echo '    SELECT * FROM synastry_bodies() LIMIT 20;'
