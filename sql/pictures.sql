--
-- Pictures
--
-- aspect_grid() in colour, aspect_grid_svg() and synastry_svg().  A picture is
-- text, so what it shows is read out of it again and compared with bodies() and
-- aspects(); where bodies stand is compared with sines and cosines of SQL.
--
-- What is in people is in the pictures: doc/ holds two, made by these
-- commands in a database that sql/people.sql has filled:
--
--   psql -XAtc "SELECT synastry_svg(john.chart, yoko.chart, 'synastry; bodies planets, angles, true_node, chiron') FROM people john, people yoko WHERE john.id = 1 AND yoko.id = 2" > doc/wheel.svg
--   psql -XAtc "SELECT aspect_grid_svg(aspect_matrix(frida.chart, diego.chart, 'modern; bodies planets')) FROM people frida, people diego WHERE frida.id = 20 AND diego.id = 21" > doc/grid.svg
--
\set wheel_file `cat doc/wheel.svg`
\set grid_file `cat doc/grid.svg`
SELECT synastry_svg(john.chart, yoko.chart, 'synastry; bodies planets, angles, true_node, chiron') = :'wheel_file' AS wheel
FROM people john, people yoko WHERE john.id = 1 AND yoko.id = 2;
SELECT aspect_grid_svg(aspect_matrix(frida.chart, diego.chart, 'modern; bodies planets')) = :'grid_file' AS grid
FROM people frida, people diego WHERE frida.id = 20 AND diego.id = 21;

--
-- In colour, for terminals
--

SELECT replace(line, chr(27), 'ESC') AS line
FROM people john, people yoko,
	 regexp_split_to_table(aspect_grid(aspect_matrix(john.chart, yoko.chart, 'synastry; bodies_a sun, venus; bodies_b sun, venus, neptune'), true), '\n') line
WHERE john.id = 1 AND yoko.id = 2;
-- Without the colours it is the grid; there are as many cells of a colour as
-- aspects of a nature; every colour ends.
SELECT count(*) AS pairs,
	   count(*) FILTER (WHERE regexp_replace(colored, '\x1b\[\d+m', '', 'g') <> plain) AS other_text,
	   count(*) FILTER (WHERE aspect_grid(matrix, false) <> plain) AS colored_when_off,
	   sum(regexp_count(colored, '\x1b\[36m') - harmonious) AS harmonious,
	   sum(regexp_count(colored, '\x1b\[31m') - challenging) AS challenging,
	   sum(regexp_count(colored, '\x1b\[33m') - neutral) AS neutral,
	   sum(regexp_count(colored, '\x1b\[\d?[1-9]m') - regexp_count(colored, '\x1b\[0m')) AS not_ended
FROM people a, people b, aspect_matrix(a.chart, b.chart, 'modern, quintile 2, septile 1, golden=137.5 1') matrix,
	 LATERAL (SELECT aspect_grid(matrix, true) AS colored, aspect_grid(matrix) AS plain) grid,
	 LATERAL (SELECT count(*) FILTER (WHERE nature = 'harmonious') AS harmonious, count(*) FILTER (WHERE nature = 'challenging') AS challenging,
					 count(*) FILTER (WHERE nature = 'neutral') AS neutral FROM aspects(matrix)) n
WHERE a.id BETWEEN 5 AND 10 AND b.id > 54;
SELECT aspect_grid(aspect_matrix('{}', '{}'), true) = '' AS empty, aspect_grid(NULL, true) IS NULL AS no_matrix,
	   aspect_grid(aspect_matrix('{}', '{}'), NULL) IS NULL AS unknown;

--
-- Well formed
--

-- What is wrong with a document: tags that are not closed in order, an
-- attribute twice or without quotes, a bare & or <, bytes beyond ASCII, scripts
-- or anything from elsewhere.  The parser of the server is asked where it has one.
CREATE FUNCTION svg_problem(svg text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	open_tags text[] := '{}';
	tag text[];
	rest text := regexp_replace(svg, '<[/a-z][^<>]*>', '', 'g');
BEGIN
	FOR tag IN SELECT regexp_matches(svg, '<(/?)([a-z]+)([^<>]*?)(/?)>', 'g') LOOP
		IF tag[1] = '/' THEN
			IF open_tags[1] IS DISTINCT FROM tag[2] THEN RETURN format('</%s> closes <%s>', tag[2], open_tags[1]); END IF;
			open_tags := open_tags[2:];
		ELSIF tag[4] = '' THEN
			open_tags := tag[2] || open_tags;
		END IF;
		IF tag[3] !~ '^( [a-zA-Z-]+="[^"<>]*")*$' THEN RETURN 'attributes: ' || left(tag[3], 40); END IF;
		IF tag[3] ~ '( [a-z-]+=").*\1' THEN RETURN 'an attribute twice in ' || tag[2]; END IF;
	END LOOP;
	IF open_tags <> '{}' THEN RETURN 'not closed: ' || open_tags::text; END IF;
	IF svg !~ '^<svg [^>]*>.*</svg>$' THEN RETURN 'not one <svg>'; END IF;
	IF rest ~ '[<>]' OR svg ~ '&(?!#176;)' THEN RETURN 'not escaped'; END IF;
	IF svg ~ '[^\x0a\x20-\x7e]' THEN RETURN 'not ASCII'; END IF;
	IF svg ~* '<script|href|url\(|@import| on[a-z]+=| id=' OR regexp_count(svg, 'http') <> 1 THEN RETURN 'not standalone'; END IF;
	IF svg !~ '^<svg xmlns="http://www.w3.org/2000/svg" viewBox="(-?\d+ ){2}\d+ \d+" role="img"[^>]*>\s<title>[^<]+</title>' THEN RETURN 'head'; END IF;
	BEGIN
		IF NOT xml_is_well_formed_document(svg) THEN RETURN 'not well-formed'; END IF;
	EXCEPTION WHEN feature_not_supported THEN NULL;
	END;
	RETURN NULL;
END $$;
-- it finds what it looks for
SELECT bad, svg_problem(replace(good, part, bad))
FROM (SELECT synastry_svg(chart(sun => 1), chart(moon => 2)) AS good) g,
	 (VALUES ('', ''), ('</title>', '</desc>'), ('</svg>', '</svg><b/>'), (' role="img"', ' role=img'), (' role="img"', ' role="a" role="img"'),
			 ('&#176;', '&deg;'), ('&#176;', '°'), ('</svg>', '<script></script></svg>'), ('<title>', '<a>')) v(part, bad);

-- every kind of chart
CREATE TABLE drawn AS
SELECT row_number() OVER (ORDER BY a.id, b.id) AS id, 'people' AS kind, a.chart AS a, b.chart AS b, aspect_set 'synastry' AS aspects,
	   synastry_svg(a.chart, b.chart) AS svg
FROM people a, people b
WHERE a.id BETWEEN 5 AND 10 AND b.id > 54
UNION ALL
SELECT 1000 + row_number() OVER (), kind, a, b, aspects, synastry_svg(a, b, aspects)
FROM (VALUES
	('empty', chart '{}', chart '{}', aspect_set 'synastry'),
	('A empty', '{}', chart(sun => 1), 'synastry'),
	('B empty', chart(sun => 1), '{}', 'synastry'),
	('one body', chart(sun => 100), chart(sun => 101), 'synastry'),
	('same place', chart(sun => 100, moon => 100, mars => 100), chart(sun => 100, moon => 100), 'synastry'),
	('stellium', chart(sun => 100, moon => 101, mercury => 102.2, venus => 103, mars => 104, jupiter => 106, saturn => 108, uranus => 109.9, neptune => 280, pluto => 10),
				 chart(sun => 355, moon => 357, mercury => 358, venus => 359, mars => 0, jupiter => 1, saturn => 2, uranus => 4, neptune => 180, pluto => 181), 'synastry'),
	('other aspects', chart(sun => 0, moon => 40), chart(mars => 45, venus => 72, pluto => 137.5, saturn => 150), 'semisquare 2, quintile 1, golden_section=137.5 2, quincunx 3, novile 2'),
	('one-sided', chart(sun => 0, moon => 40), chart(mars => 45, venus => 72), 'major; bodies_a sun; bodies_b mars')) v(kind, a, b, aspects)
UNION ALL
SELECT 2000 + n, n || ' bodies', c, c, aspects, synastry_svg(c, c, aspects)
FROM (VALUES (30, aspect_set 'synastry'), (60, 'trine 1'), (128, 'square 0.1')) v(n, aspects),
	 LATERAL (SELECT chart(array_agg(body), array_agg((i * i * 7.3 % 360)::float8), array_agg((i % 3 - 1)::float8), NULL,
						   CASE WHEN n <> 60 THEN ARRAY(SELECT (10 + 30 * h)::float8 FROM generate_series(0, 11) h) END) AS c
			  FROM (SELECT body, row_number() OVER (ORDER BY id) AS i FROM synastry_bodies()) r
			  WHERE i <= n) made;
SELECT kind, count(*), count(svg_problem(svg)) AS problems, min(length(svg)) AS shortest, max(length(svg)) AS longest
FROM drawn GROUP BY kind ORDER BY min(id);
SELECT synastry_svg(NULL, '{}') IS NULL AND synastry_svg('{}', NULL) IS NULL AND synastry_svg('{}', '{}', NULL) IS NULL AND aspect_grid_svg(NULL) IS NULL AS unknown;
SELECT synastry_svg('{}', '{}', 'nonsense');

--
-- What the wheel shows
--

-- The bodies of a wheel: ring, name, position in words, and where their signs are.
CREATE FUNCTION wheel_bodies(svg text) RETURNS TABLE (x float8, y float8, ring text, body text, words text, retrograde bool) LANGUAGE sql AS $$
	SELECT m[1]::float8, m[2]::float8, m[3], replace(m[4], ' ', '_'), m[5], m[6] IS NOT NULL
	FROM regexp_matches(svg, '<g transform="translate\((-?[\d.]+) ?(-?[\d.]+)\)"><title>(A|B) ([a-z ]+) (\d+&#176;\d\d'' [a-z]+(?:, house \d+)?(?: of A)?)(, retrograde)?</title>', 'g') m
$$;
-- What it should show, of bodies(): degrees and minutes cut off, the house of A.
CREATE FUNCTION expected_bodies(a chart, b chart) RETURNS TABLE (ring text, body text, words text, retrograde bool, longitude float8) LANGUAGE sql AS $$
	SELECT ring, x.body,
		   format('%s&#176;%s'' %s%s', trunc(x.sign_degree), to_char(trunc(x.sign_degree::numeric % 1 * 60), 'FM00'), x.sign,
				  ', house ' || h.house || CASE ring WHEN 'B' THEN ' of A' ELSE '' END),
		   coalesce(x.retrograde, false), x.longitude
	FROM (VALUES ('A', a), ('B', b)) v(ring, c), bodies(c) x
		 LEFT JOIN LATERAL bodies(with_cusps(chart(sun => x.longitude), cusps(a))) h ON true
$$;
CREATE TABLE shown AS SELECT d.id, d.kind, s.* FROM drawn d, wheel_bodies(d.svg) s;
CREATE TABLE wanted AS SELECT d.id, d.kind, e.* FROM drawn d, expected_bodies(d.a, d.b) e WHERE kind <> 'one-sided';
SELECT count(*) AS bodies, count(*) FILTER (WHERE s.id IS NULL) AS missing, count(*) FILTER (WHERE w.id IS NULL) AS too_many,
	   count(*) FILTER (WHERE retrograde) AS retrograde
FROM (SELECT * FROM shown WHERE kind <> 'one-sided') s FULL JOIN wanted w USING (id, ring, body, words, retrograde);
-- a list of bodies holds here too
SELECT ring, body, words FROM shown WHERE kind = 'one-sided' ORDER BY ring;
-- a body that is not known is not drawn at 0 degrees Aries (where CosmicHub
-- takes it to be), nor anywhere
SELECT ring, body, words FROM wheel_bodies(synastry_svg(chart(sun => 50, moon => NULL), '{"sun": 60, "mars": null}'));
-- retrograde ones have their mark
SELECT count(*) FILTER (WHERE marks <> retrograde) AS wrong, sum(marks) AS marks
FROM drawn d, LATERAL (SELECT regexp_count(svg, '"M-4 6V-6H0C') AS marks) m,
	 LATERAL (SELECT count(*) FILTER (WHERE s.retrograde) AS retrograde FROM shown s WHERE s.id = d.id) r;

-- No two signs of a ring are closer than their size, which is 32 unless a ring
-- is so full that they are smaller; all are within their ring.
CREATE TABLE scales AS
SELECT id, min(coalesce(m[1]::float8, 1)) AS scale
FROM drawn LEFT JOIN LATERAL regexp_matches(svg, '<path transform="scale\((\.\d+)\)"', 'g') m ON true GROUP BY 1;
SELECT kind, min(scale) AS scale, bool_and(distance >= 32 * scale - 0.2) AS apart
FROM shown s JOIN scales USING (id),
	 LATERAL (SELECT sqrt((s.x - o.x) ^ 2 + (s.y - o.y) ^ 2) AS distance FROM shown o WHERE o.id = s.id AND o.ring = s.ring AND o.body <> s.body) d
GROUP BY 1 ORDER BY min(s.id);
SELECT ring, count(*), count(*) FILTER (WHERE abs(sqrt(x ^ 2 + y ^ 2) - CASE ring WHEN 'A' THEN 296 ELSE 405 END) > 0.1) AS off_ring
FROM shown GROUP BY 1 ORDER BY 1;
-- Degrees stand clear of signs and of other degrees: boxes of letters 12 wide
-- and 16 high, and of signs 30 by 30, overlap by a unit at their corners at most.
CREATE TABLE boxes AS
SELECT d.id, m[3] AS ring, row_number() OVER () AS n, b.*
FROM drawn d, regexp_matches(svg, '<g transform="translate\((-?[\d.]+) ?(-?[\d.]+)\)"><title>(A|B) [^\n]* fill="currentColor" x="(-?[\d.]+)" y="(-?[\d.]+)">(\d+)&#176;</text>', 'g') m,
	 LATERAL (VALUES (m[1]::float8, m[2]::float8, 15.0, 15.0),
					 (m[1]::float8 + m[4]::float8, m[2]::float8 + m[5]::float8 - 7.5, length(m[6]) * 6 + 4, 8.0)) b(x, y, half_width, half_height)
WHERE kind IN ('people', 'stellium', '30 bodies');
SELECT count(*) AS boxes,
	   (SELECT count(*) FROM boxes a JOIN boxes b USING (id, ring)
		WHERE a.n < b.n AND least(a.half_width + b.half_width - abs(a.x - b.x), a.half_height + b.half_height - abs(a.y - b.y)) > 1) AS overlap
FROM boxes;
-- in the order of their longitudes: all steps together make one turn
WITH placed AS (
	SELECT s.id, s.ring, degrees(atan2(s.y, -s.x)) AS place,
		   row_number() OVER (PARTITION BY s.id, s.ring ORDER BY w.longitude, b.id) AS n, count(*) OVER (PARTITION BY s.id, s.ring) AS of
	FROM shown s JOIN wanted w USING (id, ring, body, words, retrograde) JOIN synastry_bodies() b USING (body)
), steps AS (
	SELECT p.id, p.ring, next.place - p.place AS step
	FROM placed p JOIN placed next ON next.id = p.id AND next.ring = p.ring AND next.n = p.n % p.of + 1
	WHERE p.of > 1
)
SELECT count(*) AS rings, count(*) FILTER (WHERE abs(turn - 360) > 0.5) AS out_of_order
FROM (SELECT sum(step - 360 * floor(step / 360)) AS turn FROM steps GROUP BY id, ring) t;

-- The tick of a body is at its true place: by sines and cosines, A's ascendant
-- on the left, or the first cusp, or 0 degrees Aries; counterclockwise.
CREATE TABLE ticks AS
SELECT d.id, m[1]::float8 AS x, m[2]::float8 AS y
FROM drawn d, regexp_matches(svg, '<path stroke-width="1" d="(M[^"]*)"/>\n<g transform="translate', 'g') p,
	 regexp_matches(p[1], 'M(-?[\d.]+) ?(-?[\d.]+)L', 'g') m
WHERE kind <> 'one-sided';
WITH computed AS (
	SELECT w.id, r * -cos(radians(w.longitude - l.longitude)) AS x, r * sin(radians(w.longitude - l.longitude)) AS y
	FROM wanted w JOIN drawn d USING (id), LATERAL (SELECT coalesce(longitude(a, 'ascendant'), (cusps(a))[1], 0) AS longitude) l,
		 LATERAL (SELECT CASE ring WHEN 'A' THEN 331 ELSE 440 END AS r) edge
)
SELECT count(*) AS bodies, (SELECT count(*) FROM ticks) AS ticks,
	   count(*) FILTER (WHERE NOT EXISTS (SELECT FROM ticks t WHERE t.id = c.id AND abs(t.x - c.x) <= 0.051 AND abs(t.y - c.y) <= 0.051)) AS misplaced
FROM computed c;
-- an ascendant counts before a cusp (houses by whole signs), and without cusps
SELECT (SELECT (x, y) FROM wheel_bodies(synastry_svg(with_cusps(chart(ascendant => 45), ARRAY[30,60,90,120,150,180,210,240,270,300,330,0]), '{}'))) AS whole_signs,
	   (SELECT (x, y) FROM wheel_bodies(synastry_svg(chart(ascendant => 45), '{}'))) AS no_cusps,
	   (SELECT (x, y) FROM wheel_bodies(synastry_svg(with_cusps(chart(sun => 30), ARRAY[30,60,90,120,150,180,210,240,270,300,330,0]), '{}'))) AS no_ascendant,
	   (SELECT (x, y) FROM wheel_bodies(synastry_svg(chart(sun => 0), '{}'))) AS neither,
	   (SELECT (x, y) FROM wheel_bodies(synastry_svg(chart(sun => 90), '{}'))) AS below;

-- The lines: as many as there are aspects, with bodies, aspect and orb, in the
-- group of their nature; challenging ones are dashed, neutral ones dotted.
CREATE FUNCTION aspect_titles(svg text) RETURNS TABLE (nature text, title text) LANGUAGE sql AS $$
	SELECT g[1], m[1]
	FROM regexp_matches(svg, '<g class="synastry-([a-z]+?)"[^>]*>(.*?)\n</g>\n', 'g') g, regexp_matches(g[2], '<title>([^<]*)</title>', 'g') m
$$;
CREATE FUNCTION expected_titles(matrix aspect_matrix) RETURNS TABLE (nature text, title text) LANGUAGE sql AS $$
	SELECT nature, replace(format('%s %s %s %s&#176;%s''', body_a, aspect, body_b, trunc(orb), to_char(trunc(orb::numeric % 1 * 60), 'FM00')), '_', ' ')
	FROM aspects(matrix)
$$;
SELECT count(*) AS lines, count(*) FILTER (WHERE s.id IS NULL) AS missing, count(*) FILTER (WHERE w.id IS NULL) AS too_many
FROM (SELECT id, t.* FROM drawn, aspect_titles(svg) t) s
	 FULL JOIN (SELECT id, t.* FROM drawn, expected_titles(aspect_matrix(a, b, aspects)) t) w USING (id, nature, title);
SELECT m[1] AS nature, m[2] AS dashes, count(*) > 0 AS drawn
FROM drawn, regexp_matches(svg, '<g class="synastry-([a-z]+)"[^>]*?stroke="currentColor"( stroke-dasharray="[^"]*")?>\n<path stroke-width', 'g') m
GROUP BY 1, 2 ORDER BY 1;
-- a closer aspect has a thicker line: 2.8 when exact, 0.8 at the bound
SELECT m[1] AS width, m[2] AS title
FROM regexp_matches(synastry_svg(chart(sun => 0), chart(sun => 120, moon => 123, mars => 126, venus => 90.6)),
					'<path stroke-width="([\d.]+)" d="M[^"]*"><title>([^<]*)', 'g') m
ORDER BY m[1]::float8 DESC, 2;
-- the signs of aspects keep their distance
CREATE TABLE signs AS
SELECT id, row_number() OVER (PARTITION BY id) AS n, m[1]::float8 AS x, m[2]::float8 AS y
FROM drawn, regexp_matches(svg, '<path class="synastry-halo"[^>]* d="([^"]*)"', 'g') halo, regexp_matches(halo[1], 'M(-?[\d.]+) ?(-?[\d.]+)h', 'g') m;
SELECT count(*) > 1000 AS many, count(*) FILTER (WHERE sqrt(x ^ 2 + y ^ 2) > 222) AS outside,
	   (SELECT count(*) FROM signs s JOIN signs o USING (id) WHERE s.n < o.n AND (s.x - o.x) ^ 2 + (s.y - o.y) ^ 2 < 21 ^ 2) AS too_close
FROM signs;
-- the houses of A: twelve numbers, or less where there is no room; no cusps, none
SELECT cusps(a) IS NOT NULL AS cusps, min(n) >= 11 AS numbers, max(n)
FROM drawn, LATERAL (SELECT regexp_count(svg, '<text x="-?[\d.]+" y="-?[\d.]+">\d+</text>') AS n) numbers
GROUP BY 1 ORDER BY 1;

-- Nothing outside the square: all points of paths that are not moved.
SELECT count(*) > 10000 AS many, count(*) FILTER (WHERE abs(m[1]::float8) > 492 OR abs(m[2]::float8) > 492) AS outside
FROM drawn, regexp_matches(svg, '[MLQ](-?[\d.]+) ?(-?[\d.]+)(?=[MLQAh ZH"])', 'g') m;

--
-- What the grid shows
--

CREATE TABLE grids AS
SELECT d.id, matrix, aspect_grid_svg(matrix) AS svg FROM drawn d, aspect_matrix(a, b, aspects) matrix;
SELECT count(*), count(svg_problem(svg)) AS problems, min(length(svg)) AS shortest FROM grids;
SELECT count(*) AS cells, count(*) FILTER (WHERE s.id IS NULL) AS missing, count(*) FILTER (WHERE w.id IS NULL) AS too_many
FROM (SELECT id, t.* FROM grids, aspect_titles(svg) t) s
	 FULL JOIN (SELECT id, t.* FROM grids, expected_titles(matrix) t) w USING (id, nature, title);
-- a cell is in the row of its body of A and the column of its body of B
CREATE TABLE headers AS
SELECT id, m[3] AS side, m[4] AS body, m[1]::float8 AS x, m[2]::float8 AS y
FROM grids, regexp_matches(svg, '<g transform="translate\((-?[\d.]+) ?(-?[\d.]+)\)"><title>(A|B) ([a-z ]+)</title>', 'g') m;
WITH cells AS (
	SELECT g.id, m[1]::float8 + 32 AS x, m[2]::float8 + 26 AS y, m[3] AS title
	FROM grids g, regexp_matches(svg, '<g transform="translate\((-?[\d.]+) ?(-?[\d.]+)\)"><title>([^<]*&#176;[^<]*)</title>', 'g') m
)
SELECT count(*) AS cells, count(*) FILTER (WHERE c.title LIKE a.body || ' % ' || b.body || ' %') AS in_place
FROM cells c LEFT JOIN headers a ON a.id = c.id AND a.side = 'A' AND a.y = c.y LEFT JOIN headers b ON b.id = c.id AND b.side = 'B' AND b.x = c.x;

--
-- The same picture with every instruction set
--

DO $$
DECLARE
	name text;
	changed bigint;
BEGIN
	FOREACH name IN ARRAY ARRAY['scalar', 'avx2', 'avx512', 'neon'] LOOP
		BEGIN
			PERFORM set_config('synastry.simd', name, true);
		EXCEPTION WHEN invalid_parameter_value THEN
			CONTINUE;			-- not on this machine
		END;
		SELECT count(*) INTO changed
		FROM drawn d JOIN grids g USING (id)
		WHERE d.svg <> synastry_svg(a, b, aspects) OR g.svg <> aspect_grid_svg(aspect_matrix(a, b, aspects));
		IF changed > 0 THEN RAISE WARNING '% pictures change with %', changed, name; END IF;
	END LOOP;
END $$;

DROP TABLE drawn, shown, wanted, scales, boxes, ticks, signs, grids, headers;
DROP FUNCTION svg_problem, wheel_bodies, expected_bodies, aspect_titles, expected_titles;
