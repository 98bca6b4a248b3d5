# The cache in shared memory: many backends under eviction pressure, crashes, two databases, settings.
use strict;
use warnings;

use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', <<'END');
shared_preload_libraries = 'synastry'
synastry.cache_size = 4MB
restart_after_crash = on
END
$node->start;

my $charts = <<'END';
CREATE EXTENSION synastry;
CREATE TABLE charts AS
SELECT i AS id, ARRAY(SELECT (i * 137.50776 * body + body * body * 31)::float8 FROM generate_series(1, 10) body)::chart AS chart
FROM generate_series(1, 1000) i;
SET synastry.cache = off;
CREATE TABLE made AS
SELECT a.id AS a, b.id AS b, md5(synastry_report(a.chart, b.chart)::text) AS digest
FROM charts a, charts b WHERE a.id <= 20 AND b.id <= 100;
END
$node->safe_psql('postgres', $charts);
sub memory { return $node->safe_psql($_[1] // 'postgres', "SELECT $_[0] FROM pg_stat_synastry_cache WHERE tier = 'memory'"); }

is(memory('storage'), 'shared', 'preloaded, the cache is shared');

# Two thousand reports of some 7 kB want to be in 4 MB; half of the questions are for a few of them.
my $verify = <<'END';
DO $$
DECLARE
	wrong bigint;
BEGIN
	FOR i IN 1..40 LOOP
		SELECT count(*) INTO wrong
		FROM (SELECT * FROM made WHERE random() < 0.05 OR (a = 1 AND b < 50)) m
			JOIN charts a ON a.id = m.a JOIN charts b ON b.id = m.b
		WHERE md5(synastry_report(a.chart, b.chart)::text) <> digest;
		IF wrong > 0 THEN
			RAISE EXCEPTION '% wrong answers', wrong;
		END IF;
	END LOOP;
END $$;
END

sub start_verifying
{
	my ($err) = ('');
	return { psql => IPC::Run::start([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres'), '-c', $verify ],
			'<', \undef, '2>', \$err), err => \$err };
}
my @sessions = map { start_verifying() } 1 .. 6;
foreach my $session (@sessions)
{
	ok($session->{psql}->finish, 'every answer is right under eviction pressure') or diag ${ $session->{err} };
}
is(memory('hits > 0 AND evictions > 0 AND bytes <= capacity AND damages = 0'), 't', 'hits, evictions, no damage');
cmp_ok(memory('hit_ratio'), '>', 0.1, 'what is used often is found');

# Another database with the same charts: its own entries.
$node->safe_psql('postgres', 'SELECT synastry_cache_reset()');
$node->safe_psql('postgres', 'CREATE DATABASE other TEMPLATE postgres');
my $cached = "SELECT synastry(a.chart, b.chart)->'metadata'->'cached' FROM charts a, charts b WHERE a.id = 1 AND b.id = 2";
is($node->safe_psql('postgres', $cached), 'false', 'a report is made');
is($node->safe_psql('postgres', $cached), 'true', 'another session finds it');
is($node->safe_psql('other', $cached), 'false', 'another database does not');
$node->safe_psql('other', 'SELECT synastry_cache_reset()');
is($node->safe_psql('postgres', $cached), 'true', 'and its reset does not concern this one');
is($node->safe_psql('postgres', 'SET max_parallel_workers_per_gather = 2; SET force_parallel_mode = on; ' . $cached), 'true', 'parallel workers share it')
  if $node->safe_psql('postgres', 'SHOW server_version_num') < 160000;

# Settings
$node->safe_psql('postgres', 'SELECT pg_sleep(1.1)');
$node->append_conf('postgresql.conf', "synastry.cache_ttl = '1s'");
$node->reload;
$node->poll_query_until('postgres', "SELECT current_setting('synastry.cache_ttl') = '1s'");
is($node->safe_psql('postgres', $cached), 'false', 'older than cache_ttl: made again');
is($node->safe_psql('postgres', $cached), 'true', 'and found again');
$node->safe_psql('postgres', 'SELECT pg_sleep(1.1)');
is($node->safe_psql('postgres', 'SELECT synastry_cache_purge_expired()'), '1', 'what has expired is purged');
$node->append_conf('postgresql.conf', "synastry.cache_ttl = 0");
$node->reload;
$node->safe_psql('postgres', "ALTER SYSTEM SET synastry.cache = off");
$node->reload;
$node->poll_query_until('postgres', "SELECT current_setting('synastry.cache') = 'off'");
is($node->safe_psql('postgres', "$cached; $cached"), "false\nfalse", 'switched off for all');
$node->safe_psql('postgres', 'ALTER SYSTEM RESET synastry.cache');
$node->reload;
$node->poll_query_until('postgres', "SELECT current_setting('synastry.cache') = 'on'");

# A backend killed: the server starts anew, and the cache is empty and right.
$node->safe_psql('postgres', $cached);
my $killed = IPC::Run::start([ 'psql', '-X', '-q', '-d', $node->connstr('postgres'), '-c', "SELECT pg_sleep(600) /* to be killed */" ],
	'<', \undef, '2>', \my $ignored);
$node->poll_query_until('postgres', "SELECT count(*) = 1 FROM pg_stat_activity WHERE query LIKE '%to be killed%' AND pid <> pg_backend_pid()");
my $pid = $node->safe_psql('postgres', "SELECT pid FROM pg_stat_activity WHERE query LIKE '%to be killed%' AND pid <> pg_backend_pid()");
kill 'KILL', $pid;
$killed->finish;
$node->poll_query_until('postgres', 'SELECT true');
is(memory('entries'), '0', 'empty after a crash');
is($node->safe_psql('postgres', $cached), 'false', 'and what is asked for is made');
is($node->safe_psql('postgres', $cached), 'true', 'and found');

# Without a shared cache, and with one that is too small to be one.
foreach my $size (qw(0 1kB))
{
	$node->append_conf('postgresql.conf', "synastry.cache_size = $size");
	$node->restart;
	is(memory('storage'), 'local', "cache_size $size: each session has its own");
	is($node->safe_psql('postgres', "$cached; $cached"), "false\ntrue", "and it works");
	is($node->safe_psql('postgres', "SET synastry.local_cache_size = 0; $cached; $cached"), "false\nfalse", "or none");
}

$node->stop;
done_testing();
