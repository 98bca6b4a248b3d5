-- The database of the targets. Read by a server of one process: a statement ends at an empty line.

CREATE EXTENSION synastry;

CREATE FUNCTION fuzz(target text, arguments text[]) RETURNS int4 AS 'synastry' LANGUAGE C;

CREATE TABLE positions (id int, body text, longitude float8, speed float8, declination float8);

CREATE TABLE house_cusps (id int, house int, longitude float8);

COPY positions FROM '@data@/positions.csv' (FORMAT csv, HEADER);

COPY house_cusps FROM '@data@/cusps.csv' (FORMAT csv, HEADER);

-- one() and other(): charts of two people with all that a chart may have, as constants
DO $$
DECLARE
	person record;
BEGIN
	FOR person IN
		SELECT id, chart(array_agg(body), array_agg(longitude), array_agg(speed), array_agg(declination),
			(SELECT array_agg(longitude ORDER BY house) FROM house_cusps c WHERE c.id = p.id)) AS chart
		FROM positions p WHERE id IN (1, 2) GROUP BY id
	LOOP
		EXECUTE format('CREATE FUNCTION %s() RETURNS chart LANGUAGE sql IMMUTABLE RETURN %L::chart',
			CASE person.id WHEN 1 THEN 'one' ELSE 'other' END, person.chart);
	END LOOP;
END
$$;

-- an index with pages of every kind
CREATE UNLOGGED TABLE crowd (id int, chart chart);

CREATE INDEX crowd_chart ON crowd USING synastry (chart);

CREATE FUNCTION some_charts(first int, last int) RETURNS SETOF crowd LANGUAGE sql AS $$
	SELECT i, CASE i % 20 WHEN 0 THEN NULL WHEN 1 THEN c - '{moon}'::text[] ELSE c END
	FROM generate_series(first, last) i,
		LATERAL (SELECT ARRAY(SELECT (i * 137.50776 * body + body * body * 31)::float8
			FROM generate_series(1, 10) body)::chart AS c) s
$$;

INSERT INTO crowd SELECT * FROM some_charts(1, 800);

VACUUM crowd;

INSERT INTO crowd SELECT * FROM some_charts(801, 950);

ANALYZE crowd;

CHECKPOINT;

