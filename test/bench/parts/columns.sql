-- Scores of charts that are kept as ten float8 columns, against stored charts.
CREATE UNLOGGED TABLE columns AS
SELECT id, longitude(chart, 'sun') AS sun, longitude(chart, 'moon') AS moon,
	longitude(chart, 'mercury') AS mercury, longitude(chart, 'venus') AS venus,
	longitude(chart, 'mars') AS mars, longitude(chart, 'jupiter') AS jupiter,
	longitude(chart, 'saturn') AS saturn, longitude(chart, 'uranus') AS uranus,
	longitude(chart, 'neptune') AS neptune, longitude(chart, 'pluto') AS pluto
FROM charts WHERE id <= 200000;
CREATE UNLOGGED TABLE stored AS SELECT chart FROM charts WHERE id <= 200000;
VACUUM ANALYZE columns, stored;

INSERT INTO queries (part, name, baseline, rows, query)
SELECT 'columns', name, baseline, 2e5, format(query, :'query_chart')
FROM (VALUES
	('score of a stored chart', NULL, 'SELECT count(*) FROM stored WHERE synastry_score(chart, %L) > 150'),
	('score of chart(ten columns)', 'score of a stored chart',
		'SELECT count(*) FROM columns WHERE synastry_score(chart(sun, moon, mercury, venus, mars, jupiter, saturn, uranus, neptune, pluto), %L) > 150')
	) AS q (name, baseline, query);
CALL measure('columns');
DROP TABLE columns, stored;
