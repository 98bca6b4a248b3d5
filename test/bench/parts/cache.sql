-- What the cache finds against making it: ten reports that are asked for again and again, a group of a
-- thousand, a matrix of sixty bodies on both sides whose orbs overlap; and what is not cached, with it on and off.
CREATE TABLE pairs AS
SELECT a.chart AS a, b.chart AS b FROM charts a, charts b WHERE a.id = 1 AND b.id BETWEEN 2 AND 11;
CREATE TABLE big AS
SELECT chart(array_agg(body), array_agg(mod((id * id * 7.31)::numeric, 360)::float8)) AS a,
	chart(array_agg(body), array_agg(mod((id * id * 5.17)::numeric, 360)::float8)) AS b
FROM synastry_bodies() WHERE id < 60;
CREATE TABLE thousand AS SELECT chart FROM charts WHERE id <= 1000;
VACUUM ANALYZE pairs, big, thousand;
SELECT synastry_cache_reset();
INSERT INTO queries (part, name, baseline, rows, prepare, query)
SELECT 'cache', name, baseline, rows,
	CASE WHEN name LIKE '%off' THEN 'SET synastry.cache = off' ELSE 'SET synastry.cache = on' END, query
FROM (VALUES
	('synastry_report, off', NULL, 10000, 'SELECT count(synastry_report(a, b)) FROM pairs, generate_series(1, 1000)'),
	('synastry_report, found', 'synastry_report, off', 10000,
		'SELECT count(synastry_report(a, b)) FROM pairs, generate_series(1, 1000)'),
	('group_tally of 1000, off', NULL, 1, 'SELECT group_tally(chart) FROM thousand'),
	('group_tally of 1000, found', 'group_tally of 1000, off', 1, 'SELECT group_tally(chart) FROM thousand'),
	('aspect_matrix 60x60, 9 overlapping, off', NULL, 1000,
		'SELECT count(aspect_matrix(a, b, ''conjunction 10, semisextile 10, semisquare 10, sextile 10, quintile 10, square 10, trine 10, quincunx 10, opposition 10'')) FROM big, generate_series(1, 1000)'),
	('aspect_matrix 60x60, 9 overlapping, found', 'aspect_matrix 60x60, 9 overlapping, off', 1000,
		'SELECT count(aspect_matrix(a, b, ''conjunction 10, semisextile 10, semisquare 10, sextile 10, quintile 10, square 10, trine 10, quincunx 10, opposition 10'')) FROM big, generate_series(1, 1000)'),
	('aspect_matrix 10x10, off', NULL, 1e6, 'SELECT count(aspect_matrix(a, b)) FROM pairs, generate_series(1, 100000)'),
	('aspect_matrix 10x10, on', 'aspect_matrix 10x10, off', 1e6,
		'SELECT count(aspect_matrix(a, b)) FROM pairs, generate_series(1, 100000)')
	) AS q (name, baseline, rows, query);
CALL measure('cache');
DROP TABLE pairs, big, thousand;
