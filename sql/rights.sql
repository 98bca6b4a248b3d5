--
-- What each object of the extension allows to whom, and that nobody sees through it what
-- he could not read himself.  doc/security.md tells it in words.
--

-- The extension belongs to a role that is no superuser, in a database that
-- belongs to another; one role may read statistics, one monitors, one reads and
-- writes all data, one may nothing.
DROP EXTENSION synastry;
CREATE ROLE regress_rights_installer;
CREATE ROLE regress_rights_dba;
CREATE ROLE regress_rights_reader;
CREATE ROLE regress_rights_monitor;
CREATE ROLE regress_rights_data;
CREATE ROLE regress_rights_nobody;
GRANT pg_read_all_stats TO regress_rights_reader;
GRANT pg_monitor TO regress_rights_monitor;
GRANT pg_read_all_data, pg_write_all_data TO regress_rights_data;
SELECT current_database() AS database, current_user AS superuser \gset
ALTER DATABASE :"database" OWNER TO regress_rights_dba;
GRANT CREATE ON DATABASE :"database" TO regress_rights_installer;
CREATE SCHEMA astrology AUTHORIZATION regress_rights_installer;
GRANT USAGE ON SCHEMA astrology TO PUBLIC;
SET ROLE regress_rights_installer;
CREATE EXTENSION synastry SCHEMA astrology;
RESET ROLE;
SET search_path = public, astrology;

CREATE VIEW members AS
SELECT classid, objid, pg_describe_object(classid, objid, objsubid) AS object
FROM pg_depend
WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
	AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'synastry');
CREATE TABLE roles (position int, role name, name text);
INSERT INTO roles VALUES (1, 'regress_rights_nobody', 'anybody'), (2, 'regress_rights_reader', 'reader'),
	(3, 'regress_rights_monitor', 'monitor'), (4, 'regress_rights_data', 'all data'),
	(5, 'regress_rights_dba', 'database owner'), (6, 'regress_rights_installer', 'installer'),
	(7, current_user, 'superuser');

CREATE FUNCTION who(names text[]) RETURNS text IMMUTABLE
	RETURN CASE WHEN 'anybody' = ANY (names) THEN 'anybody' ELSE coalesce(array_to_string(names, ', '), 'nobody') END;

--
-- The table
--

-- Who may execute what.  Functions of one name differ in their arguments only;
-- a new one, or other rights, is another line here.
SELECT proname AS function, count(DISTINCT objid) AS n, provolatile AS v,
	who(array_agg(DISTINCT name) FILTER (WHERE has_function_privilege(role, objid, 'EXECUTE'))) AS may_execute
FROM members JOIN pg_proc ON objid = pg_proc.oid AND classid = 'pg_proc'::regclass, roles
GROUP BY proname, provolatile
ORDER BY proname COLLATE "C", provolatile;

-- Who may do what to relations.
SELECT relation, kind, who(names) AS may, string_agg(privilege, ', ' ORDER BY n) AS privileges
FROM (SELECT relname AS relation, relkind AS kind, privilege, n, array_agg(name ORDER BY position) AS names
	FROM members JOIN pg_class ON objid = pg_class.oid AND classid = 'pg_class'::regclass, roles,
		unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) WITH ORDINALITY AS p (privilege, n)
	WHERE relkind NOT IN ('i', 'c') AND (has_table_privilege(role, objid, privilege)
		OR privilege IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') AND has_any_column_privilege(role, objid, privilege))
	GROUP BY relname, relkind, privilege, n) AS r
GROUP BY relation, kind, names
ORDER BY kind, relation COLLATE "C", min(n);

-- Who may hand on what.
SELECT object, name
FROM members JOIN pg_proc ON objid = pg_proc.oid AND classid = 'pg_proc'::regclass, roles
WHERE name <> 'superuser' AND has_function_privilege(role, objid, 'EXECUTE WITH GRANT OPTION')
ORDER BY object COLLATE "C";

-- Types are for everybody; there is nothing else that has rights.
SELECT typname AS type, CASE WHEN bool_and(has_type_privilege(role, objid, 'USAGE')) THEN 'anybody' END AS may_use
FROM members JOIN pg_type ON objid = pg_type.oid AND classid = 'pg_type'::regclass, roles
WHERE typtype = 'b' AND typelem = 0
GROUP BY typname ORDER BY typname COLLATE "C";
SELECT classid::regclass::text AS catalog, count(*) > 0 AS has_members FROM members GROUP BY 1 ORDER BY 1 COLLATE "C";

-- Who may set what: a superuser (or who is granted SET), or only the
-- configuration of the server.
LOAD 'synastry';
SELECT name, CASE context WHEN 'user' THEN 'anybody' WHEN 'superuser' THEN 'superuser' ELSE 'server' END AS may_set
FROM pg_settings WHERE name LIKE 'synastry.%' ORDER BY name COLLATE "C";

-- What follows is none: objects that are not the superuser's, whose script made
-- them; functions with their owner's rights, with settings of their own, or
-- trusted to see what a view or a policy hides.
SELECT object FROM members LEFT JOIN pg_proc ON objid = pg_proc.oid AND classid = 'pg_proc'::regclass
	LEFT JOIN pg_class ON objid = pg_class.oid AND classid = 'pg_class'::regclass
	LEFT JOIN pg_type ON objid = pg_type.oid AND classid = 'pg_type'::regclass
	JOIN pg_roles ON pg_roles.oid IN (proowner, relowner, typowner)
WHERE NOT rolsuper;
SELECT objid::regprocedure FROM members JOIN pg_proc ON objid = pg_proc.oid AND classid = 'pg_proc'::regclass
WHERE prosecdef OR proconfig IS NOT NULL OR proleakproof;

--
-- What it means
--

-- Who is not refused a statement, whatever else it runs into; nothing of it remains.
CREATE FUNCTION allowed(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	r record;
	names text[];
BEGIN
	FOR r IN SELECT * FROM roles ORDER BY position LOOP
		BEGIN
			EXECUTE format('SET LOCAL ROLE %I', r.role);
			EXECUTE statement;
			RAISE 'undo';
		EXCEPTION
			WHEN insufficient_privilege OR cant_change_runtime_param THEN NULL;
			WHEN OTHERS THEN names := names || r.name;
		END;
	END LOOP;
	RETURN who(names);
END $$;

SELECT statement, allowed(statement)
FROM unnest(ARRAY[
	-- administration
	'SELECT synastry_cache_reset()',
	'SELECT synastry_cache_flush()',
	'SELECT synastry_cache_purge_expired()',
	'SELECT synastry_cache_forget(''{}'')',
	'SELECT synastry_cache_warm(''SELECT NULL::astrology.chart AS a, NULL::astrology.chart AS b'')',
	'SELECT pg_stat_synastry_reset()',
	-- the table behind the cache, which holds birth charts
	'SELECT FROM synastry_cache',
	'INSERT INTO synastry_cache DEFAULT VALUES',
	'UPDATE synastry_cache SET value = NULL',
	'DELETE FROM synastry_cache',
	'TRUNCATE synastry_cache',
	'LOCK synastry_cache IN ACCESS SHARE MODE',
	'CREATE TRIGGER spy BEFORE INSERT ON synastry_cache FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
	'CREATE POLICY spy ON synastry_cache',
	-- statistics
	'TABLE pg_stat_synastry',
	'TABLE pg_stat_synastry_cluster',
	'TABLE pg_stat_synastry_cache',
	'TABLE pg_stat_synastry_history',
	'TABLE pg_stat_synastry_info',
	'TABLE pg_stat_progress_synastry',
	'SELECT * FROM synastry_regressions()',
	-- the installer owns the extension, but not what it is made of
	'DROP EXTENSION synastry CASCADE',
	'ALTER EXTENSION synastry SET SCHEMA public',
	'ALTER EXTENSION synastry DROP TABLE synastry_cache',
	'ALTER TABLE synastry_cache RENAME TO mine',
	'ALTER TABLE synastry_cache OWNER TO regress_rights_installer',
	'ALTER FUNCTION synastry_info() SECURITY DEFINER',
	-- settings
	'SET LOCAL synastry.cache = off',
	'SET LOCAL synastry.track = none',
	'SET LOCAL synastry.cache_ttl = 1']) AS statement;

-- Who may read and write all data finds the table empty, and cannot fill it.
INSERT INTO synastry_cache VALUES (gen_random_uuid(), '', '', 1, 0, now(), now(), 0);
SET ROLE regress_rights_data;
SELECT count(*) FROM synastry_cache;
WITH changed AS (UPDATE synastry_cache SET value = 'forged' RETURNING *) SELECT count(*) FROM changed;
WITH deleted AS (DELETE FROM synastry_cache RETURNING *) SELECT count(*) FROM deleted;
RESET ROLE;
SELECT count(*) FROM synastry_cache;
TRUNCATE synastry_cache;

-- What is the installer's he may grant to others, who may not hand it on.
SET ROLE regress_rights_installer;
GRANT EXECUTE ON FUNCTION synastry_cache_reset() TO regress_rights_monitor;
SET ROLE regress_rights_monitor;
GRANT EXECUTE ON FUNCTION synastry_cache_reset() TO regress_rights_nobody;
RESET ROLE;
SELECT statement, allowed(statement)
FROM unnest(ARRAY['SELECT synastry_cache_reset()', 'SELECT synastry_cache_flush()']) AS statement;
SET ROLE regress_rights_installer;
REVOKE EXECUTE ON FUNCTION synastry_cache_reset() FROM regress_rights_monitor;
RESET ROLE;
-- A setting that takes a superuser may be granted, too.
GRANT SET ON PARAMETER synastry.track TO regress_rights_monitor;
SELECT allowed('SET LOCAL synastry.track = none');
REVOKE SET ON PARAMETER synastry.track FROM regress_rights_monitor;
-- What warms the cache is read with the caller's rights.
CREATE TABLE secret (id int, chart chart);
INSERT INTO secret VALUES (1, '{"sun": 1}');
SELECT allowed('SELECT synastry_cache_warm(''SELECT chart AS a, chart AS b FROM public.secret'')');

--
-- Row-level security: Alice and Bob see their own charts in one table.
--

CREATE ROLE regress_rights_alice;
CREATE ROLE regress_rights_bob;
GRANT CREATE ON SCHEMA public TO regress_rights_bob, regress_rights_alice;
CREATE TABLE private (id int PRIMARY KEY, owner name, chart chart, document text);
INSERT INTO private
SELECT i, CASE WHEN i % 10 = 0 THEN 'regress_rights_alice' ELSE 'regress_rights_bob' END,
	chart(sun => i, moon => 13 * i, venus => 1.2 * i, mars => 0.5 * i), format('{"sun": %s}', i)
FROM generate_series(1, 2000) i;
-- what Bob wrote there is no chart
UPDATE private SET document = '{"sun": "secret of Bob"}' WHERE id = 1;
CREATE INDEX private_match ON private USING synastry (chart);
CREATE INDEX private_score ON private (synastry_score(chart, '{"sun": 5}'));
ANALYZE private;
CREATE VIEW documents WITH (security_barrier) AS SELECT id, document FROM private WHERE owner = current_user;
CREATE VIEW open_documents AS SELECT id, document FROM private WHERE owner = current_user;
ALTER TABLE private ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON private USING (owner = current_user);
GRANT SELECT ON private, documents, open_documents TO regress_rights_alice, regress_rights_bob;

-- how many rows of hers, how many of others
CREATE FUNCTION whose(ids int[], OUT own bigint, OUT others bigint) LANGUAGE sql SECURITY DEFINER
SET search_path = public AS $$
	SELECT count(*) FILTER (WHERE owner = 'regress_rights_alice'), count(*) FILTER (WHERE owner <> 'regress_rights_alice')
	FROM private WHERE id = ANY (ids)
$$;

SET ROLE regress_rights_alice;
SELECT w.* FROM (SELECT array_agg(b_id::int) AS ids
	FROM synastry_batch('SELECT id AS a_id, chart AS a, id AS b_id, chart AS b FROM public.private')) r, whose(ids) w;
SELECT w.* FROM (SELECT array_agg(right_id) AS ids
	FROM synastry_cross('SELECT 1 AS id, chart FROM public.private WHERE id = 10', 'SELECT id, chart FROM public.private', id => NULL::int)) r, whose(ids) w;
SELECT w.* FROM (SELECT array_agg(left_id) || array_agg(right_id) AS ids
	FROM synastry_cross('private'::regclass, 'private'::regclass, id => NULL::int)) r, whose(ids) w;
SELECT w.* FROM (SELECT array_agg(id) AS ids FROM private) r, whose(ids) w;
-- in the order of the index
SET enable_seqscan = off;
SET enable_sort = off;
CREATE FUNCTION uses(statement text, pattern text) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || statement LOOP
		IF line LIKE pattern THEN RETURN true; END IF;
	END LOOP;
	RETURN false;
END $$;
SELECT uses('SELECT id FROM private ORDER BY chart <~> ''{"sun": 5, "moon": 65}'' LIMIT 100', '%Index Scan using private_match%') AS by_index;
SELECT w.* FROM (SELECT array_agg(id) AS ids FROM (SELECT id FROM private ORDER BY chart <~> '{"sun": 5, "moon": 65}' LIMIT 100) b) r, whose(ids) w;
SELECT w.* FROM (SELECT array_agg(id) AS ids FROM (SELECT id FROM private
	ORDER BY chart <~> score_query('{"sun": 5, "moon": 65}', 'weighted')) b) r, whose(ids) w;
RESET ROLE;
SELECT pg_stat_synastry_reset() IS NOT NULL AS reset;
SET ROLE regress_rights_alice;
SELECT w.* FROM (SELECT array_agg(right_id) AS ids
	FROM synastry_cross('SELECT 1 AS id, chart FROM public.private WHERE id = 10', 'private'::regclass, id => NULL::int, top_k => 50)) r, whose(ids) w;
SELECT calls FROM pg_stat_synastry_cluster WHERE operation = 'search';
RESET enable_sort;
-- an index on a score is not asked beyond a policy
SELECT uses('SELECT id FROM private WHERE synastry_score(chart, ''{"sun": 5}'') > 90', '%Index Cond%') AS by_index;
RESET ROLE;
SELECT uses('SELECT id FROM private WHERE synastry_score(chart, ''{"sun": 5}'') > 90', '%Index Cond%') AS by_index;
RESET enable_seqscan;
-- nor counted
SELECT allowed('SELECT * FROM synastry_index_statistics(''private_match'')');
SET ROLE regress_rights_alice;
SELECT charts FROM synastry_index_statistics('private_match');
SELECT synastry_index_check('private_match');
SET row_security = off;
SELECT charts FROM synastry_index_statistics('private_match');
SELECT count(*) FROM synastry_cross('SELECT 1 AS id, ''{}''::astrology.chart AS chart', 'private'::regclass);
SELECT count(*) FROM synastry_batch('SELECT id AS a_id, chart AS a, id AS b_id, chart AS b FROM public.private');
RESET row_security;

-- Parts of aggregates that are called by themselves leave what is stored alone.
RESET ROLE;
CREATE TABLE states AS
SELECT composite_agg_accum(composite_agg_accum(NULL, chart), chart) AS sum, chart, aspect_tally_accum(NULL, chart, chart) AS tally,
	group_tally_accum(group_tally_accum(NULL, chart), chart) AS members
FROM (SELECT chart || '{"mercury": 1, "jupiter": 2, "saturn": 3, "uranus": 4}' AS chart FROM private WHERE id <= 3) AS p;
ALTER TABLE states ALTER sum SET STORAGE plain, ALTER tally SET STORAGE plain, ALTER members SET STORAGE plain;
UPDATE states SET chart = chart;
CREATE TABLE as_before AS SELECT md5(string_agg(s::text, '')) AS digest FROM states s;
GRANT SELECT ON states TO regress_rights_alice;
SET ROLE regress_rights_alice;
SELECT count(composite_agg_accum(sum, chart)), count(composite_agg_combine(sum, sum)), count(chart_agg_accum(chart, 'pluto', 5)),
	count(aspect_tally_accum(tally, chart, chart)), count(aspect_tally_combine(tally, tally)),
	count(group_tally_accum(members, chart)), count(group_tally_combine(members, members))
FROM states;
RESET ROLE;
SELECT md5(string_agg(s::text, '')) = digest AS as_before FROM states s, as_before GROUP BY digest;
SET ROLE regress_rights_alice;

-- What is not in her rows does not reach our functions either, whose errors
-- would tell: they come after a policy and after a view with a barrier.  The
-- planner takes them for dear, and conditions of the view for dearer still.
RESET ROLE;
CREATE FUNCTION is_own(owner name) RETURNS bool LANGUAGE plpgsql STABLE COST 1000000 AS 'BEGIN RETURN owner = current_user; END';
CREATE OR REPLACE VIEW documents WITH (security_barrier) AS SELECT id, document FROM private WHERE is_own(owner);
CREATE OR REPLACE VIEW open_documents AS SELECT id, document FROM private WHERE is_own(owner);
ALTER POLICY own ON private USING (is_own(owner));
SET ROLE regress_rights_alice;
SELECT count(*) FROM open_documents WHERE document::jsonb::chart <~> '{"sun": 5}' < 1000;
SELECT count(*) FROM documents WHERE document::jsonb::chart <~> '{"sun": 5}' < 1000;
SELECT count(*) FROM documents WHERE document::chart = '{"sun": 10}';
SELECT count(*) FROM private WHERE synastry_score(document::jsonb::chart, '{"sun": 5}') > -1000;
SELECT count(*) FROM private, aspects(document::jsonb::chart, '{"sun": 5}') WHERE orb < 1000;
SELECT count(*) FROM synastry_batch('SELECT id AS a_id, document::jsonb::astrology.chart AS a, id AS b_id, chart AS b FROM public.private');
RESET ROLE;

-- Statistics of the planner: not to be read, and no estimate tells which charts
-- are in the table.
UPDATE private SET chart = '{"sun": 77}' WHERE id % 2 = 1;
ANALYZE private;
CREATE FUNCTION estimate(statement text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) ' || statement INTO plan;
	RETURN plan->0->'Plan'->>'Plan Rows';
END $$;
SELECT estimate('SELECT FROM private WHERE chart = ''{"sun": 77}''') > estimate('SELECT FROM private WHERE chart = ''{"sun": 78}''') AS told;
SELECT count(*) > 0 AS visible FROM pg_stats WHERE tablename LIKE 'private%' AND attname IN ('chart', 'synastry_score');
SET ROLE regress_rights_alice;
SELECT estimate('SELECT FROM private WHERE chart = ''{"sun": 77}''') > estimate('SELECT FROM private WHERE chart = ''{"sun": 78}''') AS told;
SELECT count(*) > 0 AS visible FROM pg_stats WHERE tablename LIKE 'private%' AND attname IN ('chart', 'synastry_score');
RESET ROLE;

--
-- Whose rights a query has
--

-- nobody's but the caller's
\set VERBOSITY terse
SET ROLE regress_rights_nobody;
SELECT * FROM synastry_batch('SELECT id AS a_id, chart AS a, id AS b_id, chart AS b FROM public.private');
SELECT * FROM synastry_cross('SELECT 1 AS id, ''{}''::astrology.chart AS chart', 'private'::regclass);
SELECT * FROM synastry_cross('SELECT 1 AS id, ''{}''::astrology.chart AS chart', 'private'::regclass, top_k => 1);
SELECT synastry_index_check('private_match');
RESET ROLE;

-- columns: what is read of a relation are id and chart
CREATE TABLE half (id int, chart chart, name text);
INSERT INTO half VALUES (1, '{"sun": 1}', 'Bob'), (2, '{"sun": 2}', 'Bob');
CREATE INDEX half_match ON half USING synastry (chart);
GRANT SELECT (id, chart) ON half TO regress_rights_alice;
GRANT SELECT (id, name) ON half TO regress_rights_bob;
SET ROLE regress_rights_alice;
SELECT * FROM synastry_cross('half'::regclass, 'half'::regclass, skip_same_id => true);
SELECT * FROM synastry_cross('SELECT name AS id, chart FROM public.half', 'half'::regclass);
SELECT charts FROM synastry_index_statistics('half_match');
SET ROLE regress_rights_bob;
SELECT * FROM synastry_cross('half'::regclass, 'half'::regclass, top_k => 1);
SELECT count(*) FROM half WHERE chart = '{"sun": 1}';
RESET ROLE;

-- a function or a view has its owner's rights if it is made so
SET ROLE regress_rights_bob;
CREATE FUNCTION definer() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, astrology, pg_temp AS
	$$ SELECT count(*) FROM synastry_batch('SELECT id AS a_id, chart AS a, id AS b_id, chart AS b FROM public.private') $$;
CREATE FUNCTION invoker() RETURNS bigint LANGUAGE sql SET search_path = pg_catalog, astrology, pg_temp AS
	$$ SELECT count(*) FROM synastry_batch('SELECT id AS a_id, chart AS a, id AS b_id, chart AS b FROM public.private') $$;
CREATE VIEW of_bob AS SELECT id, chart FROM private;
CREATE VIEW of_reader WITH (security_invoker) AS SELECT id, chart FROM private;
GRANT SELECT ON of_bob, of_reader TO regress_rights_alice, regress_rights_nobody;
SET ROLE regress_rights_alice;
SELECT definer(), invoker(),
	(SELECT count(*) FROM synastry_cross('SELECT 1 AS id, ''{"sun": 1}''::astrology.chart AS chart', 'of_bob'::regclass)) AS of_bob,
	(SELECT count(*) FROM synastry_cross('SELECT 1 AS id, ''{"sun": 1}''::astrology.chart AS chart', 'of_reader'::regclass)) AS of_reader;
-- prepared by one, executed by another
PREPARE own AS SELECT count(*) FROM synastry_cross('SELECT 1 AS id, ''{"sun": 1}''::astrology.chart AS chart', 'private'::regclass);
EXECUTE own;
SET ROLE regress_rights_bob;
EXECUTE own;
DEALLOCATE own;
SET ROLE regress_rights_nobody;
SELECT definer();
SELECT invoker();
SELECT count(*) FROM synastry_cross('SELECT 1 AS id, ''{"sun": 1}''::astrology.chart AS chart', 'of_bob'::regclass);
SELECT count(*) FROM synastry_cross('SELECT 1 AS id, ''{"sun": 1}''::astrology.chart AS chart', 'of_reader'::regclass);
RESET ROLE;

-- what a materialized view asks for is refreshed with its owner's rights, whoever
-- does it, and does not shake them off
SET ROLE regress_rights_bob;
CREATE FUNCTION rise() RETURNS astrology.chart LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('role', 'none', false);
	RETURN '{}';
END $$;
CREATE MATERIALIZED VIEW greedy AS
SELECT * FROM astrology.synastry_batch('SELECT id AS a_id, chart AS a, id AS b_id, chart AS b FROM public.secret') WITH NO DATA;
CREATE MATERIALIZED VIEW rising AS
SELECT * FROM astrology.synastry_batch('SELECT 1 AS a_id, public.rise() AS a, 2 AS b_id, ''{}''::astrology.chart AS b') WITH NO DATA;
CREATE MATERIALIZED VIEW own_matches AS
SELECT right_id, score FROM astrology.synastry_cross('SELECT 1 AS id, ''{"sun": 1}''::astrology.chart AS chart', 'public.private'::regclass) WITH NO DATA;
RESET ROLE;
REFRESH MATERIALIZED VIEW greedy;
REFRESH MATERIALIZED VIEW rising;
REFRESH MATERIALIZED VIEW own_matches;
SELECT count(*) AS of_bob FROM own_matches;
\set VERBOSITY default

--
-- Cleaning up; the other tests find the extension in public.
--

RESET search_path;
DROP MATERIALIZED VIEW greedy, rising, own_matches;
DROP VIEW of_bob, of_reader, documents, open_documents, members;
DROP TABLE private, states, as_before, half, secret, roles;
DROP FUNCTION definer, invoker, rise, who, allowed, whose, uses, estimate, is_own;
DROP SCHEMA astrology CASCADE;
ALTER DATABASE :"database" OWNER TO :"superuser";
REVOKE CREATE ON DATABASE :"database" FROM regress_rights_installer;
REVOKE CREATE ON SCHEMA public FROM regress_rights_bob, regress_rights_alice;
DROP ROLE regress_rights_installer, regress_rights_dba, regress_rights_reader, regress_rights_monitor,
	regress_rights_data, regress_rights_nobody, regress_rights_alice, regress_rights_bob;
CREATE EXTENSION synastry SCHEMA public;
