# The persistent tier of the cache through its life: restarts, crashes, databases and extensions that come and go, damage.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Reload qw(sees_after_reload);
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(allows_streaming => 1);
$node->append_conf('postgresql.conf', <<'END');
shared_preload_libraries = 'synastry'
synastry.cache_size = 8MB
synastry.persist_interval = 1h
restart_after_crash = on
autovacuum = off
END
$node->start;

# Two hundred groups out of a crowd, whose tallies are dear enough to be read from the table; what is right
# is made without any cache.
my $set_up = <<'END';
CREATE EXTENSION synastry;
CREATE TABLE charts AS
SELECT i AS id, ARRAY(SELECT (i * 137.50776 * body + body * body * 31)::float8 FROM generate_series(1, 10) body)::chart AS chart
FROM generate_series(1, 300) i;
SET synastry.cache = off;
CREATE TABLE made AS
SELECT g, md5(group_tally(chart)::text) AS digest
FROM generate_series(1, 200) g JOIN charts ON id BETWEEN g AND g + 63
GROUP BY g;
END

# All groups: how many were wrong, and how many came out of the cache.
my $ask = <<'END';
SELECT sum(hits) AS before FROM pg_stat_synastry_cache \gset
SELECT count(*) FILTER (WHERE tally <> digest) AS wrong
FROM (SELECT g, digest, md5(group_tally(chart)::text) AS tally
	FROM made JOIN charts ON id BETWEEN g AND g + 63 GROUP BY g, digest) m \gset
SELECT :wrong, sum(hits) - :before FROM pg_stat_synastry_cache
END

sub ask { return $node->safe_psql($_[0] // 'postgres', $ask); }

# A put that would wait for a lock, of a flusher say, is left to the next one.
sub fill
{
	my $answer;
	for (1 .. 20) { last if ($answer = ask($_[0])) eq '0|200'; }
	return $answer;
}
sub persistent { return $node->safe_psql($_[1] // 'postgres', "SELECT $_[0] FROM pg_stat_synastry_cache WHERE tier = 'persistent'"); }
sub rows_of { return $node->safe_psql($_[0] // 'postgres', 'SELECT count(*) FROM synastry_cache'); }

sub configure
{
	my ($name, $value) = @_;
	$node->safe_psql('postgres', "ALTER SYSTEM SET $name = $value");
	return $node->reload;
}

# Empties memory, but not the table.
sub empty_memory
{
	my ($database) = @_;
	$node->safe_psql($database // 'postgres',
		'CREATE TABLE kept AS SELECT * FROM synastry_cache; SELECT synastry_cache_reset(); INSERT INTO synastry_cache SELECT * FROM kept; DROP TABLE kept');
	return;
}

sub wait_for
{
	my ($condition, $name, $database) = @_;
	return ok($node->poll_query_until($database // 'postgres', "SELECT $condition"), $name);
}

$node->safe_psql('postgres', $set_up);

# Writing and reading, after the first use, which has the table loaded: a put does not wait for a flusher.
$node->safe_psql('postgres', 'SELECT synastry(chart, chart) FROM charts WHERE id = 50');
wait_for("loads = 1 AND last_flush IS NOT NULL FROM pg_stat_synastry_cache WHERE tier = 'persistent'", 'the first use has the empty table loaded');
$node->safe_psql('postgres', 'SELECT synastry_cache_reset()');
is(ask(), '0|0', 'cold: nothing from the cache, nothing wrong');
is($node->safe_psql('postgres', 'SELECT synastry_cache_flush()'), 200, 'flush writes what is new');
is($node->safe_psql('postgres', 'SELECT synastry_cache_flush()'), 0, 'once');
is(rows_of(), 200, 'the rows are in the table');
is(ask(), '0|200', 'warm');
empty_memory();
is(ask(), '0|200', 'from the table alone');
is(persistent('hits'), 200, 'all of them hits there');
is(ask(), '0|200', 'and promoted into memory');
is(persistent('hits'), 200, 'where they are found the second time');

# Callers that must not notice.
foreach my $mode ('ISOLATION LEVEL SERIALIZABLE', 'ISOLATION LEVEL REPEATABLE READ', 'READ ONLY', 'ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE')
{
	empty_memory();
	is($node->safe_psql('postgres', "BEGIN TRANSACTION $mode; $ask; COMMIT"), '0|200', "in a transaction $mode");
}
empty_memory();
is($node->safe_psql('postgres', "BEGIN ISOLATION LEVEL SERIALIZABLE; $ask; SELECT count(*) FROM pg_locks WHERE mode = 'SIReadLock' AND relation IN (SELECT oid FROM pg_class WHERE relname LIKE 'synastry_cache%')"),
	"0|200\n0", 'no predicate locks on the table');
empty_memory();
$node->safe_psql('postgres', 'CREATE ROLE stranger LOGIN; GRANT SELECT ON charts, made TO stranger');
is($node->safe_psql('postgres', $ask, extra_params => [ '-U', 'stranger' ]), '0|200', 'without rights on the table');
isnt($node->psql('postgres', 'SELECT * FROM synastry_cache', extra_params => [ '-U', 'stranger' ]), 0, 'which nobody else reads');
isnt($node->psql('postgres', 'SELECT synastry_cache_flush()', extra_params => [ '-U', 'stranger' ]), 0, 'or administrates');

# A lock on the table makes misses, not waits.
empty_memory();
is($node->safe_psql('postgres', <<"END"), "0|200", 'in the transaction that has the table locked');
BEGIN; LOCK synastry_cache IN ACCESS EXCLUSIVE MODE; SET LOCAL lock_timeout = '1s'; $ask; COMMIT
END

# A clean restart.
is($node->safe_psql('postgres', 'SELECT count(*) FROM synastry_cache'), 200, 'all rows are there before the restart');
$node->restart;
is(ask(), '0|200', 'warm after a clean restart');
wait_for("loads = 1 FROM pg_stat_synastry_cache WHERE tier = 'persistent'", 'the first use has the table loaded');
is(persistent('loaded_entries >= 0 AND entries = 200 AND flush_errors = 0'), 't', 'and counted');

# The worker writes, by itself, what is new.
$node->safe_psql('postgres', 'SELECT synastry_cache_reset()');
is(rows_of(), 0, 'reset empties the table');
is(ask(), '0|0', 'and memory');
fill();
configure('synastry.persist_interval', "'1s'");
wait_for('count(*) = 200 FROM synastry_cache', 'a flusher writes the rows');
wait_for("dirty_entries = 0 FROM pg_stat_synastry_cache WHERE tier = 'memory'", 'nothing is dirty any more');
is($node->safe_psql('postgres', "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'synastry cache leader'"), 1, 'one leader');

# Damage.
configure('synastry.persist_interval', "'1h'");
$node->safe_psql('postgres', <<'END');
UPDATE synastry_cache SET value = set_byte(value, 30, get_byte(value, 30) # 1) WHERE hash IN (SELECT hash FROM synastry_cache ORDER BY hash LIMIT 20);
UPDATE synastry_cache SET format = format + 1 WHERE hash IN (SELECT hash FROM synastry_cache ORDER BY hash LIMIT 20 OFFSET 20);
UPDATE synastry_cache SET key = set_byte(key, 50, get_byte(key, 50) # 1) WHERE hash IN (SELECT hash FROM synastry_cache ORDER BY hash LIMIT 20 OFFSET 40);
UPDATE synastry_cache SET key = o.key, value = o.value, checksum = o.checksum
FROM (SELECT * FROM synastry_cache ORDER BY hash DESC LIMIT 1) o WHERE synastry_cache.hash IN (SELECT hash FROM synastry_cache ORDER BY hash LIMIT 20 OFFSET 60);
END
empty_memory();
my $corrupt = persistent('damages');
is(ask(), '0|120', 'damaged rows and rows of another format are ignored');
is(persistent("damages - $corrupt"), 80, 'and counted');
$node->safe_psql('postgres', 'SELECT synastry_cache_flush()');
empty_memory();
is(ask(), '0|180', 'what the checksum tells to be another is written anew');

# Written again, all of them.
$node->safe_psql('postgres', 'SELECT synastry_cache_reset()');
fill();
configure('synastry.persist_interval', "'1s'");
wait_for('count(*) = 200 FROM synastry_cache', 'written again');

# Expiry, and bounds.
configure('synastry.cache_ttl', "'1s'");
wait_for('count(*) = 0 FROM synastry_cache', 'expired rows are removed');
configure('synastry.cache_ttl', "'0'");
$node->safe_psql('postgres', 'SELECT synastry_cache_reset()');
fill();
wait_for('count(*) = 200 FROM synastry_cache', 'and written again');
my $bytes = $node->safe_psql('postgres', 'SELECT sum(size) FROM synastry_cache');
$node->safe_psql('postgres', "UPDATE synastry_cache SET last_used = last_used - interval '1 day' WHERE hash IN (SELECT hash FROM synastry_cache ORDER BY hash LIMIT 150)");
my $limit = int($bytes / 1024 / 3);
configure('synastry.persist_max_size', "'${limit}kB'");
wait_for("sum(size) <= $limit * 1024 FROM synastry_cache", 'bounded');
is($node->safe_psql('postgres', "SELECT count(*) FROM synastry_cache WHERE last_used > now() - interval '1 hour'"), 50, 'by what was not used for longest');
configure('synastry.persist_max_size', "'0'");
wait_for('count(*) = 0 FROM synastry_cache', 'nothing is kept with 0');
configure('synastry.persist_max_size', "'1GB'");

# A dump has the extension, but nothing that was cached; what is restored from it works.
$node->safe_psql('postgres', 'SELECT synastry_cache_reset()');
fill();
wait_for('count(*) = 200 FROM synastry_cache', 'there are rows to leave out');
$node->command_ok([ 'pg_dump', '--format=custom', '--file', $node->basedir . '/dump', $node->connstr('postgres') ], 'dumped');
$node->safe_psql('postgres', 'CREATE DATABASE restored');
$node->command_ok([ 'pg_restore', '--exit-on-error', '--dbname', $node->connstr('restored'), $node->basedir . '/dump' ], 'restored');
is(rows_of('restored'), 0, 'without rows of the cache');
is(ask('restored'), '0|0', 'nothing from the cache, nothing wrong');
# by this call or by a worker before it
$node->safe_psql('restored', 'SELECT synastry_cache_flush()');
isnt(rows_of('restored'), 0, 'and its table is written');
$node->safe_psql('postgres', 'DROP DATABASE restored');

# Every setting can be changed while the server runs, or says that it takes a restart.
foreach my $setting ([ 'cache_size', "'16MB'" ], [ 'local_cache_size', "'1MB'" ], [ 'cache', "'off'" ], [ 'cache_min_cells', "'5000'" ],
	[ 'cache_ttl', "'1d'" ], [ 'persist', "'off'" ], [ 'persist_interval', "'1min'" ], [ 'persist_max_size', "'10MB'" ])
{
	my ($name, $value) = @$setting;
	my $is_set = "SELECT current_setting('synastry.$name') = $value FROM pg_settings WHERE name = 'synastry.$name' AND context <> 'postmaster'";
	my $old = $node->safe_psql('postgres', "SELECT current_setting('synastry.$name')");
	configure("synastry.$name", $value);
	if ($name eq 'cache_size')
	{
		ok(sees_after_reload($node, 'postgres', "(SELECT pending_restart FROM pg_settings WHERE name = 'synastry.cache_size')"),
			"$name: takes a restart");
	}
	else
	{
		ok($node->poll_query_until('postgres', $is_set), "$name: takes a reload");
	}
	like(ask(), qr/^0[|]/, "$name: the answers are right");
	configure("synastry.$name", "'$old'");
	$node->poll_query_until('postgres', "SELECT current_setting('synastry.$name') = '$old' FROM pg_settings WHERE name = 'synastry.$name'");
}

# Forgetting a chart.
$node->safe_psql('postgres', 'SELECT synastry_cache_reset()');
fill();
wait_for('count(*) = 200 FROM synastry_cache', 'written once more');
is($node->safe_psql('postgres', 'SELECT synastry_cache_forget(chart) >= 15 FROM charts WHERE id = 15'), 't', 'a chart is forgotten');
is(rows_of(), 185, 'in the table, too, with the groups that it was in');

# Another database, and copies.
$node->safe_psql('postgres', 'CREATE DATABASE other');
$node->safe_psql('other', "CREATE SCHEMA elsewhere; SET search_path = elsewhere; $set_up");
is($node->safe_psql('other', "SET search_path = elsewhere; $ask"), '0|0', 'another database has a cache of its own');
wait_for('count(*) >= 180 FROM elsewhere.synastry_cache', 'and a table of its own', 'other');
$node->safe_psql('postgres', 'CREATE DATABASE copy TEMPLATE other');
is($node->safe_psql('copy', "SET search_path = elsewhere; $ask"), '0|0', 'a copy of it never has its entries');
wait_for('loads >= 1 FROM elsewhere.pg_stat_synastry_cache WHERE tier = \'persistent\'', 'the copy is loaded', 'copy');
wait_for('count(*) >= 180 FROM elsewhere.synastry_cache', 'has rows of its own, none of the template', 'copy');
my $start = time;
for (1 .. 3)
{
	$node->safe_psql('copy', "SET search_path = elsewhere; SELECT synastry_cache_reset(); $ask");
	$node->safe_psql('postgres', 'DROP DATABASE copy');
	$node->safe_psql('postgres', 'CREATE DATABASE copy TEMPLATE other');
}
$node->safe_psql('postgres', 'DROP DATABASE copy');
ok(time - $start < 60, 'databases are dropped and copied while workers run');

# Table and extension dropped.
$node->safe_psql('postgres', 'TRUNCATE synastry_cache');
empty_memory();
is(ask(), '0|0', 'truncated by its owner');
fill();
$node->safe_psql('postgres', 'ALTER EXTENSION synastry DROP TABLE synastry_cache; DROP TABLE synastry_cache');
is(fill(), '0|200', 'dropped by its owner: memory answers');
$node->safe_psql('postgres', 'SELECT synastry_cache_reset()');
is(ask(), '0|0', 'or nothing does');
wait_for("missing_tables > 0 FROM pg_stat_synastry_cache WHERE tier = 'persistent'", 'the missing table is counted');
$node->safe_psql('postgres', 'CREATE TABLE synastry_cache (LIKE charts)');
is(fill(), '0|200', 'another table of that name is left alone');
$node->safe_psql('postgres', 'DROP TABLE synastry_cache, charts, made; DROP EXTENSION synastry');
sleep 3;
$node->safe_psql('postgres', $set_up);
is(ask(), '0|0', 'the extension anew, its entries gone');
fill();
wait_for('count(*) = 200 FROM synastry_cache', 'and written again');
is(persistent('flush_errors'), 0, 'no flusher has failed');

# No room for a flusher.
$node->append_conf('postgresql.conf', "max_worker_processes = 2\n");
$node->restart;
my $log = -s $node->logfile;
fill();
sleep 3;
is(fill(), '0|200', 'queries go on without a flusher');
wait_for("launch_failures > 0 FROM pg_stat_synastry_cache WHERE tier = 'persistent'", 'which is counted');
my $warnings = () = substr(slurp_file($node->logfile), $log) =~ /could not start a worker to write the cache/g;
is($warnings, 1, 'and logged once');
$node->append_conf('postgresql.conf', "max_worker_processes = 8\n");

# Standby and promotion.
$node->restart;
$node->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'backup', has_streaming => 1);
$standby->start;
$node->safe_psql('postgres', 'CREATE TABLE marker ()');
$node->wait_for_catchup($standby, 'replay', $node->lsn('write'));
is($standby->safe_psql('postgres', $ask), '0|0', 'a standby begins with nothing');
is($standby->safe_psql('postgres', $ask), '0|200', 'and has memory');
isnt($standby->psql('postgres', 'SELECT synastry_cache_flush()'), 0, 'but no table');
$standby->promote;
ok($standby->poll_query_until('postgres', 'SELECT count(*) = 200 FROM synastry_cache'), 'promoted, it writes');
is($standby->safe_psql('postgres', $ask), '0|200', 'and answers');
$standby->stop;

# Crashes: both tiers are empty, and right.
wait_for("dirty_entries = 0 FROM pg_stat_synastry_cache WHERE tier = 'memory'", 'all is written');
fill();
is(rows_of() > 0, 1, 'before the crash there are rows');
$node->psql('postgres', q{COPY (SELECT pg_backend_pid()) TO PROGRAM 'kill -9 $(cat)'});
ok($node->poll_query_until('postgres', 'SELECT 1', '1'), 'the server comes back after SIGKILL');
is(rows_of(), 0, 'the table is empty');
is(ask(), '0|0', 'memory is empty, and nothing wrong');
fill();
wait_for('count(*) = 200 FROM synastry_cache', 'the leader is at work again');
$node->stop('immediate');
$node->start;
is(rows_of(), 0, 'empty after an immediate stop');
is(ask(), '0|0', 'and right');
fill();
wait_for('count(*) = 200 FROM synastry_cache', 'and written again');

# More databases than have a place in shared memory: the table of the last one is bounded, too.
configure('synastry.persist_max_size', "'100kB'");
$node->safe_psql('postgres', 'CREATE DATABASE model');
$node->safe_psql('model', 'CREATE EXTENSION synastry');
$node->safe_psql('postgres', join "\n", map { "CREATE DATABASE many_$_ TEMPLATE model;" } 1 .. 65);
my $reports = q{SELECT count(synastry_report(chart(sun => i), chart(moon => i))) FROM generate_series(1, %d) i};
$node->safe_psql('postgres', join "\n", map { "\\c many_$_\n" . sprintf($reports, $_ < 65 ? 1 : 200) . ';' } 1 .. 65);
ok( $node->poll_query_until('many_65', q{SELECT dirty_entries = 0 FROM pg_stat_synastry_cache WHERE tier = 'memory'}),
	'all of many databases is written');
ok($node->poll_query_until('many_65', 'SELECT sum(size) BETWEEN 1 AND 102400 FROM synastry_cache'), 'and kept within its bound');

$node->stop;
done_testing();
