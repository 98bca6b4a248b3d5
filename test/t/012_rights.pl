# Rights that take several roles, databases and servers: hostile schemas and search paths, an owner who is no superuser, what
# the cache and the statistics tell one role of another, roles that may next to nothing, standbys.  sql/rights.sql has the rest,
# doc/security.md says it in words.
use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(allows_streaming => 1);
$node->append_conf('postgresql.conf', <<'END');
shared_preload_libraries = 'synastry'
synastry.cache_size = 8MB
synastry.persist_interval = 1h
synastry.log_min_duration = 0
autovacuum = off
END
$node->start;

# What a role is answered in a database, or the error; notices come along.
sub ask
{
	my ($role, $database, $sql, $server) = @_;
	my ($status, $out, $error) = ($server // $node)->psql($database, $sql, extra_params => [ '-U', $role ]);
	$error =~ s/^psql:<stdin>:\d+: //mg;
	return join "\n", grep { $_ ne '' } $out, $error;
}
my $superuser = $node->safe_psql('postgres', 'SELECT current_user');
sub root { return ask($superuser, @_); }

root('postgres', $_) foreach ('CREATE ROLE tenant LOGIN', 'CREATE ROLE mallory LOGIN', 'CREATE ROLE alice LOGIN', 'CREATE ROLE bob LOGIN',
	'CREATE DATABASE tenant OWNER tenant', 'CREATE DATABASE restored OWNER tenant', 'CREATE DATABASE other');

# Whether a report comes into the table; what meets the worker is left to the next one.
my $reports = 0;

sub is_written
{
	my ($database, $schema) = @_;
	my $rows = "SELECT count(*) FROM $schema.synastry_cache";
	for (1 .. 5)
	{
		my $before = root($database, $rows);
		$reports++;
		root($database, qq{SELECT $schema.synastry('{"sun": $reports}', '{"moon": $reports}'); SELECT $schema.synastry_cache_flush()});
		return 1 if root($database, $rows) > $before;
	}
	return 0;
}

# Traps: operators of all sorts between types of the server, in a schema that does not take a superuser.  What falls into one
# says so.
sub traps
{
	my ($schema) = @_;
	return <<"END";
DO \$do\$
DECLARE
	types text[] := '{bool,int2,int4,int8,float4,float8,numeric,text,name,oid,timestamptz,interval,uuid,bytea}';
	l text;
	r text;
	o text;
BEGIN
	FOREACH l IN ARRAY types LOOP FOREACH r IN ARRAY types LOOP
		EXECUTE format(\$\$CREATE FUNCTION $schema.trap_bool(%1\$s, %2\$s) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RAISE ''trapped''; END';
			CREATE FUNCTION $schema.trap(%1\$s, %2\$s) RETURNS %1\$s LANGUAGE plpgsql AS 'BEGIN RAISE ''trapped''; END'\$\$, l, r);
		FOREACH o IN ARRAY '{=,<>,<,<=,>,>=,~~}'::text[] LOOP
			EXECUTE format('CREATE OPERATOR $schema.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = $schema.trap_bool)', o, l, r);
		END LOOP;
		FOREACH o IN ARRAY '{+,-,*,/,%%,||}'::text[] LOOP
			EXECUTE format('CREATE OPERATOR $schema.' || o || ' (LEFTARG = %s, RIGHTARG = %s, FUNCTION = $schema.trap)', l, r);
		END LOOP;
	END LOOP; END LOOP;
END \$do\$;
END
}

# ---- installed by an owner who is no superuser, into a schema that is full of traps ---------------------------------------------

my $schema = '"My ""Schema"""';
is(ask('tenant', 'tenant', "CREATE SCHEMA $schema; " . traps($schema)), '', 'a schema full of traps');
# A function that differs from one of ours by an argument that may be left out stops the installation, nothing else.
is(ask('tenant', 'tenant', "CREATE FUNCTION $schema.synastry_cache_statistics(a int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT 1'"), '', 'one that looks alike');
like(ask('tenant', 'tenant', "CREATE EXTENSION synastry SCHEMA $schema"), qr/is not unique/, 'is not taken for ours');
is(ask('tenant', 'tenant', "DROP FUNCTION $schema.synastry_cache_statistics"), '', 'and goes');

my $trapped = <<"END";
SELECT DISTINCT coalesce(ev_class::regclass::text, pg_describe_object(classid, objid, 0))
FROM pg_depend LEFT JOIN pg_rewrite ON classid = 'pg_rewrite'::regclass AND objid = pg_rewrite.oid
WHERE refclassid = 'pg_operator'::regclass AND refobjid IN (SELECT oid FROM pg_operator WHERE oprcode::text LIKE '%trap%')
	OR refclassid = 'pg_proc'::regclass AND classid <> 'pg_operator'::regclass
		AND refobjid IN (SELECT oid FROM pg_proc WHERE prosrc LIKE '%trapped%')
ORDER BY 1
END
is(ask('tenant', 'tenant', "CREATE EXTENSION synastry SCHEMA $schema VERSION '0.1.0'; SET search_path = $schema; $trapped"),
	"function discepolo_tier(double precision)\npg_stat_synastry_cache", 'two objects of 0.1.0 are caught');
like(root('tenant', "SELECT $schema.discepolo_tier(7)"), qr/trapped/, 'which run what is not theirs');
like(ask('mallory', 'tenant', 'ALTER EXTENSION synastry UPDATE'), qr/must be owner/, 'only its owner updates it');
is(ask('tenant', 'tenant', "ALTER EXTENSION synastry UPDATE; $trapped"), '', 'updated by its owner: none');
is(root('tenant', "SELECT $schema.discepolo_tier(7)"), 'Medium', 'nor do they run it');
is(ask('tenant', 'tenant', "DROP EXTENSION synastry; CREATE EXTENSION synastry SCHEMA $schema; $trapped"), '', 'a new one: none');
my $views = root('tenant', "SELECT string_agg(format('TABLE %s', oid::regclass), ';') FROM pg_class WHERE relnamespace = '$schema'::regnamespace AND relkind = 'v'");
is(() = $views =~ /TABLE/g, 6, 'six views');
unlike(root('tenant', $views), qr/trapped|ERROR/, 'a superuser may look');

# ---- objects that are there before --------------------------------------------------------------------------------------------

my $occupants = root('tenant', <<"END");
SELECT format('CREATE FUNCTION taken.%I(%s) RETURNS int LANGUAGE sql AS \$\$SELECT 1\$\$', proname, oidvectortypes(proargtypes))
FROM pg_depend JOIN pg_proc p ON classid = 'pg_proc'::regclass AND objid = p.oid
WHERE deptype = 'e' AND (probin LIKE '%synastry' OR prosqlbody IS NOT NULL) AND NOT EXISTS (
	SELECT FROM unnest(proargtypes) AS t WHERE t >= 16384 OR t IN ('cstring'::regtype, 'internal'::regtype, 'anyelement'::regtype))
UNION ALL
SELECT format('CREATE TABLE taken.%I ()', relname) FROM pg_class WHERE relnamespace = '$schema'::regnamespace AND relkind IN ('r', 'v', 'i')
UNION ALL
SELECT format('CREATE DOMAIN taken.%I AS int', typname) FROM pg_type WHERE typnamespace = '$schema'::regnamespace AND typtype = 'b' AND typelem = 0
END
my $adoptions = ask('tenant', 'restored', <<"END");
CREATE FUNCTION adoptions(OUT tried int, OUT adopted text) LANGUAGE plpgsql AS \$do\$
DECLARE
	occupant text;
BEGIN
	tried := 0;
	FOREACH occupant IN ARRAY string_to_array(\$list\$$occupants\$list\$, E'\\n') LOOP
		BEGIN
			CREATE SCHEMA taken;
			EXECUTE occupant;
			tried := tried + 1;
			CREATE EXTENSION synastry SCHEMA taken;
			adopted := concat_ws(', ', adopted, occupant);
			DROP EXTENSION synastry;
		EXCEPTION WHEN duplicate_function OR duplicate_table OR duplicate_object THEN
		END;
	END LOOP;
END \$do\$;
SELECT tried > 40, adopted FROM adoptions();
DROP FUNCTION adoptions;
END
is($adoptions, 't|', 'nothing that is there already is adopted');

# ---- its life in the hands of that owner ----------------------------------------------------------------------------------------

is(ask('tenant', 'tenant', <<"END"), 't', 'an owner without further rights uses all of it');
CREATE TABLE chart (id int PRIMARY KEY, chart $schema.chart);
INSERT INTO chart SELECT i, ARRAY(SELECT (i * 137.50776 * body + body * body * 31)::float8 FROM generate_series(1, 10) body)::$schema.chart
FROM generate_series(1, 3000) i;
SET search_path = public, $schema;
CREATE INDEX chart_match ON chart USING synastry (chart);
CREATE INDEX ON chart (chart);
ANALYZE chart;
CREATE MATERIALIZED VIEW best AS
SELECT right_id, score FROM synastry_cross('SELECT id, chart FROM public.chart WHERE id = 1', 'chart'::regclass, id => NULL::int, top_k => 3);
GRANT EXECUTE ON FUNCTION synastry_cache_reset() TO bob;
SELECT count(*) = 3 FROM best
END
my $best = "SELECT array_agg(right_id ORDER BY score DESC), array_agg(score ORDER BY score DESC) FROM best";
my $kept = ask('tenant', 'tenant', $best);
ask('tenant', 'tenant', "CREATE SCHEMA $_") foreach ('plain', '"My ""other"""');
like(ask('tenant', 'tenant', 'ALTER EXTENSION synastry SET SCHEMA plain'), qr/must be owner of type/, 'to be moved it takes a superuser, as the server has it');
foreach my $moved ('plain', $schema, '"My ""other"""')
{
	root('tenant', "ALTER EXTENSION synastry SET SCHEMA $moved");
	ok(is_written('tenant', $moved), "moved to $moved, the cache finds its table");
	is(ask('tenant', 'tenant', <<"END"), "t|t|t|$kept", "moved to $moved, everything finds its parts");
REFRESH MATERIALIZED VIEW best;
SELECT (SELECT count(*) = 4 FROM $moved.synastry_batch('SELECT id AS a_id, chart AS a, 1 AS b_id, chart AS b FROM public.chart WHERE id < 5')),
	$moved.synastry_cache_reset() >= 0,
	(SELECT count($moved.synastry(chart, chart)) = 5 FROM chart WHERE id <= 5) AND $moved.synastry_cache_flush() >= 0, b.* FROM ($best) b
END
}

my $dump = $node->basedir . '/tenant.dump';
$node->command_ok([ 'pg_dump', '-Fc', '-U', 'tenant', '-f', $dump, $node->connstr('tenant') ], 'dumped by its owner');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-U', 'tenant', '-d', $node->connstr('restored'), $dump ], 'restored by its owner');
is(ask('tenant', 'restored', "$best"), $kept, 'with what is in it');
like(ask('bob', 'restored', 'SELECT has_function_privilege(oid, \'EXECUTE\'), prosecdef FROM pg_proc WHERE proname = \'synastry_cache_reset\''), qr/^t\|f$/, 'and what was granted');
is(root('restored', "SELECT count(*) FROM pg_proc JOIN pg_roles r ON r.oid = proowner WHERE probin LIKE '%synastry' AND NOT rolsuper"), 0, 'its functions are a superuser\'s');
is(ask('tenant', 'restored', 'SET enable_seqscan = off; SELECT charts FROM "My ""other""".synastry_index_statistics(\'chart_match\')'), 3000, 'and its index');
is(ask('tenant', 'restored', 'SET client_min_messages = error; DROP EXTENSION synastry CASCADE') . root('restored', "SELECT count(*) FROM pg_proc WHERE probin LIKE '%synastry'"), 0, 'dropped by its owner');
like(ask('tenant', 'restored', 'CREATE EXTENSION synastry SCHEMA public'), qr/type "chart" already exists/, 'not beside a table called chart');
is(ask('tenant', 'restored', 'DROP TABLE chart; CREATE EXTENSION synastry SCHEMA public; SELECT longitude(\'{"sun": 5}\', \'sun\')'), 5, 'in the schema public of its database');
like(ask('mallory', 'other', 'CREATE EXTENSION synastry'), qr/permission denied to create extension/, 'who may not create in a database installs nothing');

# ---- hostile search paths -------------------------------------------------------------------------------------------------------

root('postgres', <<'END');
CREATE SCHEMA astrology;
CREATE EXTENSION synastry SCHEMA astrology;
CREATE TABLE people AS SELECT i AS id, ARRAY(SELECT (i * 137.50776 * body + body * body * 31)::float8 FROM generate_series(1, 10) body)::astrology.chart AS chart
FROM generate_series(1, 2000) i;
CREATE INDEX people_match ON people USING synastry (chart);
ANALYZE people;
GRANT USAGE ON SCHEMA astrology TO PUBLIC;
CREATE MATERIALIZED VIEW friends AS SELECT * FROM astrology.synastry_cross('SELECT id, chart FROM public.people LIMIT 1', 'people'::regclass, top_k => 3);
CREATE SCHEMA evil AUTHORIZATION mallory;
END

# Everything that has a name in the extension has a namesake, on the very same types.
my $namesakes = root('postgres', <<'END');
SELECT DISTINCT format('CREATE FUNCTION evil.%I(%s) RETURNS int LANGUAGE plpgsql AS $$BEGIN RAISE ''trapped''; END$$;', proname, pg_get_function_identity_arguments(p.oid))
FROM pg_depend JOIN pg_proc p ON classid = 'pg_proc'::regclass AND objid = p.oid
WHERE deptype = 'e' AND probin LIKE '%synastry' AND NOT EXISTS (
	SELECT FROM unnest(proargtypes) AS t WHERE t IN ('cstring'::regtype, 'internal'::regtype)) AND proargmodes IS NULL
UNION ALL
SELECT format('CREATE FUNCTION evil.trap_%s(%s, %s) RETURNS %s LANGUAGE plpgsql AS $$BEGIN RAISE ''trapped''; END$$; CREATE OPERATOR evil.%s (LEFTARG = %2$s, RIGHTARG = %3$s, FUNCTION = evil.trap_%1$s);',
	o.oid, oprleft::regtype, oprright::regtype, oprresult::regtype, oprname)
FROM pg_depend JOIN pg_operator o ON classid = 'pg_operator'::regclass AND objid = o.oid WHERE deptype = 'e'
UNION ALL
SELECT format('CREATE TABLE evil.%I (trapped int);', relname) FROM pg_class WHERE relnamespace = 'astrology'::regnamespace AND relkind IN ('r', 'v')
UNION ALL
SELECT format('CREATE TYPE evil.%I AS (trapped int);', typname) FROM pg_type WHERE typnamespace = 'astrology'::regnamespace AND typtype = 'b' AND typelem = 0
END
is(ask('mallory', 'postgres', traps('evil') . $namesakes), '', 'a schema of namesakes');

# Whatever is asked has the same answer with them in front, even of pg_catalog, and with temporary tables of those names.
my @questions = (
	'SELECT astrology.discepolo_tier(7)',
	q{SELECT astrology.synastry_score('{"sun": 1}', '{"sun": 120}')},
	q{SELECT '{"sun": 1}'::astrology.chart OPERATOR(astrology.<~>) '{"sun": 120}'::astrology.chart},
	q{SELECT astrology.synastry_report(chart, '{"sun": 1, "moon": 2}') FROM public.people WHERE astrology.longitude(chart, 'sun') IS NOT NULL LIMIT 5},
	q{SELECT count(astrology.synastry(chart, '{"sun": 3}')) FROM public.people},
	q{SELECT * FROM astrology.bodies('{"sun": 1}')},
	q{SELECT '{"sun": 1}'::jsonb::astrology.chart::jsonb},
	q{SELECT count(*) FROM astrology.synastry_batch('SELECT id AS a_id, chart AS a, id AS b_id, chart AS b FROM public.people', 'modern')},
	q{SELECT * FROM astrology.synastry_batch('SELECT 1 AS a_id, chart AS a, id AS b_id, chart AS b FROM public.people LIMIT 2', id => NULL::int)},
	q{SELECT * FROM astrology.synastry_cross('SELECT id, chart FROM public.people LIMIT 3', 'public.people'::regclass, id => NULL::int, top_k => 2)},
	q{SELECT * FROM astrology.synastry_cross('public.people'::regclass, 'SELECT id, chart FROM public.people LIMIT 3', top_k => 1, model => 'weighted')},
	q{SELECT id FROM public.people ORDER BY chart OPERATOR(astrology.<~>) '{"sun": 1, "moon": 2}' LIMIT 5},
	q{SELECT count(*) FROM (SELECT chart FROM public.people GROUP BY chart) p},
	q{SELECT md5(astrology.group_tally(chart)::text) FROM public.people},
	q{SELECT (astrology.tally_rows(astrology.aspect_tally(chart, '{"sun": 1}'))).* FROM public.people},
	q{SELECT astrology.composite_agg(chart), astrology.chart_agg('sun', 5) FROM public.people},
	q{SELECT astrology.synastry_cache_warm('SELECT chart AS a, chart AS b FROM public.people LIMIT 10')},
	q{SELECT astrology.synastry_cache_flush() IS NOT NULL},
	q{SELECT astrology.synastry_cache_forget('{"sun": 3}') IS NOT NULL},
	q{SELECT astrology.synastry_cache_purge_expired()},
	q{SELECT astrology.synastry_cache_reset() IS NOT NULL},
	q{SELECT charts FROM astrology.synastry_index_statistics('public.people_match')},
	q{SELECT astrology.synastry_index_check('public.people_match')},
	q{SELECT operation FROM astrology.pg_stat_synastry WHERE datname IS NULL},
	q{SELECT operation FROM astrology.pg_stat_synastry_cluster},
	q{SELECT tier, hit_ratio IS NULL FROM astrology.pg_stat_synastry_cache},
	q{SELECT restart_needed FROM astrology.pg_stat_synastry_info},
	q{SELECT count(*) FROM astrology.pg_stat_progress_synastry},
	q{SELECT name, advised FROM astrology.synastry_advise(1000000)},
	q{SELECT count(*) FROM astrology.pg_stat_synastry_history WHERE interval_start IS NULL},
	q{REFRESH MATERIALIZED VIEW public.friends; SELECT * FROM public.friends},
	q{REINDEX TABLE public.people; VACUUM ANALYZE public.people});
my $temporary = join ';', map { "CREATE TEMP TABLE $_ (trapped int)" } qw(chart aspect_set score_model score_query synastry_cache people pg_stat_synastry);
foreach my $question (@questions)
{
	my $answer = root('postgres', $question);
	unlike($answer, qr/ERROR/, "the answer to $question");
	is(root('postgres', "$temporary; SET search_path = evil, pg_temp, astrology, public, pg_catalog; $question"), $answer, '... in front of traps');
}
like(root('postgres', 'SET search_path = evil, pg_catalog; SELECT 1::float8 / 2::int8'), qr/trapped/, 'where the traps do work');

# ---- what the cache tells -------------------------------------------------------------------------------------------------------

root('other', 'CREATE SCHEMA astrology; CREATE EXTENSION synastry SCHEMA astrology; GRANT USAGE ON SCHEMA astrology TO PUBLIC');
root('postgres', <<'END');
CREATE TABLE births (id int, chart astrology.chart);
INSERT INTO births VALUES (1, '{"sun": 123.4567, "moon": 210}'), (2, '{"sun": 24, "moon": 123.4567}');
GRANT SELECT ON births TO alice;
END
my $pair = q{SELECT astrology.synastry(%s)->'metadata'->>'cached'};
my $alices = sprintf $pair, '(SELECT chart FROM births WHERE id = 1), (SELECT chart FROM births WHERE id = 2)';
my $guess = sprintf $pair, q('{"sun": 123.4567, "moon": 210}', '{"sun": 24, "moon": 123.4567}');
my $near = sprintf $pair, q('{"sun": 123.4567, "moon": 210}', '{"sun": 24, "moon": 123.45671}');
is(ask('alice', 'postgres', $alices), 'false', 'a report of Alice is made');
ask('alice', 'postgres', $alices) for 1 .. 2;    # should the first have met the worker
is(ask('mallory', 'postgres', $near), 'false', 'who knows a chart but for the last digit finds nothing');
is(ask('mallory', 'other', $guess), 'false', 'nor in another database');
is(ask('mallory', 'postgres', $guess), 'true', 'who knows both charts finds that somebody asked, and what he could compute');
is(ask('mallory', 'postgres', "SET synastry.cache = off; $guess"), 'false', 'the same, computed');

# Nothing else than a chart itself leads to it: neither views nor the table nor the log nor errors.
root('postgres', 'SELECT astrology.synastry_cache_flush()');
like(root('postgres', 'SELECT count(*) FROM astrology.synastry_cache'), qr/^[1-9]/, 'it is in the table');
like(ask($_, 'postgres', 'SELECT * FROM astrology.synastry_cache'), qr/permission denied/, "which $_ does not read") foreach qw(mallory alice);
root('postgres', 'GRANT pg_read_all_data TO bob');
is(ask('bob', 'postgres', 'SELECT count(*) FROM births'), 2, 'who may read all data');
is(ask('bob', 'postgres', 'SELECT count(*) FROM astrology.synastry_cache'), 0, 'finds it empty');
like(ask('alice', 'postgres', "SELECT * FROM astrology.synastry_batch('SELECT 1 / (id - 2) AS a_id, chart AS a, 1 AS b_id, chart AS b FROM births')"),
	qr/division by zero/, 'an error in a query of Alice');
(my $looks = $views) =~ s/"My ""Schema"""/astrology/g;
my $seen = ask('mallory', 'postgres', $looks);
unlike($seen, qr/ERROR|123\.4567/, 'no chart is in a view');
unlike(slurp_file($node->logfile), qr/(?<!"sun": )(?<!"moon": )123\.4567/, 'nor in the log');
like(slurp_file($node->logfile), qr/"operation": "report"/, 'which has the operation');

# Rights on all tables that are to come, as applications like to have them, reach the table, too.  They do not make its rows
# visible, nor a trigger run when its owner, a superuser, writes there.
root('other', "DROP SCHEMA astrology CASCADE; ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO mallory; CREATE SCHEMA astrology; CREATE EXTENSION synastry SCHEMA astrology; GRANT USAGE ON SCHEMA astrology TO PUBLIC");
ok(is_written('other', 'astrology'), 'a row is written');
is(ask('mallory', 'other', 'SELECT count(*) FROM astrology.synastry_cache'), 0, 'which who has all rights does not see');
like(ask('mallory', 'other', q{INSERT INTO astrology.synastry_cache VALUES (gen_random_uuid(), '', '', 1, 0, now(), now(), 0)}), qr/row-level security/, 'or adds to');
root('other', 'CREATE SCHEMA mallory AUTHORIZATION mallory');
is(ask('mallory', 'other', <<'END'), '', 'but puts a trigger on it');
CREATE FUNCTION mallory.rise() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN ALTER ROLE mallory SUPERUSER; RETURN NEW; END$$;
CREATE TRIGGER rise BEFORE INSERT OR UPDATE ON astrology.synastry_cache FOR EACH ROW EXECUTE FUNCTION mallory.rise()
END
ok(!is_written('other', 'astrology'), 'then nothing is written there any more');
root('other', 'DROP TRIGGER rise ON astrology.synastry_cache');
ok(is_written('other', 'astrology'), 'until the trigger is gone');
is(ask('mallory', 'other', 'CREATE UNLOGGED TABLE mallory.refers (hash uuid REFERENCES astrology.synastry_cache)'), '', 'a foreign key');
ok(!is_written('other', 'astrology'), 'switches the table off');
root('other', 'DROP TABLE mallory.refers');
ok(is_written('other', 'astrology'), 'until it is gone');
is(ask('mallory', 'other', 'TRUNCATE astrology.synastry_cache') . root('other', 'SELECT count(*) FROM astrology.synastry_cache'), 0, 'and TRUNCATE empties it');
is(root('other', 'ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM mallory; SELECT rolsuper FROM pg_roles WHERE rolname = \'mallory\''), 'f', 'and nobody has risen');

# Statistics are the cluster's: whoever installed the extension in one database resets them for all.
like(root('postgres', q{SELECT calls FROM astrology.pg_stat_synastry WHERE datname = 'postgres' AND operation = 'report'}), qr/^[1-9]/, 'counted');
is(ask('tenant', 'tenant', 'SELECT count("My ""other""".pg_stat_synastry_reset())'), 1, 'reset in another database, by its owner');
is(root('postgres', q{SELECT coalesce(sum(calls), 0) FROM astrology.pg_stat_synastry WHERE datname = 'postgres' AND operation = 'report'}), '0', 'counted anew');
is(ask('tenant', 'tenant', 'SELECT "My ""other""".synastry_cache_reset() > 0'), 't', 'the cache of that database is empty');
is(ask('mallory', 'postgres', $guess), 'true', 'that of this one is not');

# ---- roles that may next to nothing -----------------------------------------------------------------------------------------------

root('postgres', 'REVOKE ALL ON DATABASE postgres FROM PUBLIC; GRANT CONNECT ON DATABASE postgres TO mallory; CREATE ROLE "Hidden one" NOLOGIN; GRANT CREATE ON DATABASE other TO "Hidden one"; GRANT "Hidden one" TO alice');
my $wide = <<'END';
SET work_mem = '64kB';
SELECT (SELECT count(*) FROM astrology.synastry_batch($$SELECT i AS a_id, ('{"sun": ' || i || '}')::astrology.chart AS a, 1 AS b_id, '{"sun": 1}'::astrology.chart AS b
		FROM generate_series(1, 5000) i$$)),
	(SELECT count(*) FROM astrology.synastry_cross($$SELECT i AS id, ('{"sun": ' || i || '}')::astrology.chart AS chart FROM generate_series(1, 300) i$$,
		$$SELECT 1 AS id, '{"sun": 1}'::astrology.chart AS chart FROM generate_series(1, 20)$$))
END
like(ask('mallory', 'postgres', 'CREATE TEMP TABLE t ()'), qr/permission denied/, 'a role without TEMP');
is(ask('mallory', 'postgres', $wide), '5000|6000', 'has batches that do not fit into memory');
is(root('postgres', "SET SESSION AUTHORIZATION mallory; $wide"), '5000|6000', 'so it has as session_user');
like(root('postgres', 'SET SESSION AUTHORIZATION mallory; SELECT astrology.synastry_cache_reset()'), qr/permission denied/, 'and no more');
like(root('postgres', "SET ROLE mallory; SELECT * FROM astrology.synastry_cross('births'::regclass, 'births'::regclass)"), qr/permission denied/, 'or by SET ROLE');
like(ask('mallory', 'postgres', 'SELECT public.f(astrology.longitude(chart, 1)) FROM people'), qr/permission denied|does not exist/, 'nor tables');

# An owner who cannot log in
is(root('other', 'DROP SCHEMA astrology CASCADE') =~ /ERROR/, '', 'dropped with its schema');
is(ask('alice', 'other', <<'END'), "1\nt", 'an owner who cannot log in installs and uses it');
SET ROLE "Hidden one";
CREATE SCHEMA astrology;
CREATE EXTENSION synastry SCHEMA astrology;
SELECT count(astrology.synastry('{"sun": 1}', '{"sun": 2}'));
SELECT astrology.synastry_cache_flush() >= 0
END
# In place of the table another one, which a superuser let its owner put there: what hangs on it runs with the rights of that
# owner, whoever writes.
root('other', 'ALTER EXTENSION synastry DROP TABLE astrology.synastry_cache; ALTER TABLE astrology.synastry_cache RENAME TO ours');
is(ask('alice', 'other', <<'END'), '', 'another table');
SET ROLE "Hidden one";
CREATE TABLE astrology.writers (writer name, error text);
CREATE FUNCTION astrology.watch() RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
	BEGIN
		PERFORM set_config('role', 'none', true);
		INSERT INTO astrology.writers VALUES (current_user, NULL);
	EXCEPTION WHEN insufficient_privilege THEN
		INSERT INTO astrology.writers VALUES (current_user, SQLERRM);
	END;
	RETURN true;
END $$;
CREATE TABLE astrology.synastry_cache (hash uuid PRIMARY KEY, key bytea, value bytea, format int2, checksum int8, created timestamptz, last_used timestamptz,
	size int4 CHECK (astrology.watch()));
ALTER EXTENSION synastry ADD TABLE astrology.synastry_cache
END
ok(is_written('other', 'astrology'), 'is written');
like(root('other', 'SELECT DISTINCT * FROM astrology.writers'),
	qr/^Hidden one\|cannot set parameter "role" within security-\S+ \S+$/, 'has its functions run as its owner, who stays it');
root('other', 'ALTER EXTENSION synastry DROP TABLE astrology.synastry_cache; DROP TABLE astrology.synastry_cache, astrology.writers; ALTER TABLE astrology.ours RENAME TO synastry_cache; ALTER EXTENSION synastry ADD TABLE astrology.synastry_cache; TRUNCATE astrology.synastry_cache; SELECT astrology.synastry_cache_reset()');

# The worker has rights of its own, whatever a database is set to.
root('postgres', 'ALTER DATABASE other SET default_transaction_read_only = on');
root('postgres', "ALTER DATABASE other SET role = 'bob'");
root('postgres', "ALTER SYSTEM SET synastry.persist_interval = '1s'");
$node->reload;
ask('alice', 'other', q{SET default_transaction_read_only = off; SET ROLE "Hidden one"; SELECT astrology.synastry('{"sun": 5}', '{"sun": 6}')});
my $written = "bool_and(CASE tier WHEN 'memory' THEN dirty_entries = 0 ELSE last_flush > '" . root('postgres', 'SELECT clock_timestamp()') . "' END)";
ok($node->poll_query_until('other', "SELECT $written FROM astrology.pg_stat_synastry_cache"), 'the worker comes');
root('postgres', 'ALTER DATABASE other RESET ALL');
is(root('other', 'SELECT count(*) FROM astrology.synastry_cache'), 1, 'and writes in a database that is read-only by default');

# ---- transactions that only read, servers that only read ----------------------------------------------------------------------------

my $read_only = 'SET default_transaction_read_only = on';
foreach my $question (grep { !/REFRESH|REINDEX|_flush|_forget|_reset/ } @questions)
{
	unlike(root('postgres', "$read_only; $question"), qr/ERROR/, "read only: $question");
}
like(root('postgres', "$read_only; $_"), qr/read-only transaction/, "read only: not $_")
  foreach ('SELECT astrology.synastry_cache_reset()', "SELECT astrology.synastry_cache_forget('{\"sun\": 1}')", 'REFRESH MATERIALIZED VIEW friends');

$node->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'backup', has_streaming => 1);
# One without preloading, where settings are known only when the library comes.
$standby->append_conf('postgresql.conf', "shared_preload_libraries = ''");
$standby->start;
$node->wait_for_catchup($standby, 'replay', $node->lsn('insert'));
foreach my $question (grep { !/REFRESH|REINDEX|_flush|_history/ } @questions)
{
	unlike(ask($superuser, 'postgres', $question, $standby), qr/ERROR/, "standby: $question");
}
is(ask('mallory', 'postgres', $wide, $standby), '5000|6000', 'standby: batches that do not fit into memory');
like(ask('mallory', 'postgres', $_, $standby), qr/permission denied/, "standby: not $_")
  foreach ('SELECT astrology.synastry_cache_reset()', 'SELECT * FROM astrology.synastry_index_statistics(\'people_match\')', 'SELECT astrology.pg_stat_synastry_reset()');
my $early = ask('mallory', 'postgres', q{SET synastry.track = none; SET synastry.cache = off; SELECT '{}'::astrology.chart; SHOW synastry.track; SHOW synastry.cache}, $standby);
like($early, qr/^\{\}\nall\noff$/m, 'what takes a superuser is not set before the library is there either');
like($early, qr/permission denied to set parameter "synastry.track"/, 'and says so');
is(ask($superuser, 'postgres', $near, $standby) . ask('mallory', 'postgres', $near, $standby), 'falsefalse', 'nobody hears what others asked, the cache is the session\'s');
$standby->append_conf('postgresql.conf', "shared_preload_libraries = 'synastry'\nsynastry.cache_size = 0");
$standby->restart;
is(ask($superuser, 'postgres', $near, $standby) . ask('mallory', 'postgres', $near, $standby), 'falsefalse', 'nor with a shared one of no size');
$standby->adjust_conf('postgresql.conf', 'synastry.cache_size', '4MB');
$standby->restart;
is(ask($superuser, 'postgres', $near, $standby) . (map { ask('mallory', 'postgres', $near, $standby) } 1 .. 2)[1], 'falsetrue', 'but with a shared one');
$standby->stop;

# ---- doc/security.md ------------------------------------------------------------------------------------------------------------

# Its table has a line for each function that is more than a computation, and for each relation, with who may use it.
my %documented;
foreach my $line (split /\n/, slurp_file("$FindBin::RealBin/../../doc/security.md"))
{
	my ($objects, $who) = $line =~ /^\| (`.*`) \| (everybody|installer|nobody) \|/ or next;
	$documented{$_} = $who foreach $objects =~ /`(\w+)(?:\(\))?`/g;
}
my %granted = map { split /\|/ } split /\n/, root('tenant', <<'END');
SELECT DISTINCT ON (name) name, CASE
	WHEN coalesce(has_function_privilege('mallory', function, 'EXECUTE'), has_table_privilege('mallory', relation, 'SELECT')) THEN 'everybody'
	WHEN coalesce(has_function_privilege('tenant', function, 'EXECUTE'), has_table_privilege('tenant', relation, 'SELECT')) THEN 'installer' ELSE 'nobody' END
FROM (SELECT proname, p.oid, NULL::oid FROM pg_proc p WHERE probin LIKE '%synastry' AND provolatile <> 'i' AND prorettype <> 'index_am_handler'::regtype
	UNION ALL SELECT relname, NULL, c.oid FROM pg_class c WHERE relkind IN ('r', 'v')) AS o (name, function, relation)
WHERE EXISTS (SELECT FROM pg_depend WHERE objid IN (function, relation) AND deptype = 'e' AND refclassid = 'pg_extension'::regclass
	AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'synastry'))
END
is_deeply(\%documented, \%granted, 'doc/security.md says who may use what');

$node->stop;
done_testing();
