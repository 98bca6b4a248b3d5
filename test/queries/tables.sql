-- What the queries of generate.pl are about: charts of every kind, in a small table and in an indexed one.
CREATE EXTENSION synastry;
CREATE FUNCTION born(day float8) RETURNS chart LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT ARRAY[day * 0.985647, day * 13.176396 + 18, day * 1.38 + 25, day * 1.22 + 182, day * 0.524071 + 355,
	day * 0.083129 + 34, day * 0.033498 + 50, day * 0.011773 + 314, day * 0.005997 + 304, day * 0.00397 + 238]::chart $$;
CREATE FUNCTION kind_of_chart(i int) RETURNS chart LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT CASE i % 12 WHEN 0 THEN NULL WHEN 1 THEN '{}' WHEN 2 THEN chart('{vega,spica}', ARRAY[i, 7])
	WHEN 3 THEN born(i) - '{moon,pluto}'::text[]
	WHEN 4 THEN chart('{sun,moon,venus,ascendant,midheaven,chiron}', ARRAY(SELECT i * 77.7 * b FROM generate_series(1, 6) b), '{1,13,-1.2,NULL,NULL,0}', '{1,2,3,-24,5,6}', ARRAY(SELECT i + c * 30.0 FROM generate_series(1, 12) c))
	ELSE born(i * 7) END $$;
CREATE TABLE few AS SELECT i AS id, kind_of_chart(i) AS chart FROM generate_series(1, 48) i;
CREATE TABLE crowd AS SELECT i AS id, kind_of_chart(i) AS chart FROM generate_series(1, 2700) i;
CREATE INDEX crowd_chart ON crowd USING synastry (chart);
-- what the index got later, and what has gone
INSERT INTO crowd SELECT i, kind_of_chart(i) FROM generate_series(2701, 3000) i;
DELETE FROM crowd WHERE id % 40 = 3;
CREATE VIEW pairs AS SELECT a.id AS a_id, a.chart AS a, b.id AS b_id, b.chart AS b FROM few a, few b WHERE a.id <= 12;
VACUUM ANALYZE;
