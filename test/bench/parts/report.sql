-- What a page needs of a pair, as jsonb: over 5,000 pairs of ten planets.
CREATE UNLOGGED TABLE pairs AS
SELECT a.chart AS a, b.chart AS b
FROM charts AS a, charts AS b WHERE a.id <= 5 AND b.id BETWEEN 1001 AND 2000;
VACUUM ANALYZE pairs;

INSERT INTO queries (part, name, baseline, rows, query)
SELECT 'report', name, baseline, 5e3, format('SELECT count(%s) FROM pairs', expression)
FROM (VALUES
	('trivial', NULL, 'trivial(a, b)'),
	('synastry_report', 'trivial', 'synastry_report(a, b)'),
	('synastry', 'trivial', 'synastry(a, b)'),
	('aspect_matrix::jsonb', 'trivial', 'aspect_matrix(a, b)::jsonb')
	) AS q (name, baseline, expression);
CALL measure('report');
DROP TABLE pairs;
