-- Cost per row over a million charts, against the same scan with a trivial C function.
INSERT INTO queries (part, name, simd, baseline, rows, query)
SELECT 'rows', name, simd, baseline, 1e6, format(query, :'query_chart')
FROM (VALUES
	('count(*)', 'WHERE trivial > x', 'SELECT count(*) FROM charts'),
	('WHERE trivial > x', NULL, 'SELECT count(*) FROM charts WHERE trivial(chart, %L) > 1e9'),
	('WHERE synastry_score > x', 'WHERE trivial > x',
		'SELECT count(*) FROM charts WHERE synastry_score(chart, %L) > 150'),
	('count(trivial)', NULL, 'SELECT count(trivial(chart, %L)) FROM charts'),
	('count(aspect_matrix)', 'count(trivial)', 'SELECT count(aspect_matrix(chart, %L)) FROM charts')
	) AS q (name, baseline, query),
	unnest(CASE WHEN name IN ('WHERE synastry_score > x', 'count(aspect_matrix)')
		THEN ARRAY['avx512', 'avx2', 'neon', 'scalar'] ELSE ARRAY['auto'] END) AS simd;
CALL measure('rows');
