# Charts in distributed tables: what runs on the shards, and answers equal to those of a local table.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my @nodes = map { PostgreSQL::Test::Cluster->new($_) } qw(coordinator worker1 worker2);
foreach my $node (@nodes)
{
	$node->init;
	$node->append_conf('postgresql.conf', <<'END');
shared_preload_libraries = 'citus, synastry'
citus.enable_statistics_collection = off
citus.shard_count = 4
citus.explain_all_tasks = on
max_connections = 60
max_prepared_transactions = 60
wal_level = logical
END
	# for connections to itself; a directory of sockets is a host, too
	$node->append_conf('postgresql.conf', sprintf "citus.local_hostname = '%s'", $node->host);
	$node->start;
	$node->safe_psql('postgres', 'CREATE EXTENSION citus');
}
my ($coordinator, @workers) = @nodes;

sub ask { return $coordinator->safe_psql('postgres', $_[0]); }

ask(sprintf "SELECT citus_set_coordinator_host('%s', %d)", $coordinator->host, $coordinator->port);
ask(sprintf "SELECT citus_add_node('%s', %d)", $_->host, $_->port) foreach @workers;
ask('CREATE EXTENSION synastry');
is($_->safe_psql('postgres', q{SELECT count(*) FROM pg_extension WHERE extname = 'synastry'}), 1, 'CREATE EXTENSION reaches ' . $_->name) foreach @workers;

ask(<<'END');
CREATE TABLE everyone AS
SELECT i AS id, i % 3 AS tribe,
	CASE WHEN i % 500 <> 0 THEN ARRAY(SELECT (i * 137.50776 * body + body * body * 31)::float8 FROM generate_series(1, 10) body)::chart END AS chart
FROM generate_series(1, 4000) i;
CREATE TABLE people (id int PRIMARY KEY, tribe int, chart chart);
SELECT create_distributed_table('people', 'id');
INSERT INTO people SELECT * FROM everyone;
CREATE INDEX people_chart ON people USING synastry (chart);

CREATE TABLE every_position AS
SELECT row_number() OVER () AS n, id, body, longitude FROM everyone, bodies(chart) WHERE id <= 200;
CREATE TABLE positions (n int, id int, body text, longitude float8);
SELECT create_distributed_table('positions', 'n');
INSERT INTO positions SELECT * FROM every_position;
ANALYZE;
END
my $natal = ask('SELECT chart FROM everyone WHERE id = 77');

# The plan, which shows all four shards, has it so often.
sub on_shards
{
	my ($query, $pattern, $name) = @_;
	my $plan = ask("EXPLAIN (VERBOSE, COSTS OFF) $query");
	return is(scalar(() = $plan =~ /$pattern/g), 4, "$name: on four shards") || diag $plan;
}

sub same
{
	my ($query, $name) = @_;
	my $answer = ask($query);
	my $local = $query =~ s/\bpeople\b/everyone/gr =~ s/\bpositions\b/every_position/gr;
	isnt($answer, '', "$name: an answer");
	return is($answer, ask($local), "$name: as of a local table");
}

my $filter = "SELECT id, synastry_score(chart, '$natal') FROM people WHERE synastry_score(chart, '$natal') > 25";
on_shards($filter, qr/Filter: \(synastry_score\(/, 'filter');
same("$filter ORDER BY id", 'filter');
same("SELECT synastry_report(chart, '$natal')->'score', aspect_grid(aspect_matrix(chart, '$natal')) FROM people WHERE id = 5", 'one person');
same("SELECT synastry(chart, '$natal')->'score' FROM people WHERE id < 10 ORDER BY id", 'synastry(), which is volatile');

foreach my $right ("'$natal'", "score_query('$natal', 'weighted')")
{
	my $best = "SELECT id FROM people ORDER BY chart <~> $right LIMIT 10";
	on_shards($best, qr/->  Limit\n.*\n *->  Index Scan using people_chart_\d+ /, 'the best, limit and index');
	same($best, 'the best');
}
same("SELECT id FROM people WHERE tribe = 1 ORDER BY chart <~> '$natal' LIMIT 10", 'the best of a tribe');

foreach my $aggregate ("aspect_tally(chart, '$natal')", "aspect_tally(chart, '$natal', 'major; scale 0.5')",
	'group_tally(chart) FILTER (WHERE id < 300)', 'composite_agg(chart)')
{
	my ($name) = $aggregate =~ /^(\w+)/;
	on_shards("SELECT $aggregate FROM people", qr/Output: worker_partial_agg\(/, $name);
	same("SELECT $aggregate FROM people", $name);
	same("SELECT tribe, $aggregate FROM people GROUP BY tribe ORDER BY tribe", "$name by tribe");
}
same('SELECT sum(tally) FROM (SELECT tribe, aspect_tally(chart, chart) AS tally FROM people GROUP BY tribe) AS tribes', 'sum of tallies');
on_shards('SELECT id, chart_agg(body, longitude) FROM positions GROUP BY id', qr/Output: id, worker_partial_agg\(/, 'chart_agg');
same('SELECT id, chart_agg(body, longitude) FROM positions GROUP BY id ORDER BY id', 'chart_agg');
same('SELECT aspect_matrix_agg(body, longitude, longitude) FROM positions WHERE id = 7', 'aspect_matrix_agg');

# Batches run where they are called and read distributed tables like others.
same("SELECT left_id, right_id, score, rank FROM synastry_cross('SELECT id, chart FROM people WHERE id <= 4', 'SELECT id, chart FROM people', 3) ORDER BY 1, 4",
	'cross of queries');
same("SELECT left_id, right_id FROM synastry_cross('people'::regclass, 'people'::regclass, 1) ORDER BY 1", 'cross of tables');
same("SELECT a_id, b_id, score, matrix FROM synastry_batch('SELECT a.id AS a_id, a.chart AS a, b.id AS b_id, b.chart AS b FROM people AS a JOIN people AS b USING (id) WHERE id < 100') ORDER BY 1",
	'batch');

# Shards move in copies through the binary form, and are whole afterwards.
my $checks = q{SELECT count(*) FILTER (WHERE success), count(*) FROM run_command_on_shards('people', $$
	SELECT synastry_index_check(indexrelid) FROM pg_index WHERE indrelid = '%s'::regclass AND NOT indisprimary$$)};
is(ask($checks), '4|4', 'indexes of shards pass their check');
my $shard = ask("SELECT min(shardid) FROM citus_shards WHERE table_name = 'people'::regclass AND nodeport = " . $workers[0]->port);
ask(sprintf "SELECT citus_move_shard_placement(%d, '%s', %d, '%s', %d, 'block_writes')", $shard, map { ($_->host, $_->port) } @workers);
is(ask("SELECT count(*) FROM citus_shards WHERE table_name = 'people'::regclass AND nodeport = " . $workers[1]->port), 3, 'a shard moved');
is(ask($checks), '4|4', 'its index passes, too');
same("SELECT id FROM people ORDER BY chart <~> '$natal' LIMIT 100", 'the best after the move');

$_->stop foreach @nodes;
done_testing();
