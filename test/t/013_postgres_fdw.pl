# Partitions on other servers by postgres_fdw: what runs there, and answers equal to those of a local table.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $charts = <<'END';
SELECT i AS id, CASE WHEN i % 2 = 0 THEN 'east' ELSE 'west' END AS region,
	CASE WHEN i % 500 <> 0 THEN ARRAY(SELECT (i * 137.50776 * body + body * body * 31)::float8 FROM generate_series(1, 10) body)::chart END AS chart
FROM generate_series(1, 4000) i
END

my %node;
foreach my $name (qw(hub east west))
{
	my $node = $node{$name} = PostgreSQL::Test::Cluster->new($name);
	$node->init;
	$node->start;
	$node->safe_psql('postgres', 'CREATE EXTENSION synastry');
	$node->safe_psql('postgres', <<"END") if $name ne 'hub';
CREATE TABLE people (id int PRIMARY KEY, region text NOT NULL, chart chart);
INSERT INTO people SELECT * FROM ($charts) AS charts WHERE region = '$name';
CREATE INDEX ON people USING synastry (chart);
VACUUM ANALYZE people;
END
}

# What is no partition: databases without the extension, with it in another schema and in an older version.
$node{west}->safe_psql('postgres', "CREATE DATABASE $_") foreach qw(bare elsewhere older);
$node{west}->safe_psql('bare', 'CREATE TABLE people (id int, region text, chart text)');
$node{west}->safe_psql('bare', q{INSERT INTO people VALUES (1, 'bare', '{"sun": 100}')});
$node{west}->safe_psql('elsewhere', 'CREATE SCHEMA stars; CREATE EXTENSION synastry SCHEMA stars');
$node{west}->safe_psql('elsewhere', 'CREATE TABLE people (id int, region text, chart stars.chart)');
$node{west}->safe_psql('older', "CREATE EXTENSION synastry VERSION '0.1.0'");
$node{west}->safe_psql('older', 'CREATE TABLE people (id int, region text, chart chart)');
$node{west}->safe_psql('older', q{INSERT INTO people VALUES (1, 'older', '{"sun": 100}')});

sub ask { return $node{hub}->safe_psql('postgres', "SET enable_partitionwise_aggregate = on; $_[0]"); }

sub connect_to
{
	my ($name, $node, $database) = @_;
	my ($host, $port) = ($node->host, $node->port);
	return <<"END";
CREATE SERVER $name FOREIGN DATA WRAPPER postgres_fdw
	OPTIONS (host '$host', port '$port', dbname '$database', extensions 'synastry', use_remote_estimate 'true');
CREATE USER MAPPING FOR CURRENT_USER SERVER $name;
END
}

ask('CREATE EXTENSION postgres_fdw');
ask(connect_to($_, $node{$_}, 'postgres')) foreach qw(east west);
ask(connect_to($_, $node{west}, $_)) foreach qw(bare elsewhere older);
ask(<<"END");
CREATE TABLE people (id int, region text, chart chart) PARTITION BY LIST (region);
CREATE FOREIGN TABLE people_east PARTITION OF people FOR VALUES IN ('east') SERVER east OPTIONS (table_name 'people');
CREATE FOREIGN TABLE people_west PARTITION OF people FOR VALUES IN ('west') SERVER west OPTIONS (table_name 'people');
CREATE TABLE everyone AS $charts;
ANALYZE everyone;
END

my $natal = ask('SELECT chart FROM everyone WHERE id = 77');

# What a plan sends away, one line a statement.
sub remote_sql { return join "\n", ask("EXPLAIN (VERBOSE, COSTS OFF) $_[0]") =~ /Remote SQL: (.*)/g; }

# The answer from the partitions and from the local table.
sub same
{
	my ($query, $name) = @_;
	my $answer = ask($query);
	(my $local = $query) =~ s/people(_east|_west)?\b/$1 ? "(SELECT * FROM everyone WHERE region = '" . substr($1, 1) . "') AS people" : 'everyone'/ge;
	isnt($answer, '', "$name: an answer");
	return is($answer, ask($local), "$name: as of a local table");
}

#
# Filters and scores
#

my $score = "synastry_score(chart, '$natal')";
my $filter = "SELECT id, round($score) FROM people WHERE $score > 25 ORDER BY id";
my @sent = split /\n/, remote_sql($filter);
is(scalar @sent, 2, 'a filter goes to both servers');
like($_, qr/WHERE \(\(public\.synastry_score\(chart, '.*'::public\.chart, '.*'::public\.score_model\) > 25/, 'a score in WHERE runs there') foreach @sent;
same($filter, 'filter');

my $weighted = "SELECT count(*) FROM people WHERE synastry_score(chart, '$natal', 'weighted; aspects (major)') > 40";
unlike(remote_sql($weighted), qr/SELECT .*chart.* FROM .*people$/m, 'no chart travels for another model');
same($weighted, 'another model');

foreach my $condition (
	"synastry_report(chart, '$natal') @@ '\$.score > 25'",
	"aspect_codes(aspect_matrix(chart, '$natal', 'major; scale 0.8')) <> '{}' AND id < 100",
	"cusps(chart || '{\"cusps\": [0,30,60,90,120,150,180,210,240,270,300,330]}') IS NOT NULL AND id < 100",
	"chart = '$natal'",
	"composite(chart, '$natal') <~> '$natal' < -60")
{
	like(remote_sql("SELECT id FROM people_east WHERE $condition"), qr/ WHERE /, "sent: $condition");
	my $west = $condition =~ /^chart/ ? 'people_west' : 'people_east';
	same("SELECT id FROM $west WHERE $condition ORDER BY id", 'there');
}

# postgres_fdw sends no operation on a constant with a collation.
my $moon = "SELECT id FROM people_east WHERE longitude(chart, 'moon') < 10 ORDER BY id";
unlike(remote_sql($moon), qr/ WHERE /, 'a name of a body is not sent');
same($moon, 'name of a body');

#
# The best matches
#

my $best = "ORDER BY chart <~> '$natal' LIMIT 10";
like(remote_sql("SELECT id FROM people_east $best"),
	qr/ORDER BY \(chart OPERATOR\(public\.<~>\) '.*'\) ASC NULLS LAST LIMIT 10/, 'of one server: sort and limit run there');
same("SELECT id FROM people_east $best", 'best of one server');

my ($there) = remote_sql("SELECT id FROM people_east $best");
like($node{east}->safe_psql('postgres', "SET search_path = pg_catalog; EXPLAIN $there"),
	qr/Index Scan using people_chart_idx/, 'the index there answers');

my $by_model = "ORDER BY chart <~> score_query('$natal', 'weighted') LIMIT 3";
like(remote_sql("SELECT id FROM people_east $by_model"), qr/<~>.*::public\.score_query.* LIMIT 3/, 'so do those by another model');
same("SELECT id FROM people_east $by_model", 'best by another model');

my $branches = join ' UNION ALL ', map { "(SELECT id, chart FROM people_$_ $best)" } qw(east west);
@sent = split /\n/, remote_sql("SELECT id FROM ($branches) AS people $best");
is(scalar(grep { /<~>.* LIMIT 10/ } @sent), 2, 'of all: a branch a server, each with its limit');
is(ask("SELECT id FROM ($branches) AS best $best"), ask("SELECT id FROM everyone $best"), 'best of all: as of a local table');
same("SELECT id FROM people $best", 'best of the partitioned table');

# With parameters: generic plans send them, too.
is(ask("SET plan_cache_mode = force_generic_plan; PREPARE best(chart) AS SELECT id FROM people_east ORDER BY chart <~> \$1 LIMIT 3; EXECUTE best('$natal')"),
	ask("SELECT id FROM everyone WHERE region = 'east' ORDER BY chart <~> '$natal' LIMIT 3"), 'a parameter is sent');

#
# Aggregates
#

foreach my $aggregate ("aspect_tally(chart, '$natal')", "group_tally(chart) FILTER (WHERE id < 100)", 'composite_agg(chart)')
{
	my ($name) = $aggregate =~ /^(\w+)/;
	like(remote_sql("SELECT $aggregate FROM people_east"), qr/SELECT public\.$name\(/, "$name of one server is sent whole");
	same("SELECT $aggregate FROM people_east", $name);

	my $by_region = "SELECT region, $aggregate FROM people GROUP BY region ORDER BY region";
	is(scalar(() = remote_sql($by_region) =~ /SELECT region, public\.$name\(/g), 2, "$name by partition: whole aggregates");
	same($by_region, "$name by partition");
	same("SELECT $aggregate FROM people", "$name of all");
}

# What a whole aggregate makes on each server adds up here.
my $parts = "SELECT sum(tally) FROM (SELECT aspect_tally(chart, '$natal') AS tally FROM people GROUP BY region) AS parts";
is(scalar(() = remote_sql($parts) =~ /SELECT .*public\.aspect_tally\(/g), 2, 'tallies of the partitions');
is(ask($parts), ask("SELECT aspect_tally(chart, '$natal') FROM everyone"), 'they add up');

#
# Import and writing
#

ask('CREATE SCHEMA imported; IMPORT FOREIGN SCHEMA public LIMIT TO (people) FROM SERVER west INTO imported');
is(ask("SELECT count(*), count(chart), pg_typeof((array_agg(chart))[1]) FROM imported.people"), '2000|2000|chart', 'imported columns have our type');
is(ask(<<"END"), '4002|t', 'charts written through a partition arrive');
INSERT INTO people SELECT 4002, 'east', chart || '{"chiron": {"longitude": 17.5, "speed": -0.01}}' FROM everyone WHERE id = 77;
SELECT id, chart = '$natal'::chart || '{"chiron": {"longitude": 17.5, "speed": -0.01}}' FROM people WHERE id > 4000;
END
ask('DELETE FROM people WHERE id > 4000');

# Batches read through cursors, from wherever.
is(ask("SELECT left_id, right_id, rank FROM synastry_cross('SELECT id, chart FROM people WHERE id <= 4', 'SELECT id, chart FROM people', 2) ORDER BY 1, 3"),
	ask("SELECT left_id, right_id, rank FROM synastry_cross('SELECT id, chart FROM everyone WHERE id <= 4', 'SELECT id, chart FROM everyone', 2) ORDER BY 1, 3"),
	'a cross over partitions');

#
# Servers that do not fit
#

sub fails
{
	my ($server, $expected, $name) = @_;
	ask("CREATE FOREIGN TABLE $server (id int, region text, chart chart) SERVER $server OPTIONS (table_name 'people', use_remote_estimate 'false')");
	my ($status, undef, $error) = $node{hub}->psql('postgres', "SELECT id FROM $server WHERE $score > 0");
	isnt($status, 0, $name);
	return like($error, $expected, "$name: the error says so");
}

fails('bare', qr/ERROR:  type "public\.chart" does not exist.*CONTEXT:  remote SQL command: .*synastry_score/s, 'no extension there');
fails('elsewhere', qr/ERROR:  type "public\.chart" does not exist.*CONTEXT:  remote SQL command/s, 'another schema there');
is(ask("SELECT id, chart FROM bare"), '1|{"sun": 100}', 'without the extension there, charts can be text');

ask("CREATE FOREIGN TABLE older (id int, region text, chart chart) SERVER older OPTIONS (table_name 'people')");
is(ask("SELECT id FROM older WHERE synastry_score(chart, '{\"sun\": 100}') > 0 ORDER BY chart <~> '{\"sun\": 100}' LIMIT 1"),
	'1', 'what an older version knows runs there');

$node{west}->safe_psql('older', "CREATE TABLE tallies AS SELECT aspect_tally(chart, chart) AS tally FROM people");
ask("CREATE FOREIGN TABLE tallies (tally aspect_tally) SERVER older");
my (undef, undef, $error) = $node{hub}->psql('postgres', 'SELECT sum(tally) FROM tallies');
like($error, qr/ERROR:  function public\.sum\(public\.aspect_tally\) does not exist.*remote SQL command/s, 'what it lacks is named');

$_->stop foreach values %node;
done_testing();
