--
-- Uncertain birth times: which aspects hold at all of them
--
-- A chart may say that its birth time is known to plus or minus so many seconds.
-- The people of people.sql whose hour is unknown have charts of noon, twelve
-- hours off at most.
CREATE TEMP TABLE uncertain AS
	SELECT id, name, CASE WHEN time_known THEN chart ELSE chart || '{"uncertainty": 43200}' END AS chart FROM people;

-- Marie Curie, born on a day: what of her chart holds at any hour of it
SELECT body_a, aspect, body_b, orb, max_orb, phase, certain FROM uncertain, natal_aspects(chart, 'major') WHERE name = 'Marie Curie';

-- Who has no uncertainty is certain.
SELECT count(*), bool_and(certain) AS certain FROM people, natal_aspects(chart);
SELECT count(*), bool_and(certain) AS certain FROM people AS a, people AS b, aspects(a.chart, b.chart) WHERE a.id <= 5;
SELECT count(*), bool_and(certain) AS certain FROM people AS a, people AS b, transits(a.chart, b.chart) WHERE a.id <= 5;

-- The rules in plain SQL: so far as both move, the separation stays within the
-- orb.  In one chart both are early or late together.
CREATE FUNCTION holds(separation float8, moved numeric, angle float8, max_orb float8) RETURNS bool IMMUTABLE
	RETURN greatest(separation::numeric - moved, 0) >= angle::numeric - max_orb::numeric
		AND least(separation::numeric + moved, 180) <= angle::numeric + max_orb::numeric;
SELECT u, count(*), count(*) FILTER (WHERE certain) AS certain, count(*) FILTER (WHERE certain = holds(separation, moved, angle, max_orb)) AS right_ones
FROM unnest(ARRAY[60, 3600, 43200, 604800]) AS u, people AS p,
	LATERAL natal_aspects((p.chart - '{angles}'::text[]) || chart(jsonb_build_object('uncertainty', u)), 'major') AS r,
	LATERAL (SELECT (abs(a.speed::numeric - b.speed::numeric) * u / 86400) AS moved FROM bodies(p.chart) AS a, bodies(p.chart) AS b WHERE a.body = r.body_a AND b.body = r.body_b) AS m
GROUP BY u ORDER BY u;
SELECT u, v, count(*), count(*) FILTER (WHERE certain) AS certain, count(*) FILTER (WHERE certain = holds(separation, moved, angle, max_orb)) AS right_ones
FROM (VALUES (60, 0), (0, 43200), (3600, 43200), (604800, 3600)) AS t (u, v), people AS p, people AS q,
	LATERAL aspects((p.chart - '{angles}'::text[]) || chart(jsonb_build_object('uncertainty', u)), (q.chart - '{angles}'::text[]) || chart(jsonb_build_object('uncertainty', v))) AS r,
	LATERAL (SELECT (abs(a.speed::numeric) * u + abs(b.speed::numeric) * v) / 86400 AS moved FROM bodies(p.chart) AS a, bodies(q.chart) AS b WHERE a.body = r.body_a AND b.body = r.body_b) AS m
WHERE p.id <= 20 AND q.id > 40
GROUP BY u, v ORDER BY u, v;
-- Transits are of a moment that is known; the birth chart stands, but where?
SELECT count(*), count(*) FILTER (WHERE t.certain) AS certain,
	bool_and(t.certain = holds(separation, (SELECT abs(b.speed::numeric) / 2 FROM bodies(n.chart) AS b WHERE b.body = t.body_b), angle, max_orb)) AS right_ones,
	bool_and(t.phase = (SELECT phase FROM transits(s.chart, p.chart) AS q WHERE q.body_a = t.body_a AND q.body_b = t.body_b)) AS same_phase
FROM people AS s, uncertain AS n JOIN people AS p USING (id, name), transits(s.chart - '{angles}'::text[], n.chart) AS t
WHERE s.id = 1 AND NOT p.time_known;

-- And by trying: the moved charts have the same aspect, whichever wins where
-- orbs overlap.
CREATE FUNCTION moved(c chart, days float8) RETURNS chart IMMUTABLE
	RETURN (SELECT chart(array_agg(body), array_agg(longitude + days * speed)) FROM bodies(c));
SELECT s.name, count(*), count(*) FILTER (WHERE r.certain) AS certain, count(*) FILTER (WHERE r.certain = tried) AS same
FROM (VALUES ('kerykeion_all', 'kerykeion_all'::aspect_set), ('stellium_all', 'stellium_all'), ('strict', 'major; strict'),
		('tightest', 'conjunction 30, semisextile 20, sextile 30, square 40, quintile 1'),
		('first', 'quintile 1, conjunction 30, square 40, semisextile 20, sextile 30; first')) AS s (name, aspects),
	people AS p (id, person, birth, time_known, chart), natal_aspects((p.chart - '{angles}'::text[]) || '{"uncertainty": 21600}', aspects) AS r,
	LATERAL (
		SELECT bool_and(EXISTS (SELECT FROM natal_aspects(moved((SELECT chart(array_agg(body), array_agg(longitude), array_agg(speed)) FROM bodies(p.chart) WHERE body IN (r.body_a, r.body_b)), step / 80.0), aspects) AS q
			WHERE q.aspect = r.aspect)) AS tried
		FROM generate_series(-20, 20) AS step
	) AS t
WHERE p.id <= 6
GROUP BY s.name ORDER BY s.name COLLATE "C";

-- A bound is inclusive: 7 degrees of orb, and 1 degree a day.
SELECT u, certain FROM unnest(ARRAY[86399, 86400, 86401]) AS u,
	natal_aspects(('{"sun": {"longitude": 355, "speed": 1}, "venus": {"longitude": 2, "speed": 0}, "uncertainty": ' || u || '}')::chart, 'conjunction 8');
-- Past the exact aspect, and past 0 and 180 degrees, the separation turns round.
SELECT a.aspect, a.orb, a.certain
FROM natal_aspects('{"sun": {"longitude": 359, "speed": 1}, "moon": {"longitude": 1, "speed": 13}, "mars": {"longitude": 180, "speed": 1.5}, "uncertainty": 43200}',
	'conjunction 9, opposition 8') AS a;
-- The same aspect must win throughout: another that is closer, or is tried
-- before, takes its place on the way.
SELECT aspects, u, aspect, certain
FROM (VALUES ('conjunction 20, five=5 1'::aspect_set), ('conjunction 20, five=5 1; first'), ('five=5 1, conjunction 20; first')) AS s (aspects), unnest(ARRAY[86400, 345600, 864000]) AS u,
	natal_aspects(('{"sun": {"longitude": 10, "speed": 1}, "venus": {"longitude": 2, "speed": 0}, "uncertainty": ' || u || '}')::chart, aspects);

-- A speed that is needed and not known: it is not known whether.
SELECT body_a, body_b, certain FROM aspects('{"sun": 10, "moon": {"longitude": 11, "speed": 13}, "uncertainty": 60}', '{"sun": 12, "mars": 13}');
SELECT body_a, body_b, certain FROM aspects('{"sun": 12, "mars": 13}', '{"sun": 10, "moon": {"longitude": 11, "speed": 13}, "uncertainty": 60}');
SELECT body_a, body_b, certain FROM natal_aspects('{"sun": 10, "moon": {"longitude": 11, "speed": 13}, "mars": {"longitude": 12, "speed": 0.5}, "uncertainty": 60}');
-- What turns with the earth has no speed that helps beyond two minutes.
SELECT u, body_a, body_b, certain FROM unnest(ARRAY[0, 120, 121]) AS u,
	aspects(('{"asc": {"longitude": 10, "speed": 360}, "vertex": {"longitude": 10.1, "speed": 360}, "fortune": {"longitude": 10.2, "speed": 360}, "mc": 10, "sun": {"longitude": 10, "speed": 1}, "uncertainty": ' || u || '}')::chart, '{"venus": 11}');
SELECT count(*), count(*) FILTER (WHERE certain) AS certain, count(certain) AS known
FROM people, natal_aspects(chart || '{"uncertainty": 121}') WHERE time_known AND (body_b IN ('ascendant', 'midheaven'));
-- Far too uncertain: a year, at any speed.
SELECT body_a, body_b, certain FROM natal_aspects('{"sun": {"longitude": 10, "speed": 2147}, "moon": {"longitude": 11, "speed": -2147}, "pluto": {"longitude": 10, "speed": 2147}, "uncertainty": 31557600}');

DROP FUNCTION holds, moved;

-- Beyond half an hour angles, what is made of them, and houses do not count;
-- the planets always do.
CREATE TABLE vague AS
	SELECT id, chart, (chart::text::jsonb || '{"uncertainty": 1800}')::text::chart AS half_an_hour,
		(chart::text::jsonb || '{"uncertainty": 1801}')::text::chart AS longer,
		chart - '{angles,lots,vertex,anti_vertex,east_point}'::text[] AS without
	FROM people;
SELECT count(*) FILTER (WHERE aspect_matrix(v.half_an_hour, w.chart)::text <> aspect_matrix(v.chart, w.chart)::text) AS half_an_hour,
	count(*) FILTER (WHERE aspect_matrix(v.longer, w.longer)::text <> aspect_matrix(v.without, w.without)::text) AS longer,
	count(*) FILTER (WHERE aspect_matrix(v.longer, w.longer)::text = aspect_matrix(v.chart, w.chart)::text) AS as_if_certain
FROM vague v, vague w WHERE w.id <= 10;
SELECT count(*) FILTER (WHERE synastry_score(v.longer, w.longer, m) <> synastry_score(v.without, w.without, m)) AS scores,
	count(*) FILTER (WHERE synastry_score(v.longer, w.longer) <> synastry_score(v.chart, w.chart)) AS of_planets,
	count(*) FILTER (WHERE composite(v.longer, w.chart)::text::jsonb <> composite(v.without, w.chart)::text::jsonb - 'cusps') AS composites
FROM vague v, vague w, (VALUES ('weighted; bodies planets 1, angles 2'::score_model)) models(m) WHERE w.id <= 10;
SELECT count(*) FILTER (WHERE house IS NOT NULL) AS houses, count(*) FILTER (WHERE body = 'ascendant') AS ascendants FROM vague, bodies(longer);
SELECT (SELECT count(*) FROM vague v, vague w, house_overlay(v.chart, w.longer)) AS in_vague_houses,
	(SELECT count(DISTINCT body) FROM vague v, vague w, house_overlay(v.longer, w.chart) WHERE body IN ('ascendant', 'midheaven')) AS vague_angles;
-- nor in an index that holds them
CREATE TABLE vague_index AS SELECT id, longer AS chart FROM vague UNION ALL SELECT 100 + id, chart FROM vague;
CREATE INDEX ON vague_index USING synastry (chart) WITH (bodies = 'planets, angles');
SET enable_seqscan = off;
SET enable_sort = off;
CREATE TABLE by_index AS SELECT id, chart <~> score_query((SELECT chart FROM people WHERE id = 1), 'weighted; bodies planets 1, angles 2') AS mismatch
	FROM vague_index ORDER BY chart <~> score_query((SELECT chart FROM people WHERE id = 1), 'weighted; bodies planets 1, angles 2') LIMIT 30;
RESET enable_seqscan;
RESET enable_sort;
SELECT count(*) FROM by_index
WHERE mismatch IN (SELECT chart <~> score_query((SELECT chart FROM people WHERE id = 1), 'weighted; bodies planets 1, angles 2') AS m FROM vague_index ORDER BY m LIMIT 30);
DROP TABLE vague, vague_index, by_index;
