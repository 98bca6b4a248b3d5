-- Makes the calibration of compatibility(): src/functions/calibration.h.
--
--		psql -XAtq -v ON_ERROR_STOP=1 -f test/data/calibrate.sql > src/functions/calibration.h
--
-- in a database with the extension, from the root of the checkout.  The build
-- does not run it: a calibration that was released never changes.
--
-- births15_1: a million pairs of days of 1930 to 2029, 0 h UT, at most 15 years
-- (5479 days) apart, drawn by md5, which is the same everywhere.
CREATE TEMP TABLE file (day date,
	sun float8, sun_speed float8, moon float8, moon_speed float8, mercury float8, mercury_speed float8,
	venus float8, venus_speed float8, mars float8, mars_speed float8, jupiter float8, jupiter_speed float8,
	saturn float8, saturn_speed float8, uranus float8, uranus_speed float8, neptune float8, neptune_speed float8,
	pluto float8, pluto_speed float8);
\copy file FROM PROGRAM 'gzip -dc test/data/ephemeris_daily_1930_2029.csv.gz' (FORMAT csv, HEADER)
CREATE TEMP TABLE births AS
	SELECT day - '1930-01-01' AS n,
		   ARRAY[sun, moon, mercury, venus, mars, jupiter, saturn, uranus, neptune, pluto]::chart AS chart
	FROM file;
CREATE UNIQUE INDEX ON births (n);
ANALYZE births;
CREATE TEMP TABLE pairs AS
	SELECT a.chart AS a, b.chart AS b
	FROM (SELECT n, ('x' || substr(digits, 1, 7))::bit(28)::int % (SELECT count(*) FROM births)::int AS first,
				 ('x' || substr(digits, 8, 7))::bit(28)::int % (2 * 5479 + 1) - 5479 AS apart
		  FROM generate_series(1, 1200000) AS n, md5('births15_1 ' || n) AS digits) AS draws
		 JOIN births AS a ON a.n = first
		 JOIN births AS b ON b.n = first + apart
	ORDER BY draws.n LIMIT 1000000;
SET max_parallel_workers_per_gather = 0;
SELECT '/*
 * calibration.h
 *		The calibrations of compatibility(); made by test/data/calibrate.sql.
 *
 * births15_1: percentiles 0 to 100 of the scores of a million random pairs of
 * births from 1930 to 2029 that are at most 15 years apart, in units of 1 /
 * SCORE_ONE; a row per measure.  A calibration never changes.
 */
#ifndef SYNASTRY_CALIBRATION_H
#define SYNASTRY_CALIBRATION_H

#include "functions/compatibility.h"

#define PERCENTILES		100

static const int32 births15_1[MEASURES][PERCENTILES + 1] = {';
WITH scores AS (
	SELECT place, model, synastry_score(a, b, model) AS score
	FROM pairs, (VALUES (1, 'personal'::score_model), (2, 'emotional'), (3, 'communication'),
		(4, 'physical'), (5, 'spiritual'), (6, 'stability')) AS models (place, model)),
percentiles AS (
	SELECT place, percentile_disc((SELECT array_agg(p / 100.0 ORDER BY p) FROM generate_series(0, 100) AS p))
		   WITHIN GROUP (ORDER BY score) AS cuts
	FROM scores GROUP BY place),
lines AS (
	SELECT place, (i - 1) / 8 AS line, string_agg((cut * 65536)::int::text, ', ' ORDER BY i) AS numbers
	FROM percentiles, unnest(cuts) WITH ORDINALITY AS c (cut, i)
	GROUP BY place, line)
SELECT E'\t{\n' || string_agg(E'\t\t' || numbers, E',\n' ORDER BY line) || E'\n\t},'
FROM lines GROUP BY place ORDER BY place;
SELECT '};

#endif							/* SYNASTRY_CALIBRATION_H */';
