# Crashes in the middle of everything: rounds of load on an index, the cache and the statistics, each of which ends with a process
# killed, or the whole server.  After each all answers are right, and the next round goes on from there.
use strict;
use warnings;

use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep);

my $rounds = $ENV{CRASH_ROUNDS} || 20;
my $seed = $ENV{FAULT_SEED} || time();
srand($seed);
diag("seed $seed");

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', <<'END');
shared_preload_libraries = 'synastry'
synastry.cache_size = 4MB
synastry.persist_interval = 1s
synastry.history_interval = 1s
restart_after_crash = on
shared_buffers = 2MB
autovacuum_naptime = 1s
max_connections = 40
END
$node->start;

# A crowd that changes all the time, and charts that do not, whose reports and tallies are known.
$node->safe_psql('postgres', <<'END');
CREATE EXTENSION synastry;
CREATE FUNCTION born(day float8) RETURNS chart LANGUAGE sql IMMUTABLE AS
$$ SELECT ARRAY[day * 0.985647, day * 13.176396 + 18, day * 1.38 + 25, day * 1.22 + 182, day * 0.524071 + 355,
	day * 0.083129 + 34, day * 0.033498 + 50, day * 0.011773 + 314, day * 0.005997 + 304, day * 0.00397 + 238]::chart $$;
CREATE FUNCTION anybody() RETURNS chart LANGUAGE sql VOLATILE AS
$$ SELECT CASE WHEN kind < 0.05 THEN NULL WHEN kind < 0.15 THEN born(floor(day)) - '{moon}'::text[] WHEN kind < 0.2 THEN chart(ARRAY['vega'], ARRAY[day]) ELSE born(day) END
	FROM (SELECT random() AS kind, random() * 25567 AS day) d $$;
CREATE TABLE crowd (id serial PRIMARY KEY, chart chart);
INSERT INTO crowd (chart) SELECT anybody() FROM generate_series(1, 5000);
CREATE INDEX crowd_chart ON crowd USING synastry (chart);

CREATE TABLE charts AS SELECT i AS id, born(i * 77) AS chart FROM generate_series(1, 300) i;
SET synastry.cache = off;
CREATE TABLE reports AS SELECT a.id AS a, b.id AS b, md5(synastry_report(a.chart, b.chart)::text) AS digest FROM charts a, charts b WHERE a.id <= 10 AND b.id <= 100;
CREATE TABLE groups AS SELECT g, md5(group_tally(chart)::text) AS digest FROM generate_series(1, 100) g JOIN charts ON id BETWEEN g AND g + 63 GROUP BY g;

CREATE FUNCTION best(by_index bool, query chart, n int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	PERFORM set_config('enable_seqscan', CASE WHEN by_index THEN 'off' ELSE 'on' END, true), set_config('enable_sort', CASE WHEN by_index THEN 'off' ELSE 'on' END, true),
		set_config('enable_indexscan', CASE WHEN by_index THEN 'on' ELSE 'off' END, true);
	EXECUTE 'SELECT concat_ws('' '', count(*), count(mismatch), md5(string_agg(mismatch::text, '','')), CASE WHEN count(*) < $2 THEN sum(id) END)
		FROM (SELECT id, chart <~> $1 AS mismatch FROM crowd ORDER BY chart <~> $1 LIMIT $2) found' INTO result USING query, n;
	RETURN result;
END $$;
CREATE FUNCTION check_search(n int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	query chart := born(random() * 25567);
BEGIN
	IF best(true, query, n) <> best(false, query, n) THEN
		RAISE EXCEPTION 'wrong: the % best of %', n, query;
	END IF;
END $$;
CREATE FUNCTION check_cache(share float8) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	wrong bigint;
BEGIN
	SELECT count(*) INTO wrong FROM (SELECT * FROM reports WHERE random() < share) r JOIN charts a ON a.id = r.a JOIN charts b ON b.id = r.b
	WHERE md5(synastry_report(a.chart, b.chart)::text) <> digest;
	SELECT wrong + count(*) INTO wrong FROM (SELECT g, digest, md5(group_tally(chart)::text) AS tally
		FROM (SELECT * FROM groups WHERE random() < share) g JOIN charts ON id BETWEEN g AND g + 63 GROUP BY g, digest) m WHERE tally <> digest;
	IF wrong > 0 THEN
		RAISE EXCEPTION 'wrong: % answers of the cache', wrong;
	END IF;
END $$;
END

# What goes on at the same time; every session does one thing again and again.
my %scripts = (
	insert => 'INSERT INTO crowd (chart) SELECT anybody() FROM generate_series(1, 1 + (random() * 30)::int);',
	update => 'UPDATE crowd SET chart = anybody() WHERE id = (SELECT id FROM crowd ORDER BY id OFFSET floor(random() * 3000) LIMIT 1);',
	delete => 'DELETE FROM crowd WHERE id IN (SELECT id FROM crowd ORDER BY id OFFSET floor(random() * 3000) LIMIT (random() * 40)::int);',
	vacuum => 'VACUUM crowd;',
	build => "DROP INDEX IF EXISTS other_chart;\nCREATE INDEX other_chart ON charts USING synastry (chart);",
	search => "\\set n random(1, 100)\nBEGIN ISOLATION LEVEL REPEATABLE READ;\nSELECT check_search(:n);\nCOMMIT;",
	cache => 'SELECT check_cache(0.05);',
	administration => "SELECT synastry_cache_flush();\nSELECT synastry_cache_forget(born(77));\nSELECT count(*) FROM pg_stat_synastry, pg_stat_synastry_cache, pg_stat_synastry_history;",
);
my $directory = PostgreSQL::Test::Utils::tempdir();
append_to_file("$directory/$_", "$scripts{$_}\n") for keys %scripts;

sub start_session
{
	my ($script) = @_;
	my ($out, $err) = ('', '');
	my $run = IPC::Run::start([ 'pgbench', '-n', '-c', 1, '-T', 60, '-f', "$directory/$script", $node->connstr('postgres') ],
		'<', \undef, '>', \$out, '2>', \$err, IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));
	return { script => $script, run => $run, err => \$err };
}

# Kills one of the processes of that kind, as soon as there is one; false if there is none for long.
sub kill_process
{
	my ($condition) = @_;
	for (1 .. 500)
	{
		my $pid = $node->safe_psql('postgres', "SELECT pid FROM pg_stat_activity WHERE $condition AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1");
		return 1 if $pid ne '' && kill('KILL', $pid);
		sleep(0.01);
	}
	return 0;
}

# What /proc has under this name; nothing of a process that has just ended.
sub read_proc { open(my $file, '<', "/proc/$_[0]") or return ''; local $/; return <$file> // ''; }

sub children { return split(' ', read_proc("$node->{_pid}/task/$node->{_pid}/children")); }

# The process of the statistics is in no database, so that no view shows it.
sub statistics_process
{
	my ($pid) = grep { read_proc("$_/cmdline") =~ /: main: synastry statistics/ } children();
	return $pid;
}

sub stop_at_once { $node->stop('immediate'); $node->start; return 1; }

# Processes that have lost their postmaster end by themselves; until then it cannot be started anew.
sub kill_postmaster
{
	$node->kill9;
	for (1 .. 300)
	{
		return 1 if $node->start(fail_ok => 1);
		# what it read there was the number of the dead
		$node->{_pid} = undef;
		sleep(0.2);
	}
	BAIL_OUT('the server does not start');
}

my $load = "backend_type = 'client backend'";
my @crashes = (
	[ 'a backend of the load', sub { return kill_process($load) } ],
	[ 'a backend at work', sub { return kill_process("$load AND state = 'active' AND query ~ 'INSERT|UPDATE|VACUUM'") } ],
	[ 'the leader of the cache', sub { return kill_process("backend_type = 'synastry cache leader'") } ],
	[ 'the server, at once', \&stop_at_once ],
	[ 'a worker that writes the cache', sub { return kill_process("backend_type = 'synastry cache flusher'") } ],
	[ 'the process of the statistics', sub { return kill('KILL', statistics_process() // return 0) } ],
	[ 'the postmaster', \&kill_postmaster ],
	[ 'a backend that uses the cache', sub { return kill_process("$load AND query ~ 'cache'") } ],
	[ 'the checkpointer', sub { return kill_process("backend_type = 'checkpointer'") } ],
);

sub ask { return $node->safe_psql('postgres', $_[0]); }
sub passes { my ($sql, $name) = @_; my ($code, $out, $err) = $node->psql('postgres', $sql); return is($code, 0, $name) || diag($err); }

foreach my $round (1 .. $rounds)
{
	my ($victim, $crash) = @{ $crashes[ ($round - 1) % @crashes ] };
	ask(q{SELECT count(*) FROM synastry_batch('SELECT id AS a_id, chart AS a, id AS b_id, chart AS b FROM charts')});
	my @sessions = map { start_session($_) } sort keys %scripts;
	sleep(0.5 + rand(2.5));
	my $offset = -s $node->logfile;
	my $has_crashed = $crash->();
	ok($has_crashed, "round $round: killed: $victim");

	# a server that goes on by itself takes a moment to notice
	for (1 .. 600)
	{
		last if !$has_crashed || slurp_file($node->logfile, $offset) =~ /database system is ready to accept connections/;
		sleep(0.1);
	}
	$node->poll_query_until('postgres', 'SELECT true');
	stop_at_once() if !$has_crashed;
	foreach my $session (@sessions)
	{
		$session->{run}->finish;
		unlike(${ $session->{err} }, qr/wrong|index .* is corrupted|ERROR:  (?!deadlock)/, "$session->{script} until then");
	}

	is(ask("SELECT coalesce(sum(calls), 0) FROM pg_stat_synastry_cluster WHERE operation = 'batch'"), 0, 'the statistics are new');
	passes("SELECT synastry_index_check('crowd_chart')", 'the index is whole');
	passes('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT check_search(n) FROM unnest(ARRAY[1, 10, 1000, 10000000]) n; COMMIT', 'the index gives what a sort gives');
	passes('SELECT check_cache(1); SELECT check_cache(1)', 'the cache gives what is made without it');
	is(ask("SELECT sum(damages) || ' ' || sum(flush_errors) FROM pg_stat_synastry_cache"), '0 0', 'and is whole');
	ok($node->poll_query_until('postgres', "SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type = 'synastry cache leader'"), 'the leader of the cache is back');
	for (1 .. 100) { last if statistics_process(); sleep(0.1); }
	ok(statistics_process(), 'so is the process of the statistics');
}

unlike(slurp_file($node->logfile), qr/PANIC|TRAP|XX00/, 'nothing but what was killed');
$node->stop;
done_testing();
