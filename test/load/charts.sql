-- Who is compared: charts of any day in an ephemeris of mean motions, every ninth without a moon, every 50th unknown.
CREATE EXTENSION synastry;
CREATE FUNCTION born(day float8) RETURNS chart LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY[day * 0.985647, day * 13.176396 + 18, day * 1.38 + 25, day * 1.22 + 182, day * 0.524071 + 355,
	day * 0.083129 + 34, day * 0.033498 + 50, day * 0.011773 + 314, day * 0.005997 + 304, day * 0.00397 + 238]::chart;
CREATE FUNCTION anybody(person int) RETURNS chart LANGUAGE sql VOLATILE
RETURN CASE WHEN person % 50 = 0 THEN NULL WHEN person % 9 = 0 THEN born(random() * 25567) - '{moon}'::text[]
	ELSE born(random() * 25567) END;
-- Not autovacuum but the tests decide when tables are vacuumed.
CREATE TABLE people (id int PRIMARY KEY, country int NOT NULL, chart chart) WITH (autovacuum_enabled = off);
INSERT INTO people SELECT i, i % 20, anybody(i) FROM generate_series(1, 50000) i;
CREATE INDEX people_chart ON people USING synastry (chart);
CREATE TABLE arrivals (id bigserial PRIMARY KEY, chart chart) WITH (autovacuum_enabled = off);
CREATE INDEX arrivals_chart ON arrivals USING synastry (chart);
VACUUM ANALYZE people;
