-- The same score written in SQL, over one row per position, against synastry_score().
CREATE UNLOGGED TABLE bench_positions AS
SELECT id, body, longitude FROM charts, bodies(chart) WHERE id <= 500;
CREATE TEMP TABLE weights (body text PRIMARY KEY, weight float8);
INSERT INTO weights VALUES ('sun', 3), ('moon', 3), ('mercury', 2), ('venus', 3), ('mars', 3), ('jupiter', 2),
	('saturn', 1.5), ('uranus', 1), ('neptune', 1), ('pluto', 1);
CREATE TEMP TABLE worths (angle float8, max_orb float8, worth float8);
INSERT INTO worths VALUES (0, 10, 4), (60, 6, 2), (90, 8, -2), (120, 8, 3), (180, 10, -3), (150, 3, -1), (30, 2, 1);
CREATE TEMP TABLE query_positions AS SELECT body, longitude FROM bodies(:'query_chart');
VACUUM ANALYZE bench_positions;
ANALYZE weights, worths, query_positions;

INSERT INTO queries (part, name, baseline, rows, query) VALUES
	('sql', 'score written in SQL', NULL, 500, $$
		SELECT p.id, sum((wa.weight + wb.weight) / 2 * w.worth * (1 - abs(s.separation - w.angle) / w.max_orb))
		FROM bench_positions p JOIN weights wa USING (body)
			CROSS JOIN query_positions q JOIN weights wb ON wb.body = q.body
			CROSS JOIN LATERAL (SELECT 180 - abs(180 - abs(p.longitude - q.longitude)) AS separation) s
			JOIN worths w ON abs(s.separation - w.angle) <= w.max_orb
		GROUP BY p.id $$),
	('sql', 'synastry_score', 'score written in SQL', 1e6,
		format('SELECT count(synastry_score(chart, %L, %L)) FROM charts', :'query_chart', 'weighted'));
CALL measure('sql');
DROP TABLE bench_positions;
