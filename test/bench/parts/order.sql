-- The ten best of a million, by scan and sort.
INSERT INTO queries (part, name, baseline, rows, query)
SELECT 'order', name, baseline, 1e6, format(query, :'query_chart')
FROM (VALUES
	('ORDER BY trivial LIMIT 10', NULL, 'SELECT id FROM charts ORDER BY trivial(chart, %L) LIMIT 10'),
	('ORDER BY chart <~> const LIMIT 10', 'ORDER BY trivial LIMIT 10',
		'SELECT id FROM charts ORDER BY chart <~> %L LIMIT 10')
	) AS q (name, baseline, query);
CALL measure('order');
