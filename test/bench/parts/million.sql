-- The ten best of a million for a thousand charts; in plain SQL for two, the time of a pair is the same.
INSERT INTO queries (part, name, simd, baseline, rows, times, query)
SELECT 'million', name, simd, baseline, rows, 5, query
FROM (VALUES
	('LATERAL ORDER BY score LIMIT 10', NULL, 2e6,
		'SELECT count(*) FROM charts l, LATERAL (SELECT r.id FROM charts r ORDER BY l.chart <~> r.chart LIMIT 10) best WHERE l.id <= 2'),
	('1000 x 1,000,000, top_k => 10', 'LATERAL ORDER BY score LIMIT 10', 1e9,
		'SELECT count(*) FROM synastry_cross(''SELECT id, chart FROM charts WHERE id <= 1000'', ''charts''::regclass, top_k => 10)'),
	('1 x 1,000,000, top_k => 10', 'LATERAL ORDER BY score LIMIT 10', 1e6,
		'SELECT count(*) FROM synastry_cross(''SELECT id, chart FROM charts WHERE id = 1'', ''charts''::regclass, top_k => 10)')
	) AS q (name, baseline, rows, query),
	unnest(CASE WHEN name ~ '^1000' THEN ARRAY['avx512', 'avx2', 'neon', 'scalar'] ELSE ARRAY['auto'] END) AS simd;
CALL measure('million');
