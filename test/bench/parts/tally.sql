-- What a million pairs have in common, against the sum of their scores over the same cross join.
CREATE UNLOGGED TABLE thousand AS SELECT id, chart FROM charts WHERE id <= 1000;
VACUUM ANALYZE thousand;
INSERT INTO queries (part, name, baseline, rows, query)
SELECT 'tally', name, baseline, 1e6, format('SELECT %s FROM thousand a, thousand b', expression)
FROM (VALUES
	('sum(synastry_score)', NULL, 'sum(synastry_score(a.chart, b.chart))'),
	('aspect_tally', 'sum(synastry_score)', 'aspect_tally(a.chart, b.chart)')
	) AS q (name, baseline, expression);
CALL measure('tally');
DROP TABLE thousand;
