# Batches seen from outside: progress, cancel, termination, memory.
use strict;
use warnings;

use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', <<'END');
shared_buffers = 4MB
autovacuum = off
END
$node->start;

# A crowd of charts of the ten planets, spread evenly enough.
$node->safe_psql('postgres', <<'END');
CREATE EXTENSION synastry;
CREATE TABLE crowd AS
SELECT i AS id, ARRAY(SELECT (i * 137.50776 * body + body * body * 31)::float8 FROM generate_series(1, 10) body)::chart AS chart
FROM generate_series(1, 200000) i;
CREATE FUNCTION slow(anyelement) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.05); RETURN true; END $$;
CREATE TABLE slow_ids (id int, chart chart);
INSERT INTO slow_ids SELECT id, chart FROM crowd WHERE id <= 1000;
-- an id that takes long to make, but not to read
CREATE DOMAIN slow_id AS int;
ALTER TABLE slow_ids ALTER id TYPE slow_id;
ALTER DOMAIN slow_id ADD CHECK (slow(VALUE)) NOT VALID;
CREATE ROLE stranger LOGIN;
CREATE ROLE watcher LOGIN IN ROLE pg_read_all_stats;
END

# Runs a query in the background; its process number can be found by its name.
sub start_query
{
	my ($name, $query) = @_;
	my ($out, $err) = ('', '');
	my $psql = IPC::Run::start(
		[ 'psql', '-X', '-A', '-t', '-q', '-d', $node->connstr('postgres') . " application_name=$name", '-c', $query ],
		'<', \undef, '>', \$out, '2>', \$err, IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));
	return { name => $name, psql => $psql, err => \$err, out => \$out };
}

sub pid_of
{
	my ($query) = @_;
	return "(SELECT pid FROM pg_stat_activity WHERE application_name = '$query->{name}')";
}

sub wait_for_phase
{
	my ($query, $phase) = @_;
	return $node->poll_query_until('postgres',
		"SELECT EXISTS (SELECT FROM pg_stat_progress_synastry WHERE phase = '$phase' AND pid = " . pid_of($query) . ")");
}

sub rows_in_view { return $node->safe_psql('postgres', 'SELECT count(*) FROM pg_stat_progress_synastry'); }

my $crowd = "'SELECT id, chart FROM public.crowd'";
my $slow = "'SELECT id, chart FROM public.crowd WHERE id <= 1000 AND public.slow(id)'";
my %queries = (
	'reading left' => "SELECT count(*) FROM synastry_cross($slow, $crowd, top_k => 1)",
	'reading right' => "SELECT count(*) FROM synastry_cross($crowd, $slow, top_k => 1)",
	'computing' => "SELECT count(*) FROM synastry_cross($crowd, $crowd, top_k => 1000)",
	'returning' => "SELECT count(*) FROM synastry_cross('slow_ids'::regclass, 'slow_ids'::regclass, NULL::slow_id, top_k => 5)",
	'reading' => "SELECT count(*) FROM synastry_batch('SELECT id AS a_id, chart AS a, id AS b_id, chart AS b FROM public.crowd WHERE public.slow(id)')",
);

foreach my $phase (sort keys %queries)
{
	my $query = start_query('cancelled', $queries{$phase});
	ok(wait_for_phase($query, $phase), "progress shows the phase $phase");
	$node->safe_psql('postgres', 'SELECT pg_cancel_backend(pid) FROM pg_stat_progress_synastry');
	$query->{psql}->finish;
	like(${ $query->{err} }, qr/canceling statement due to user request/, "cancelled while $phase");
	is(rows_in_view(), 0, "no progress after the cancel while $phase");

	$query = start_query('terminated', $queries{$phase});
	wait_for_phase($query, $phase);
	$node->safe_psql('postgres', 'SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_progress_synastry');
	$query->{psql}->finish;
	is(rows_in_view(), 0, "no progress after the termination while $phase");

	my ($status, $out, $err) = $node->psql('postgres', "SET statement_timeout = '300ms'; $queries{$phase}");
	like($err, qr/canceling statement due to statement timeout/, "statement_timeout while $phase or before");
}
is($node->safe_psql('postgres', "SELECT count(*) FROM pg_ls_tmpdir()"), 0, 'no temporary file is left');

# What the view shows, and to whom.
my $query = start_query('shown', $queries{computing});
$node->poll_query_until('postgres',
	"SELECT EXISTS (SELECT FROM pg_stat_progress_synastry WHERE pairs_done > 0)");
my $shown = q{SELECT datname, command, phase, charts_done > 200000, charts_total, pairs_done > 0, pairs_total,
	memory_bytes > 1000000, peak_memory_bytes >= memory_bytes FROM pg_stat_progress_synastry};
# from one left chunk to the next it returns rows for a moment
ok($node->poll_query_until('postgres', $shown, 'postgres|CROSS|computing|t||t||t|t'), 'a cross whose left side has not been read to its end');
like($node->safe_psql('postgres', $shown, extra_params => [ '-U', 'watcher' ]),
	qr/^postgres\|CROSS\|(computing|returning)\|t\|\|t\|\|t\|t$/, 'pg_read_all_stats sees everything');
is($node->safe_psql('postgres',
		'SELECT pid IS NOT NULL, datname, ' . join(', ', qw(command phase charts_total charts_done pairs_total pairs_done memory_bytes peak_memory_bytes))
		. ' FROM pg_stat_progress_synastry', extra_params => [ '-U', 'stranger' ]),
	't|postgres||||||||', 'others see who, not what');
$node->safe_psql('postgres', 'SELECT pg_cancel_backend(pid) FROM pg_stat_progress_synastry');
$query->{psql}->finish;

$query = start_query('totals', "SELECT count(*) FROM synastry_cross('SELECT id, chart FROM public.crowd WHERE id <= 5000', $crowd, top_k => 10)");
ok($node->poll_query_until('postgres', q{SELECT EXISTS (SELECT FROM pg_stat_progress_synastry
	WHERE charts_total = 205000 AND charts_done = 205000 AND pairs_total = 1000000000 AND pairs_done BETWEEN 1 AND pairs_total)}),
	'totals, once they are known');
$node->safe_psql('postgres', 'SELECT pg_cancel_backend(pid) FROM pg_stat_progress_synastry');
$query->{psql}->finish;

# An exception block in a function that the query calls aborts a subtransaction, which clears what the
# backend reports: it is reported again.
$node->safe_psql('postgres', <<'END');
CREATE FUNCTION careful(id int) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_sleep(0.002);
	RETURN 1 / (id - id) = 0;
EXCEPTION WHEN division_by_zero THEN
	RETURN true;
END $$;
END
$query = start_query('careful', "SELECT count(*) FROM synastry_cross($crowd, 'SELECT id, chart FROM public.crowd WHERE public.careful(id)')");
ok($node->poll_query_until('postgres', q{SELECT EXISTS (SELECT FROM pg_stat_progress_synastry
	WHERE phase = 'reading right' AND charts_done >= 1024)}),
	'progress goes on after subtransactions were aborted');
$node->safe_psql('postgres', "SELECT pg_cancel_backend(" . pid_of($query) . ")");
$query->{psql}->finish;

# A command of the server's that reports its own progress goes on reporting it.
$query = start_query('copy', "COPY (SELECT * FROM synastry_cross($crowd, $crowd, top_k => 1000)) TO PROGRAM 'cat >/dev/null'");
ok($node->poll_query_until('postgres', 'SELECT EXISTS (SELECT FROM pg_stat_progress_copy)'),
	'the progress of COPY is left alone');
is(rows_in_view(), 0, 'and ours is not shown');
$node->safe_psql('postgres', 'SELECT pg_cancel_backend(pid) FROM pg_stat_progress_copy');
$query->{psql}->finish;

# Memory, as the kernel counts it, beyond what the backend takes before: the right side is in a
# temporary file, the left side comes in chunks.
SKIP:
{
	skip 'no /proc', 2 unless -r '/proc/self/status';
	skip 'sanitizers keep memory that was given back', 2 if ($ENV{LD_PRELOAD} // '') =~ /libasan/;
	$node->safe_psql('postgres', <<'END');
CREATE FUNCTION peak_memory() RETURNS bigint LANGUAGE sql AS $$
	SELECT 1024 * (regexp_match(pg_read_file('/proc/self/status', 0, 8192), 'VmHWM:\s+(\d+) kB'))[1]::bigint
$$;
END
	foreach my $work_mem (qw(64kB 4MB))
	{
		my $peak = $node->safe_psql('postgres', <<"END");
SET work_mem = '$work_mem';
SELECT synastry_score('{}', '{}') \\gset
SELECT peak_memory() AS before \\gset
SELECT count(*) AS rows FROM synastry_cross('SELECT id, chart FROM public.crowd WHERE id <= 4000', $crowd, top_k => 10) \\gset
SELECT peak_memory() - :before;
END
		cmp_ok($peak, '<', 16 * 1024 * 1024 + 2 * ($work_mem eq '4MB' ? 4 * 1024 * 1024 : 64 * 1024),
			"peak memory with work_mem $work_mem");
		note("$peak bytes");
	}
}

$node->stop;
done_testing();
