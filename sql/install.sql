--
-- CREATE EXTENSION: where the objects live, what they are, how they go.
--

-- In a schema of its own, where a type called chart is in nobody's way: it
-- works without being in the search path.
CREATE SCHEMA astrology;
CREATE EXTENSION synastry SCHEMA astrology;
SHOW search_path;
\set VERBOSITY sqlstate
SELECT synastry_score('{}', '{}');
\set VERBOSITY default
SELECT astrology.synastry_score('{"sun": 196.27}', '{"moon": 16.27}');
SELECT '{"sun": 196.27}'::astrology.chart OPERATOR(astrology.<~>) '{"moon": 16.27}'::astrology.chart AS mismatch;
SELECT 'synastry'::astrology.aspect_set;
SELECT (astrology.bodies('{"Sun": 196.27}')).sign;

-- A table called chart has a row type of that name; the extension's type
-- keeps its own.
CREATE TABLE chart (id int PRIMARY KEY, name text, chart astrology.chart);
INSERT INTO chart VALUES (1, 'John Lennon', '{"sun": 196.2678939, "moon": 303.5466256}');
SELECT name, astrology.longitude(c.chart, 'moon') FROM chart AS c;
SET search_path = public, astrology;
SELECT name, longitude(c.chart, 'moon') FROM chart AS c;
SELECT chart(sun => 196.27, moon => 303.55);
SET search_path = astrology, public;
SELECT '{"sun": 196.27}'::chart;
SELECT * FROM public.chart;
RESET search_path;

-- Dependent objects of the user: defaults, indexes, views, functions.
CREATE TABLE people (
	id int PRIMARY KEY,
	chart astrology.chart NOT NULL DEFAULT '{}',
	moon float8 GENERATED ALWAYS AS (astrology.longitude(chart, 'moon')) STORED
);
CREATE UNIQUE INDEX ON people (chart);
CREATE VIEW matches AS
	SELECT a.id AS a, b.id AS b, astrology.synastry_score(a.chart, b.chart) AS score
	FROM people AS a JOIN people AS b ON a.id < b.id;
INSERT INTO people VALUES (1, '{"sun": 196.2678939, "moon": 303.5466256}'),
	(2, '{"sun": 329.3793683, "moon": 251.1295754}');
SELECT * FROM matches;

-- Relocation takes everything along.
CREATE SCHEMA stars;
ALTER EXTENSION synastry SET SCHEMA stars;
SELECT * FROM matches;
SELECT id, moon FROM people ORDER BY chart;
INSERT INTO people (id) VALUES (3) RETURNING *;
SELECT DISTINCT pronamespace::regnamespace
FROM pg_depend JOIN pg_proc ON objid = pg_proc.oid
WHERE classid = 'pg_proc'::regclass AND deptype = 'e'
	AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'synastry');

-- Everything is commented, but row types (members since 17).  What follows lists
-- violations only.
CREATE VIEW members AS
	SELECT classid, objid, pg_describe_object(classid, objid, objsubid) AS object
	FROM pg_depend
	WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
		AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'synastry');
SELECT count(*) > 50 AS many FROM members;
SELECT object FROM members
WHERE classid <> 'pg_opfamily'::regclass AND object NOT LIKE 'type %[]'
	AND NOT (classid = 'pg_type'::regclass AND objid IN (SELECT reltype FROM pg_class))
	AND obj_description(objid, classid::regclass::name) IS NULL
ORDER BY object;

-- Functions may run in parallel workers and in index expressions, but for
-- what looks at time, at settings or at other backends, or runs a query that is
-- given as text.
SELECT objid::regprocedure, provolatile, proparallel
FROM members JOIN pg_proc ON objid = pg_proc.oid AND classid = 'pg_proc'::regclass
WHERE prolang = (SELECT oid FROM pg_language WHERE lanname = 'c')
	AND (provolatile, proparallel) <> ('i', 's')
ORDER BY objid::regprocedure::text COLLATE "C";
-- A null argument makes a null result, but for constructors whose arguments
-- may be left out, and for options that have a default.
SELECT objid::regprocedure
FROM members JOIN pg_proc ON objid = pg_proc.oid AND classid = 'pg_proc'::regclass
WHERE prolang = (SELECT oid FROM pg_language WHERE lanname = 'c') AND NOT proisstrict
ORDER BY objid::regprocedure::text COLLATE "C";

-- Operators know their commutators and negators, operator classes pass the
-- server's checks.
SELECT objid::regoperator
FROM members JOIN pg_operator ON objid = pg_operator.oid AND classid = 'pg_operator'::regclass
WHERE oprleft = oprright
	AND (oprcom = 0 AND oprname IN ('=', '<>', '<', '<=', '>', '>=', '<~>')
		OR oprnegate = 0 AND oprname IN ('=', '<>', '<', '<=', '>', '>='));
SELECT opcname, amname, amvalidate(pg_opclass.oid)
FROM members
	JOIN pg_opclass ON objid = pg_opclass.oid AND classid = 'pg_opclass'::regclass
	JOIN pg_am ON opcmethod = pg_am.oid
WHERE opcname = 'chart_ops'
ORDER BY amname;

-- The types: storage in place for charts, TOAST for the rest.
SELECT typname, typlen, typalign, typstorage
FROM members JOIN pg_type ON objid = pg_type.oid AND classid = 'pg_type'::regclass
WHERE typname IN ('chart', 'aspect_set', 'score_model', 'score_query', 'aspect_matrix')
ORDER BY typname;

-- What depends on the extension protects it, and goes with it.
DROP EXTENSION synastry;
\set VERBOSITY terse
DROP EXTENSION synastry CASCADE;
\set VERBOSITY default
SELECT * FROM people ORDER BY id;
SELECT name FROM chart;
SELECT count(*) AS left_behind FROM members;
SELECT proname FROM pg_proc WHERE probin LIKE '%synastry%';
SELECT typname FROM pg_type WHERE typnamespace = 'stars'::regnamespace;
DROP VIEW members;
DROP TABLE people, chart;
DROP SCHEMA astrology, stars;

-- Trusted: who may create in the database may install it.
CREATE ROLE regress_synastry_owner;
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO regress_synastry_owner', current_database()); END $$;
SET ROLE regress_synastry_owner;
CREATE SCHEMA mine;
CREATE EXTENSION synastry SCHEMA mine;
SELECT mine.longitude('{"moon": 303.55}', 'Moon');
DROP EXTENSION synastry;
DROP SCHEMA mine;
RESET ROLE;
DO $$ BEGIN EXECUTE format('REVOKE CREATE ON DATABASE %I FROM regress_synastry_owner', current_database()); END $$;
DROP ROLE regress_synastry_owner;

-- The other tests find it in public.
CREATE EXTENSION synastry SCHEMA public;
SELECT extrelocatable FROM pg_extension WHERE extname = 'synastry';

-- In one schema a table cannot have the name of the type.
CREATE TABLE chart (id int);
CREATE SCHEMA taken
	CREATE TABLE chart (id int);
ALTER EXTENSION synastry SET SCHEMA taken;
DROP SCHEMA taken CASCADE;
