-- How the parts of the bench measure: each enters its queries and calls measure(), which runs them
-- interleaved, so that whatever else the machine does falls on all alike.

CREATE TABLE queries (
	n        serial,
	part     text,
	name     text,
	simd     text DEFAULT 'auto',   -- synastry.simd
	baseline text,                  -- the name of the query of this part to compare with
	rows     float8,                -- rows or pairs of a run
	prepare  text,                  -- run before, not measured
	times    int DEFAULT 21,        -- fewer for what takes long
	query    text
);
CREATE TABLE runs (n serial, part text, name text, simd text, baseline text, run int, ns float8);

-- what a backend took at its peak
CREATE TABLE memory (n serial, name text, work_mem text, bound bigint, peak bigint, estimate bigint);

-- what is no time
CREATE TABLE figures (n serial, part text, name text, figure float8, goal float8);

-- hit ratios of the cache, and of an exact LRU
CREATE TABLE ratios (name text, entries bigint, measured float8, simulated float8);

CREATE FUNCTION has_simd(simd text) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('synastry.simd', simd, false);
	RETURN true;
EXCEPTION WHEN invalid_parameter_value THEN
	RETURN false;
END $$;

-- run 0 warms up
CREATE PROCEDURE measure(measured text) LANGUAGE plpgsql AS $$
DECLARE
	q record;
	start timestamptz;
BEGIN
	DELETE FROM queries WHERE NOT has_simd(simd);
	FOR run IN 0..21 LOOP
		FOR q IN SELECT * FROM queries WHERE part = measured AND times >= run ORDER BY n LOOP
			PERFORM set_config('synastry.simd', q.simd, false);
			IF q.prepare IS NOT NULL THEN
				EXECUTE q.prepare;
			END IF;
			start := clock_timestamp();
			EXECUTE q.query;
			IF run > 0 THEN
				INSERT INTO runs (part, name, simd, baseline, run, ns) VALUES (q.part, q.name, q.simd, q.baseline, run,
					1e9 * extract(epoch FROM clock_timestamp() - start) / q.rows);
			END IF;
		END LOOP;
	END LOOP;
	PERFORM set_config('synastry.simd', 'auto', false);
END $$;
