# An index under load: whatever sessions do at the same time, and after crashes and on a standby, it gives what a sort gives.
use strict;
use warnings;

use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

my $seconds = $ENV{SYNASTRY_STRESS_SECONDS} // 4;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(allows_streaming => 1);
$node->append_conf('postgresql.conf', <<'END');
shared_buffers = 2MB
autovacuum = off
max_connections = 40
max_standby_streaming_delay = 1s
END
$node->start;
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;

# Charts of any day in an ephemeris of mean motions, some of them incomplete, some unknown.  answers() searches by index or
# by sort, in the snapshot of its transaction; of rows that are equally good it does not matter which one comes first.
$node->safe_psql('postgres', <<'END');
CREATE EXTENSION synastry;
CREATE TABLE crowd (id serial PRIMARY KEY, chart chart);
CREATE FUNCTION born(day float8) RETURNS chart LANGUAGE sql IMMUTABLE AS
$$ SELECT ARRAY[day * 0.985647, day * 13.176396 + 18, day * 1.38 + 25, day * 1.22 + 182, day * 0.524071 + 355,
	day * 0.083129 + 34, day * 0.033498 + 50, day * 0.011773 + 314, day * 0.005997 + 304, day * 0.00397 + 238]::chart $$;
CREATE FUNCTION anybody() RETURNS chart LANGUAGE sql VOLATILE AS
$$ SELECT CASE WHEN kind < 0.05 THEN NULL WHEN kind < 0.15 THEN born(floor(day)) - '{moon}'::text[] WHEN kind < 0.2 THEN chart(ARRAY['vega'], ARRAY[day])
		WHEN kind < 0.3 THEN born(floor(day / 1000)) ELSE born(day) END
	FROM (SELECT random() AS kind, random() * 25567 AS day) d $$;
INSERT INTO crowd (chart) SELECT anybody() FROM generate_series(1, 5000);
CREATE INDEX crowd_chart ON crowd USING synastry (chart);

CREATE FUNCTION answers(by_index bool, query chart, n int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	PERFORM set_config('enable_seqscan', CASE WHEN by_index THEN 'off' ELSE 'on' END, true),
		set_config('enable_sort', CASE WHEN by_index THEN 'off' ELSE 'on' END, true),
		set_config('enable_indexscan', CASE WHEN by_index THEN 'on' ELSE 'off' END, true);
	EXECUTE 'SELECT concat_ws('' '', count(*), count(mismatch), md5(string_agg(mismatch::text, '','')),
			CASE WHEN count(*) < $2 THEN md5(string_agg(CASE WHEN mismatch IS NULL THEN '''' ELSE id::text END, '','' ORDER BY mismatch, id)) END)
		FROM (SELECT id, chart <~> $1 AS mismatch FROM crowd ORDER BY chart <~> $1 LIMIT $2) found' INTO result USING query, n;
	RETURN result;
END $$;
CREATE FUNCTION check_answers(n int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	query chart := born(random() * 25567);
BEGIN
	IF answers(true, query, n) <> answers(false, query, n) THEN
		RAISE EXCEPTION 'the % best of % differ', n, query;
	END IF;
END $$;
END

like($node->safe_psql('postgres', "SET enable_seqscan = off; SET enable_sort = off; EXPLAIN SELECT id FROM crowd ORDER BY chart <~> born(1) LIMIT 100000"),
	qr/Index Scan using crowd_chart/, 'what is tested is the index');

# What goes on at the same time; every session does one thing again and again.
my %scripts = (
	insert => "INSERT INTO crowd (chart) SELECT anybody() FROM generate_series(1, 1 + (random() * 30)::int);",
	update => "UPDATE crowd SET chart = anybody() WHERE id = (SELECT id FROM crowd ORDER BY id OFFSET floor(random() * 3000) LIMIT 1);",
	delete => "DELETE FROM crowd WHERE id IN (SELECT id FROM crowd ORDER BY id OFFSET floor(random() * 3000) LIMIT (random() * 20)::int);",
	rollback => "BEGIN;\nINSERT INTO crowd (chart) SELECT anybody() FROM generate_series(1, 20);\nROLLBACK;",
	vacuum => "VACUUM crowd;",
	search => "\\set n random(1, 100)\nBEGIN ISOLATION LEVEL REPEATABLE READ;\nSELECT check_answers(:n);\nCOMMIT;",
	search_all => "BEGIN ISOLATION LEVEL REPEATABLE READ;\nSELECT check_answers(10000000);\nCOMMIT;",
	search_with_little_memory => "SET work_mem = '64kB';\nBEGIN ISOLATION LEVEL REPEATABLE READ;\nSELECT check_answers(10000000);\nCOMMIT;",
);
my $directory = PostgreSQL::Test::Utils::tempdir();
append_to_file("$directory/$_", "$scripts{$_}\n") for keys %scripts;

sub start_session
{
	my ($server, $script, $time) = @_;
	my ($out, $err) = ('', '');
	my $run = IPC::Run::start(
		[ 'pgbench', '-n', '-c', 1, '-T', $time, '-f', "$directory/$script", $server->connstr('postgres') ],
		'<', \undef, '>', \$out, '2>', \$err, IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));
	return { script => $script, run => $run, out => \$out, err => \$err };
}

# The same for a query of our own choice on any server.
sub answers
{
	my ($server, $by_index, $day) = @_;
	return $server->safe_psql('postgres', "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT answers($by_index, born($day), 1000000); COMMIT");
}

sub check_all
{
	my ($server, $when) = @_;
	is(join(' ', map { answers($server, 'true', $_) } 1, 10000), join(' ', map { answers($server, 'false', $_) } 1, 10000), "the same by index and by sort, $when");
	return;
}

# On a standby a search may have to be repeated, but is never wrong.
sub search_standby
{
	my ($until) = @_;
	my ($searches, $conflicts) = (0, 0);
	my @wrong;

	while (time() < $until)
	{
		my ($out, $err);
		my $n = 1 + int(rand(2) * 50);
		my $status = $standby->psql('postgres',
			"BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT check_answers($n); SELECT check_answers(10000000); COMMIT",
			stderr => \$err, on_error_stop => 1);
		$searches++;
		next if $status == 0;
		if ($err =~ /conflict with recovery/) { $conflicts++; }
		else { push @wrong, $err; }
	}
	note("$searches searches on the standby, $conflicts of them conflicts");
	cmp_ok($searches, '>', $conflicts, 'the standby is searched meanwhile');
	is("@wrong", '', 'nothing but conflicts on the standby');
	return;
}

my $deadline = time() + $seconds;
my @sessions = map { start_session($node, $_, $seconds) } sort keys %scripts;
push @sessions, start_session($node, 'search', $seconds) for 1 .. 2;
$node->wait_for_catchup($standby);
search_standby($deadline);
foreach my $session (@sessions)
{
	$session->{run}->finish;
	my ($count) = ${ $session->{out} } =~ /transactions actually processed: (\d+)/;
	note("$session->{script}: " . ($count // 'none'));
	ok($session->{run}->result(0) == 0 && $count, "$session->{script} at the same time") or diag(${ $session->{err} });
}

check_all($node, 'afterwards');
is($node->safe_psql('postgres', "SELECT synastry_index_check('crowd_chart')"), '', 'the index is whole');
$node->wait_for_catchup($standby);
check_all($standby, 'on the standby');
is(answers($standby, 'true', 77), answers($node, 'true', 77), 'the same on the standby as on the primary');

# Crashes in the middle of it all.
foreach my $crash (1 .. 2)
{
	@sessions = map { start_session($node, $_, 60) } qw(insert update delete vacuum search);
	sleep(1 + rand(0.5));
	$node->stop('immediate');
	foreach my $session (@sessions)
	{
		$session->{run}->finish;
		unlike(${ $session->{err} }, qr/differ|corrupted/, "$session->{script} before crash $crash");
	}
	$node->start;
	check_all($node, "after crash $crash");
	is($node->safe_psql('postgres', "SELECT synastry_index_check('crowd_chart')"), '', "the index is whole after crash $crash");
}

$node->safe_psql('postgres', 'VACUUM crowd; DELETE FROM crowd WHERE id % 3 = 0; VACUUM crowd; REINDEX INDEX CONCURRENTLY crowd_chart');
check_all($node, 'after REINDEX CONCURRENTLY');
$node->wait_for_catchup($standby);
check_all($standby, 'on the standby in the end');
is(answers($standby, 'true', 77), answers($node, 'true', 77), 'the same on the standby as on the primary in the end');

# Whoever is promoted goes on.
$standby->promote;
$standby->safe_psql('postgres', 'INSERT INTO crowd (chart) SELECT anybody() FROM generate_series(1, 500); VACUUM crowd');
check_all($standby, 'after the promotion');

$standby->stop;
$node->stop;
done_testing();
