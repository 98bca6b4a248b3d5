# A query can be cancelled at any moment: in a search, a build, a batch, a report, a tally, a VACUUM.  Nothing is left over, and the
# session goes on.
use strict;
use warnings;

use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', <<'END');
shared_preload_libraries = 'synastry'
autovacuum = off
END
$node->start;

$node->safe_psql('postgres', <<'END');
CREATE EXTENSION synastry;
CREATE FUNCTION some_chart(i bigint) RETURNS chart LANGUAGE sql IMMUTABLE AS $$
	SELECT ARRAY(SELECT (i * 137.50776 * body + body * body * 31)::float8 FROM generate_series(1, 10) body)::chart
$$;
CREATE TABLE crowd AS SELECT i AS id, some_chart(i) AS chart FROM generate_series(1, 100000) i;
CREATE INDEX crowd_chart ON crowd USING synastry (chart);
CREATE TABLE plain AS SELECT * FROM crowd UNION ALL SELECT * FROM crowd UNION ALL SELECT * FROM crowd;
CREATE TABLE shrinking AS SELECT * FROM crowd;
CREATE INDEX shrinking_chart ON shrinking USING synastry (chart);
VACUUM ANALYZE;
-- one snapshot of another session keeps nothing: what is deleted goes at the next VACUUM
DELETE FROM shrinking WHERE id % 3 = 0;
END

# The pairs are chosen so that each of these takes seconds.
my $crowd = "'SELECT id, chart FROM crowd'";
my %statements = (
	'a search' => "SET enable_seqscan = off; SET enable_sort = off; SELECT count(*) FROM generate_series(1, 1000) i, LATERAL (SELECT chart <~> some_chart(i) FROM crowd ORDER BY chart <~> some_chart(i) OFFSET 0) s",
	'one long search' => "SET enable_seqscan = off; SET enable_sort = off; SELECT count(pg_sleep(0.0001)) FROM (SELECT id FROM crowd ORDER BY chart <~> some_chart(7) OFFSET 0) s",
	'a build' => 'DO $$ BEGIN FOR i IN 1..1000 LOOP CREATE INDEX built ON plain USING synastry (chart); DROP INDEX built; END LOOP; END $$',
	'a build in files' => "SET maintenance_work_mem = '1MB'; DO \$\$ BEGIN FOR i IN 1..1000 LOOP CREATE INDEX built ON plain USING synastry (chart); DROP INDEX built; END LOOP; END \$\$",
	'a batch' => "SELECT count(*) FROM synastry_batch('SELECT a.id AS a_id, a.chart AS a, b.id AS b_id, b.chart AS b FROM crowd a, crowd b')",
	'a cross' => "SELECT count(*) FROM synastry_cross($crowd, $crowd, top_k => 1000)",
	'a cross by index' => "SELECT count(*) FROM synastry_cross('crowd'::regclass, 'crowd'::regclass, top_k => 5)",
	'reports' => 'SELECT count(synastry_report(a.chart, b.chart)) FROM crowd a, crowd b',
	'a tally' => 'SELECT group_tally(chart) FROM crowd',
	'scores' => 'SELECT sum(synastry_score(a.chart, b.chart)) FROM crowd a, crowd b',
	'a check' => "SELECT synastry_index_check('crowd_chart') FROM generate_series(1, 1000)",
	'warming' => "SELECT synastry_cache_warm('SELECT a.chart AS a, b.chart AS b FROM crowd a, crowd b')",
	'inserts' => 'INSERT INTO crowd SELECT -a.id, a.chart FROM crowd a, generate_series(1, 100)',
);

sub left_over { return $node->safe_psql('postgres', "SELECT (SELECT count(*) FROM pg_stat_progress_synastry), (SELECT count(*) FROM pg_ls_tmpdir()), (SELECT count(*) FROM pg_class WHERE relname = 'built')"); }
my $good = "SELECT count(*) FROM synastry_cross('SELECT * FROM crowd WHERE id BETWEEN 1 AND 3', 'crowd'::regclass, top_k => 2)";

foreach my $name (sort keys %statements)
{
	# From within: the session goes on after the statement.
	my $start = time();
	my ($status, $out, $err) = $node->psql('postgres', "SET statement_timeout = '300ms'; $statements{$name}; RESET ALL; $good", on_error_stop => 0);
	like($err, qr/canceling statement due to statement timeout/, "statement_timeout in $name");
	is($out =~ /(\d+)\s*\z/ ? $1 : '', 6, 'and the session goes on');
	unlike($err, qr/WARNING/, 'without a warning');

	# From outside, when it is surely at work.
	($out, $err) = ('', '');
	my $session = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres') . ' application_name=cancelled', '-c', $statements{$name} ],
		'<', \undef, '>', \$out, '2>', \$err, IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));
	$node->poll_query_until('postgres', "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'cancelled' AND state = 'active')");
	sleep(0.1 + rand(0.2));
	my $asked = time();
	$node->safe_psql('postgres', "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'cancelled'");
	$session->finish;
	my $took = time() - $asked;
	like($err, qr/canceling statement due to user request/, "$name is cancelled");
	# a busy machine needs its time, but what does not look for interrupts takes for ever
	cmp_ok($took, '<', 5, sprintf('at once: %.3f s', $took));
	is(left_over(), '0|0|0', 'and nothing is left over');
}

# VACUUM runs in no transaction block; it stops, and the next one goes on.
my ($status, $out, $err) = $node->psql('postgres', "SET vacuum_cost_delay = '20ms'; SET vacuum_cost_limit = 10; SET statement_timeout = '500ms';\nVACUUM shrinking", on_error_stop => 0);
like($err, qr/canceling statement due to statement timeout/, 'VACUUM is cancelled');
$node->safe_psql('postgres', 'VACUUM shrinking');
foreach my $index (qw(crowd_chart shrinking_chart))
{
	is($node->safe_psql('postgres', "SELECT synastry_index_check('$index')"), '', "$index is whole after all");
}
is($node->safe_psql('postgres', "SELECT dead = 0 FROM synastry_index_statistics('shrinking_chart')"), 't', 'and VACUUM got to its end');
is($node->safe_psql('postgres', 'SET enable_seqscan = off; SET enable_sort = off; SELECT count(*), sum(id) FROM (SELECT id FROM shrinking ORDER BY chart <~> some_chart(7) OFFSET 0) s'),
	$node->safe_psql('postgres', 'SELECT count(*), sum(id) FROM shrinking'), 'with every row');

$node->stop;
done_testing();
