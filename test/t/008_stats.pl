# Statistics of a cluster: exact under parallel work, resets and the end of processes; history, file, slow operations.
use strict;
use warnings;

use IPC::Run ();
use JSON::PP;
use List::Util qw(sum);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(allows_streaming => 1);
$node->append_conf('postgresql.conf', <<'END');
shared_preload_libraries = 'synastry'
synastry.cache_size = 4MB
synastry.history_interval = 1s
restart_after_crash = on
max_connections = 100
autovacuum = off
END
$node->start;

$node->safe_psql('postgres', <<'END');
CREATE EXTENSION synastry;
CREATE TABLE charts AS
SELECT i AS id, ARRAY(SELECT (i * 137.50776 * body + body * body * 31)::float8 FROM generate_series(1, 10) body)::chart AS chart
FROM generate_series(1, 5000) i;
ALTER TABLE charts SET (parallel_workers = 3);
ANALYZE charts;
END
$node->safe_psql('postgres', 'CREATE DATABASE other TEMPLATE postgres');

sub ask { return $node->safe_psql($_[1] // 'postgres', $_[0]); }
sub reset_statistics { return ask('SELECT pg_stat_synastry_reset()'); }

# Figures of an operation, in the cluster or a database.
sub cluster { return ask("SELECT $_[1] FROM pg_stat_synastry_cluster WHERE operation = '$_[0]'"); }

sub of
{
	my ($database, $operation, $figures) = @_;
	return ask("SELECT $figures FROM pg_stat_synastry WHERE datname = '$database' AND operation = '$operation'");
}

# psql that reads from a file, or runs what it is given.
sub start_psql
{
	my ($database, @options) = @_;
	my ($out, $err) = ('', '');
	return { psql => IPC::Run::start([ 'psql', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr($database), @options ],
			'<', \undef, '>', \$out, '2>', \$err), out => \$out, err => \$err };
}

sub start_session { return start_psql($_[0], '-c', $_[1]); }

# So many sessions, one after the other.
sub start_sessions
{
	my ($database, $sessions, $sql) = @_;
	my $script = $node->basedir . "/script$database$sessions";
	append_to_file($script, "$sql\n\\c\n" x $sessions) unless -e $script;
	return start_psql($database, '-f', $script);
}

sub finish
{
	my ($session, $name) = @_;
	return ok($session->{psql}->finish, $name) || diag ${ $session->{err} };
}

# Reads until the calls are so many, or for so many seconds; fails on what cannot be.
sub reader
{
	my ($operation, $calls, $seconds, $falls) = @_;
	return <<"END";
DO \$\$
DECLARE
	s record;
	before bigint := 0;
	reads bigint := 0;
BEGIN
	LOOP
		SELECT * INTO s FROM pg_stat_synastry_cluster WHERE operation = '$operation';
		reads := reads + 1;
		IF least(s.calls, s.pairs, s.cells, s.rows, s.cache_hits, s.cache_misses, s.cache_bypassed, s.errors, s.timed_calls) < 0
			OR least(s.total_time, s.min_time, s.max_time, s.mean_time, s.stddev_time, s.p50) < 0 THEN
			RAISE EXCEPTION 'below zero: %', s;
		ELSIF NOT (s.min_time <= s.p50 AND s.p50 <= s.p95 AND s.p95 <= s.p99 AND s.p99 <= s.max_time) THEN
			RAISE EXCEPTION 'out of order: %', s;
		ELSIF s.calls > $calls OR (s.calls < before AND NOT $falls) THEN
			RAISE EXCEPTION 'after %: %', before, s;
		ELSIF s.calls = $calls THEN
			EXIT;
		ELSIF clock_timestamp() > statement_timestamp() + interval '$seconds s' THEN
			IF NOT $falls THEN
				RAISE EXCEPTION 'too few: %', s;
			END IF;
			EXIT;
		END IF;
		before := s.calls;
	END LOOP;
	IF reads < 10 THEN
		RAISE EXCEPTION 'read only % times', reads;
	END IF;
END \$\$
END
}

is(ask('SELECT preloaded, statistics FROM pg_stat_synastry_info'), 't|cluster', 'preloaded, the statistics are of the cluster');

#
# Parallel workers
#

my $parallel = 'SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; '
  . 'SET max_parallel_workers_per_gather = 3; SET parallel_leader_participation = off;';
reset_statistics();
like(ask("$parallel EXPLAIN (ANALYZE) SELECT count(synastry_score(c.chart, c.chart)), count(aspect_matrix(c.chart, c.chart)) FROM charts c"),
	qr/Workers Launched: [1-3]/, 'workers compute');
is(cluster('score', 'calls, pairs, cells, errors'), '5000|5000|500000|0', 'and count each pair once');
is(cluster('matrix', 'calls, pairs, cells, cache_bypassed'), '5000|5000|500000|5000', 'of every operation');
is(of('postgres', 'score', 'calls'), 5000, 'in their database');
is(ask('SELECT count(*) FROM pg_stat_synastry'), 10, 'and in no other');

# An error of a worker, which ends with it.
isnt($node->psql('postgres', "$parallel SELECT count(synastry(chart, chart, CASE WHEN id = 7 THEN -1 ELSE 8 END, false)) FROM charts WHERE id < 10"),
	0, 'a worker fails');
is(cluster('report', 'errors'), 1, 'and its error is counted');

# A session that is terminated in the middle.
my $sleeper = start_session('postgres', q{SELECT count(*) FROM synastry_batch('SELECT id AS a_id, chart AS a, id AS b_id, chart AS b, pg_sleep(100) FROM public.charts')});
my $is_asleep = "FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
ok($node->poll_query_until('postgres', "SELECT count(*) = 1 $is_asleep"), 'a batch runs');
ask("SELECT pg_terminate_backend(pid, 5000) $is_asleep");
$sleeper->{psql}->finish;
is(cluster('batch', 'calls, errors'), '0|1', 'and has failed when its session is terminated');
# those that take their places
my $score_all = 'SELECT count(synastry_score(c.chart, c.chart)) FROM charts c';
finish($_, 'another session') for map { start_session('postgres', "$score_all; $parallel $score_all") } 1 .. 6;
is(cluster('report', 'errors') . cluster('batch', 'errors'), '11', 'errors stay when others come');
is(cluster('score', 'calls'), 65000, 'as all counts do');

#
# Many sessions, in two databases
#

reset_statistics();
my $work = 'SELECT count(synastry_score(a.chart, b.chart)) FROM charts a, charts b WHERE a.id <= 200 AND b.id <= 100';
my $churn = 'SELECT count(synastry_score(chart, chart)) FROM charts WHERE id <= 50;';
my $watcher = start_session('postgres', reader('score', 4 * 20000 + 4 * 20000 + 200 * 50 + 100 * 50, 15, 'false'));
my @sessions = ((map { start_session($_, "$work; SELECT count(aspect_matrix(chart, chart)) FROM charts WHERE id <= 1000;") } ('postgres', 'other') x 4),
	(map { start_sessions('postgres', 50, $churn) } 1 .. 4), (map { start_sessions('other', 25, $churn) } 1 .. 4));
finish($_, 'a session ends') for @sessions;
finish($watcher, 'all the while counts only grow, and end at what was done');
is(of('postgres', 'score', 'calls, pairs, cells, errors'), '90000|90000|9000000|0', 'each call of one database is counted once');
is(of('other', 'score', 'calls, pairs, cells, errors'), '85000|85000|8500000|0', 'and of the other');
is(cluster('score', 'calls, pairs, cells, errors'), '175000|175000|17500000|0', 'and of both');
is(join(' ', of('postgres', 'matrix', 'calls'), of('other', 'matrix', 'calls'), cluster('matrix', 'calls')), '4000 4000 8000', 'whatever the operation');

# Resets meanwhile.
my $steady = 'SET synastry.track_timing = on; DO $$ BEGIN WHILE clock_timestamp() < statement_timestamp() + interval \'3 s\' LOOP PERFORM count(synastry_score(chart, chart)) FROM charts WHERE id <= 50; END LOOP; END $$';
my @load = ((map { start_session('postgres', $steady) } 1 .. 3),
	(map { start_sessions('other', 300, "SET synastry.track_timing = on; $churn") } 1 .. 2));
my @watchers = map { start_session('postgres', reader('score', 1_000_000_000, 2, 'true')) } 1 .. 2;
my $resetter = start_session('postgres', q{DO $$ BEGIN FOR i IN 1..200 LOOP PERFORM pg_stat_synastry_reset(); PERFORM pg_sleep(0.01); END LOOP; END $$});
finish($_, 'resets under load never show what cannot be') for @watchers;
finish($resetter, 'reset two hundred times');
finish($_, 'the load goes on') for @load;
reset_statistics();
is(cluster('score', 'calls, timed_calls, min_time, total_time'), '0|0||0', 'all begins anew');
ask($churn);
is(cluster('score', 'calls'), 50, 'and counts again');

#
# Slow operations
#

sub logged_since
{
	my ($offset) = @_;
	return map { decode_json($_) } substr(slurp_file($node->logfile), $offset) =~ /LOG:  (\{"operation".*)/g;
}

my $batch = q{SELECT count(*) FROM synastry_batch('SELECT 1 AS a_id, chart AS a, 2 AS b_id, chart AS b FROM public.charts WHERE id <= 3')};
my $offset = -s $node->logfile;
ask(qq{SET application_name = 'a "quoted" \\ name'; SET synastry.log_min_duration = 0; $batch; SELECT synastry(chart, chart) FROM charts WHERE id = 1; SELECT synastry_score(chart, chart) FROM charts WHERE id = 1;
	SET synastry.track_timing = on; SELECT synastry_score(chart, chart) FROM charts WHERE id = 1});
my @slow = logged_since($offset);
is(join(' ', map { "$_->{operation} $_->{pairs}" } @slow), 'batch 3 report 1 score 1', 'each timed operation is a line');
is(join(' ', sort keys %{ $slow[0] }), 'application_name cached database duration_ms memory_bytes operation pairs', 'of JSON, without a chart');
is("$slow[0]->{database} $slow[0]->{application_name}", 'postgres a "quoted" \\ name', 'that tells for whom');
ok($slow[0]->{duration_ms} > 0 && $slow[0]->{memory_bytes} > 0 && !defined $slow[0]->{cached}, 'how long, and with how much memory');
ok(defined $slow[1]->{cached} && !$slow[1]->{cached}, 'and whether the cache knew');
unlike(substr(slurp_file($node->logfile), $offset), qr/"operation".*\n.*(?:STATEMENT|CONTEXT|DETAIL):/, 'no statement follows');
$offset = -s $node->logfile;
ask("SET synastry.log_min_duration = '50ms'; $batch; SELECT count(*) FROM synastry_batch('SELECT 1 AS a_id, chart AS a, 2 AS b_id, chart AS b FROM public.charts, pg_sleep(0.06) WHERE id <= 3')");
is(scalar(logged_since($offset)), 1, 'only what takes as long as the setting says');
isnt($node->psql('postgres', "SET synastry.log_min_duration = 0; SELECT count(synastry(chart, chart, -1)) FROM charts"), 0, 'what fails');
is(scalar(logged_since($offset)), 1, 'is not logged');

#
# Percentiles against a sorted sample: within a bucket, whose bounds differ by a quarter
#

foreach my $sample ([ 'durations of all sizes', '0.00005 * 1.065 ^ i' ], [ 'a few that are slow', 'CASE WHEN i % 14 = 0 THEN 0.03 ELSE 0.0002 END' ])
{
	my ($name, $seconds) = @$sample;
	reset_statistics();
	$offset = -s $node->logfile;
	ask("SET synastry.log_min_duration = 0;" . <<"END");
DO \$\$
BEGIN
	FOR i IN 1..100 LOOP
		PERFORM count(*) FROM synastry_batch(format('SELECT 1 AS a_id, chart AS a, 2 AS b_id, chart AS b FROM public.charts, pg_sleep(%s) WHERE id = 1', $seconds));
	END LOOP;
END \$\$
END
	my @times = sort { $a <=> $b } map { $_->{duration_ms} } logged_since($offset);
	is(scalar(@times), 100, "$name: all are logged");
	my ($p50, $p95, $p99, $least, $most, $mean, $deviation) =
	  split /\|/, cluster('batch', 'p50, p95, p99, min_time, max_time, mean_time, stddev_time');
	foreach my $check ([ 50, $p50 ], [ 95, $p95 ], [ 99, $p99 ])
	{
		my ($percent, $found) = @$check;
		my $right = $times[ $percent - 1 ];
		ok($found / $right > 0.8 && $found / $right < 1.25, "$name: percentile $percent") or diag "found $found, right is $right";
	}
	my $right_mean = sum(@times) / @times;
	my $right_deviation = sqrt(sum(map { ($_ - $right_mean)**2 } @times) / @times);
	ok($least == $times[0] && $most == $times[-1], "$name: the least and the most are exact");
	ok(abs($mean / $right_mean - 1) < 1e-9 && abs($deviation / $right_deviation - 1) < 1e-6, "$name: mean and deviation")
	  or diag "$mean, not $right_mean; $deviation, not $right_deviation";
}

#
# Databases that are dropped
#

my $oid = ask("SELECT oid FROM pg_database WHERE datname = 'other'");
ask($work, 'other');
ask('DROP DATABASE other');
is(ask("SELECT datname IS NULL, calls FROM pg_stat_synastry WHERE datid = $oid AND operation = 'score'"), 't|20000', 'a dropped database leaves its figures');

#
# Standby
#

$node->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'backup', has_streaming => 1);
$standby->start;
my $on_standby = "SELECT calls FROM pg_stat_synastry_cluster WHERE operation = 'score'";
is($standby->safe_psql('postgres', $on_standby), 0, 'a standby begins with nothing');
$standby->safe_psql('postgres', $churn);
is($standby->safe_psql('postgres', $on_standby), 50, 'counts what it does');
is(cluster('score', 'calls'), 20000, 'and nothing of it is seen elsewhere');
ok($standby->poll_query_until('postgres', 'SELECT count(*) = 1 FROM pg_stat_synastry_history'), 'it has a history');
$standby->restart;
is($standby->safe_psql('postgres', $on_standby), 50, 'and keeps both when it is restarted');
is($standby->safe_psql('postgres', 'SELECT sum(calls) FROM pg_stat_synastry_history'), 50, 'as its history');
$standby->stop('immediate');

#
# Restarts
#

my $file = $node->data_dir . '/pg_stat/synastry.stat';
my $all = 'SELECT * FROM pg_stat_synastry ORDER BY datid, operation';
my $history = 'SELECT interval_start, operation, calls, pairs, p95 FROM pg_stat_synastry_history ORDER BY interval_start, operation LIMIT 3';
sub history_calls { return ask("SELECT sum(calls) FROM pg_stat_synastry_history WHERE operation = 'matrix'") }

my $matrices_before = history_calls();
ask("SELECT count(aspect_matrix(chart, chart)) FROM charts");
my ($figures, $intervals, $matrices) = (ask($all), ask($history), cluster('matrix', 'calls'));
$node->stop;
ok(-s $file, 'a clean shutdown leaves a file');
$node->start;
ok(!-e $file, 'which is removed when it is read');
is(ask($all), $figures, 'all figures are there again');
is(ask($history), $intervals, 'and the history');
is(history_calls() - $matrices_before, 5000, 'the interval that was running included');
ask("SELECT count(aspect_matrix(chart, chart)) FROM charts");
is(cluster('matrix', 'calls'), $matrices + 5000, 'counting goes on');

# history_size cut: the newest intervals stay
$node->append_conf('postgresql.conf', 'synastry.history_size = 1');
$node->restart;
is(ask('SELECT count(DISTINCT interval_start) FROM pg_stat_synastry_history'), 1, 'a shorter history keeps the newest');
$node->append_conf('postgresql.conf', 'synastry.history_size = 0');
$node->restart;
my ($out, $err);
$node->psql('postgres', '\set VERBOSITY verbose' . "\nTABLE pg_stat_synastry_history", stderr => \$err);
like($err, qr/55000: there is no history.*HINT:  Set synastry.history_size/s, 'none if it has no room');
is(cluster('matrix', 'calls'), $matrices + 5000, 'the figures stay');
$node->append_conf('postgresql.conf', 'synastry.history_size = 288');

foreach my $damage (
	[ 'a flipped bit', sub { substr($_[0], 5000, 1) ^= "\x01" } ],
	[ 'a missing end', sub { substr($_[0], -1) = '' } ],
	[ 'more than there should be', sub { $_[0] .= 'x' } ],
	[ 'nothing at all', sub { $_[0] = '' } ],
	[ 'another version', sub { substr($_[0], 4, 1) ^= "\x02" } ])
{
	my ($name, $change) = @$damage;
	$node->restart;
	ask($churn);
	$node->stop;
	my $bytes = slurp_file($file);
	$change->($bytes);
	open my $handle, '>:raw', $file or die $!;
	print $handle $bytes;
	close $handle;
	$offset = -s $node->logfile;
	$node->start;
	like(substr(slurp_file($node->logfile), $offset), qr/LOG:  ignoring invalid data in file "pg_stat\/synastry.stat"/, "a file with $name is ignored");
	is(cluster('score', 'calls'), 0, 'and the figures are new');
	ok(!-e $file, 'and it is gone');
}

# Crashes
ask($churn);
ok($node->poll_query_until('postgres', 'SELECT count(*) = 1 FROM pg_stat_synastry_history'), 'the history goes on');
$node->stop('immediate');
ok(!-e $file, 'an immediate shutdown leaves no file');
$node->start;
is(cluster('score', 'calls'), 0, 'and the figures are new');
is(ask('SELECT count(*) FROM pg_stat_synastry_history'), 0, 'and the history');
ask($churn);
$node->psql('postgres', q{COPY (SELECT pg_backend_pid()) TO PROGRAM 'kill -9 $(cat)'});
ok($node->poll_query_until('postgres', 'SELECT 1', '1'), 'the server comes back after a crash');
is(cluster('score', 'calls'), 0, 'with new figures');
ask($churn);
is(cluster('score', 'calls'), 50, 'counts');
ok($node->poll_query_until('postgres', 'SELECT count(*) = 1 FROM pg_stat_synastry_history'), 'and has a history');

#
# What becomes slower
#

SKIP:
{
	skip 'no kernel is slower than another here', 2 if ask('SELECT instruction_set FROM pg_stat_synastry_info') eq 'scalar';
	ask(<<'END');
DO $$
DECLARE
	start timestamptz := clock_timestamp();
BEGIN
	FOR i IN 0..7 LOOP
		PERFORM set_config('synastry.simd', CASE WHEN i < 6 THEN 'auto' ELSE 'scalar' END, false);
		PERFORM count(*) FROM synastry_cross('SELECT id, chart FROM public.charts', 'SELECT id, chart FROM public.charts WHERE id <= 1000', top_k => 1);
		PERFORM count(synastry(chart, chart, use_caching => false)) FROM charts WHERE id <= 1000;
		PERFORM pg_sleep(extract(epoch FROM start + (i + 1) * interval '1.02 s' - clock_timestamp()));
	END LOOP;
END $$
END
	is(ask("SELECT string_agg(operation || ' per ' || per, ', ') FROM synastry_regressions(2)"), 'cross per pair', 'what has become slower is found, and nothing else')
	  or diag ask('TABLE pg_stat_synastry_history');
	is(ask('SELECT count(*) FROM synastry_regressions(100)'), 0, 'unless more is allowed');
}

# More databases than have a place: those used last have one, all others share a row.
reset_statistics();
foreach my $i (1 .. 66)
{
	$node->safe_psql('postgres', "CREATE DATABASE many$i");
	$node->safe_psql("many$i", q{CREATE EXTENSION synastry; SELECT synastry_score('{"sun": 1}', '{"sun": 2}')});
	$node->safe_psql('postgres', "DROP DATABASE many$i") if $i < 66;
}
is(ask("SELECT count(*) FROM pg_stat_synastry WHERE operation = 'score' AND datid <> 0"), 64, 'so many databases have a row');
is(ask("SELECT calls FROM pg_stat_synastry WHERE operation = 'score' AND datname = 'many66'"), 1, 'the last one, too');
is(ask("SELECT calls FROM pg_stat_synastry WHERE operation = 'score' AND datid = 0"), 2, 'the first ones share one');
is(cluster('score', 'calls'), 66, 'nothing is lost');
ask('DROP DATABASE many66');
$node->stop;

#
# Not preloaded
#

my $plain = PostgreSQL::Test::Cluster->new('plain');
$plain->init;
$plain->start;
$plain->safe_psql('postgres', 'CREATE EXTENSION synastry');
my $pair = q{SELECT synastry_score(c, c) IS NOT NULL FROM (VALUES ('{"sun": 1}'::chart)) v (c)};
is($plain->safe_psql('postgres', "$pair; SELECT preloaded, statistics FROM pg_stat_synastry_info"), "t\nf|this session", 'not preloaded, the statistics are of the session');
is($plain->safe_psql('postgres', 'SELECT sum(calls) FROM pg_stat_synastry_cluster'), 0, 'and another one sees its own');
foreach my $call ('TABLE pg_stat_synastry_history', 'SELECT synastry_regressions()')
{
	$plain->psql('postgres', '\set VERBOSITY verbose' . "\n$call", stderr => \$err);
	like($err, qr/55000: there is no history.*HINT:  Add synastry to shared_preload_libraries/s, "there is no history: $call");
}
$plain->stop;
done_testing();
