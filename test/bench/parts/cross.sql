-- A thousand charts against a thousand: the tiles of synastry_cross() against the same in plain SQL. One
-- pair in a hundred has 78 points.
CREATE UNLOGGED TABLE lefts AS SELECT id, chart FROM charts WHERE id <= 1000;
CREATE UNLOGGED TABLE rights AS SELECT id, chart FROM charts WHERE id BETWEEN 1001 AND 2000;
VACUUM ANALYZE lefts, rights;
INSERT INTO queries (part, name, baseline, rows, query)
SELECT 'cross', name, baseline, 1e6, query
FROM (VALUES
	('join WHERE score >= 78', NULL,
		'SELECT count(*) FROM lefts l, rights r WHERE synastry_score(l.chart, r.chart) >= 78'),
	('synastry_cross(min_score => 78)', 'join WHERE score >= 78',
		'SELECT count(*) FROM synastry_cross(''lefts''::regclass, ''rights''::regclass, min_score => 78)'),
	('LATERAL ORDER BY score LIMIT 10', NULL,
		'SELECT count(*) FROM lefts l, LATERAL (SELECT r.id FROM rights r ORDER BY l.chart <~> r.chart LIMIT 10) best'),
	('synastry_cross(top_k => 10)', 'LATERAL ORDER BY score LIMIT 10',
		'SELECT count(*) FROM synastry_cross(''lefts''::regclass, ''rights''::regclass, top_k => 10)'),
	('trivial function with as many rows', NULL, 'SELECT count(*) FROM trivial_rows(1000000, 0)'),
	('synastry_cross, all rows', 'trivial function with as many rows',
		'SELECT count(*) FROM synastry_cross(''lefts''::regclass, ''rights''::regclass)'),
	('join, trivial function with wide rows', NULL,
		'SELECT count(*) FROM trivial_rows((SELECT count(trivial(l.chart, r.chart))::int FROM lefts l, rights r), 660)'),
	('synastry_batch', 'join, trivial function with wide rows',
		'SELECT count(*) FROM synastry_batch(''SELECT l.id AS a_id, l.chart AS a, r.id AS b_id, r.chart AS b FROM lefts l, rights r'', ''synastry'')')
	) AS q (name, baseline, query);
CALL measure('cross');
DROP TABLE lefts, rights;
