--
-- The type score_model: what turns the aspects of two charts into a number.
--

\pset format unaligned

-- Presets print as what they stand for: an aspect set, bodies with weights,
-- pairs of bodies with weights of their own, worths of aspects.
SELECT 'weighted'::score_model;
SELECT 'personal'::score_model;
SELECT 'Personal ;'::score_model::text = 'personal'::score_model::text AS same;

CREATE TEMPORARY TABLE models (written text, model score_model);
CREATE FUNCTION pg_temp.take(written text) RETURNS score_model LANGUAGE sql
AS 'INSERT INTO models VALUES (written, written::score_model) RETURNING model';
SELECT pg_temp.take('weighted') IS NOT NULL AND pg_temp.take('personal') IS NOT NULL AS taken;

-- A preset with other orbs: worths stay with their aspects, and those whose
-- aspect is gone go.
SELECT pg_temp.take('weighted; aspects (major)');
SELECT pg_temp.take('weighted; aspects (modern, quintile 2; scale 0.5; strict)');
-- With other bodies: a group stands for its members, and what is said of a
-- body by its name wins wherever it stands.
SELECT pg_temp.take('weighted; bodies sun 2, luminaries 3');
SELECT pg_temp.take('weighted; bodies personal 1, mc 0.5, moon 2.25');
-- Pairs that the preset names go with their bodies.
SELECT pg_temp.take('personal; bodies luminaries 1, jupiter 1, saturn 0');
-- With weights by pair, in either direction; of the presets' a pair may be
-- named again.
SELECT pg_temp.take('weighted; pairs moon-sun 10, venus - mars 0, sun-sun 1.5');
SELECT pg_temp.take('weighted; pairs luminaries-social -1');
SELECT pg_temp.take('personal; pairs jupiter-saturn 1.75');
-- the names of both bodies win over a group, whichever comes first
SELECT pg_temp.take('weighted; pairs sun-moon 10, luminaries-luminaries 0');
-- With other worths, all of them
SELECT pg_temp.take('weighted; worth trine 1, conj -0.000001');
SELECT pg_temp.take('weighted; aspects (modern, golden=137.5 2); worth Golden 5, trine 0');
-- Regardless of the orb
SELECT pg_temp.take('weighted; aspects (major); constant');
SELECT pg_temp.take('weighted; constant; linear')::text = 'weighted'::score_model::text AS linear_is_the_default;

-- A model of one's own, options in any order
SELECT pg_temp.take('aspects (conjunction 8, trine 8); bodies planets 1, moon 2; worth conjunction 2, trine 1; constant');
SELECT pg_temp.take('linear; worth TRINE +3.5; pairs sun-moon 2; bodies sun .5, moon 1e1; aspects ( trine 8; bodies luminaries )');
SELECT pg_temp.take('bodies sun 1000; worth trine 1; aspects (trine 8)');
SELECT pg_temp.take('bodies sun 1; worth trine -1000; aspects (trine 8)');
SELECT pg_temp.take('bodies sun 0.000001; worth trine 0.000001; aspects (trine 8)');

-- All of these read back to themselves.
SELECT count(*), count(*) FILTER (WHERE model::text::score_model::text = model::text) AS same_text,
	count(*) FILTER (WHERE score_model_send(model::text::score_model) = score_model_send(model)) AS same_binary
FROM models;

-- The aspect set that a model carries
SELECT 'personal'::score_model::aspect_set, aspect_set('weighted; aspects (major; first)'::score_model);
SELECT count(*) AS different FROM models
WHERE aspect_set_send(model::aspect_set) <> aspect_set_send(model::aspect_set::text::aspect_set);

--
-- Errors
--

SELECT ''::score_model;
\echo :LAST_ERROR_SQLSTATE
SELECT ' ; '::score_model;
SELECT 'wieghted'::score_model;
\echo :LAST_ERROR_SQLSTATE
SELECT repeat('personal', 1000)::score_model;
SELECT 'personal weighted'::score_model;
SELECT 'personal; weighted'::score_model;
SELECT 'constant; weighted'::score_model;
SELECT 'modern'::score_model;
SELECT 'personal; aspect (major)'::score_model;
SELECT 'personal;; constant'::score_model;
SELECT 'personal, constant'::score_model;

-- A model has aspects, bodies and worths.
SELECT 'bodies planets 1; worth trine 3'::score_model;
SELECT 'constant'::score_model;
SELECT 'aspects (major); worth trine 3'::score_model;
SELECT 'aspects (major); bodies planets 1'::score_model;
\echo :LAST_ERROR_SQLSTATE
SELECT 'weighted; worth trine 0, square 0.0'::score_model;
SELECT 'weighted; aspects (quintile 2, septile 2)'::score_model;
SELECT string_agg(format('%s 1', body), ', ')
FROM (SELECT body FROM synastry_bodies() ORDER BY id LIMIT 129) AS b \gset all_
SELECT ('weighted; bodies ' || :'all_string_agg')::score_model;
\echo :LAST_ERROR_SQLSTATE

-- Aspects
SELECT 'weighted; aspects major'::score_model;
SELECT 'weighted; aspects ()'::score_model;
SELECT 'weighted; aspects (major'::score_model;
SELECT 'weighted; aspects (major))'::score_model;
SELECT 'weighted; aspects ((major))'::score_model;
SELECT 'weighted; aspects (majro)'::score_model;
SELECT 'weighted; aspects (trine 200)'::score_model;
SELECT 'weighted; aspects (major); aspects (modern)'::score_model;

-- Bodies
SELECT 'weighted; bodies'::score_model;
SELECT 'weighted; bodies sun'::score_model;
SELECT 'weighted; bodies sun 1 moon 2'::score_model;
SELECT 'weighted; bodies sun 1, mooon 2'::score_model;
\echo :LAST_ERROR_SQLSTATE
SELECT 'weighted; bodies sun 1, moon 2, Sun 1'::score_model;
\echo :LAST_ERROR_SQLSTATE
SELECT 'weighted; bodies sun 1; bodies moon 2'::score_model;

-- Weights and worths: at most six places, within 1000; of bodies not negative
SELECT 'weighted; bodies sun -1'::score_model;
\echo :LAST_ERROR_SQLSTATE
SELECT 'weighted; bodies sun 1000.000001'::score_model;
SELECT 'weighted; bodies sun 0.0000001'::score_model;
SELECT 'weighted; bodies sun 1.2345678'::score_model;
SELECT 'weighted; bodies sun 1e400'::score_model;
SELECT 'weighted; bodies sun -nan'::score_model;
SELECT 'weighted; bodies outer -1'::score_model;
SELECT 'weighted; pairs sun-moon -1000.5'::score_model;
SELECT 'weighted; worth trine 1001'::score_model;
SELECT 'weighted; worth trine 0.1234567'::score_model;
SELECT 'weighted; worth trine infinity'::score_model;

-- An aspect between two bodies may be worth at most 1000 points.
SELECT 'weighted; bodies sun 250.000001, moon 1'::score_model;
\echo :LAST_ERROR_SQLSTATE
SELECT 'weighted; bodies sun 250, moon 250'::score_model IS NOT NULL AS accepted;
SELECT 'weighted; pairs sun-moon -251'::score_model;
SELECT 'weighted; worth square -333.333334'::score_model;

-- Pairs
SELECT 'weighted; pairs'::score_model;
SELECT 'weighted; pairs sun moon 1'::score_model;
SELECT 'weighted; pairs sun- 1'::score_model;
SELECT 'weighted; pairs sun-moon'::score_model;
SELECT 'weighted; pairs sun-mooon 1'::score_model;
SELECT 'weighted; pairs sun-chiron 1'::score_model;
SELECT 'weighted; pairs sun-moon 1, moon-sun 2'::score_model;
\echo :LAST_ERROR_SQLSTATE
SELECT 'weighted; pairs luminaries-angles 1'::score_model;

-- Worths
SELECT 'weighted; worth'::score_model;
SELECT 'weighted; worth trine'::score_model;
SELECT 'weighted; worth quintile 2'::score_model;
\echo :LAST_ERROR_SQLSTATE
SELECT 'weighted; aspects (major); worth quincunx 1, trine 1'::score_model;
SELECT 'weighted; worth trien 2'::score_model;
SELECT 'weighted; worth trine 2, Trine 2'::score_model;
SELECT 'weighted; worth conj 2, conjunction 2'::score_model;
SELECT 'weighted; worth trine 2; worth square -2'::score_model;
SELECT ('weighted; worth ' || repeat('x', 64) || ' 1')::score_model;

-- What a message shows of the text is short and ends at a character.
SELECT ('weighted; ' || repeat('♎', 100))::score_model;
SELECT ('weighted; pairs sun' || repeat(' ', 1000) || '-moon 1001')::score_model;

--
-- score_query: a chart and a score model, the right side of <~>
--

SELECT score_query('{"sun": 196.27, "moon": {"longitude": 303.55, "speed": 12.5}}', 'weighted; aspects (trine 8); bodies luminaries 1');
CREATE TEMPORARY TABLE queries AS
	SELECT score_query(c::chart, m.model) AS query
	FROM models AS m, unnest(ARRAY['{}', '{1,2,3,4,5,6,7,8,9,10}',
		'{"mc": {"longitude": 7.5, "declination": -23.4}, "cusps": [1,31,61,91,121,151,181,211,241,271,301,331], "uncertainty": 60}']) AS c;
SELECT count(*) > 50 AS many, count(*) FILTER (WHERE query::text::score_query::text <> query::text) AS different,
	count(*) FILTER (WHERE score_query_send(query::text::score_query) <> score_query_send(query)) AS different_binary
FROM queries;
SELECT '{"chart": {"Sun": 196.27, "moon": null}, "model": "weighted; aspects (trine 8); bodies luminaries 1"}'::score_query;
SELECT '{"sun": 196.27}'::chart <~> '{"model": "aspects (trine 8); bodies luminaries 2; worth trine 3", "chart": {"moon": 320.27}}'::score_query AS mismatch;
SELECT score_query(NULL, 'personal') IS NULL AS no_chart, score_query('{}', NULL) IS NULL AS no_model;

SELECT ''::score_query;
SELECT 'personal'::score_query;
SELECT '[]'::score_query;
\echo :LAST_ERROR_SQLSTATE
SELECT '{}'::score_query;
SELECT '{"model": "personal"}'::score_query;
SELECT '{"chart": {}}'::score_query;
SELECT '{"model": 1, "chart": {}}'::score_query;
SELECT '{"model": "impersonal", "chart": {}}'::score_query;
SELECT '{"model": "personal", "chart": {"sunn": 1}}'::score_query;
\echo :LAST_ERROR_SQLSTATE
SELECT '{"model": "personal", "chart": null}'::score_query;
SELECT '{"model": "personal", "chart": 196.27}'::score_query;
