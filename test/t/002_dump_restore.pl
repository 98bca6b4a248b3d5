# pg_dump and pg_restore: databases that use the types, functions and operators
# come back with equal content, although a restore runs with an empty search
# path.

use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('dump_restore');
$node->init(extra => [ '--encoding=UTF8', '--no-locale' ]);
$node->start;

my $directory = PostgreSQL::Test::Utils::tempdir;
my $data = "$FindBin::RealBin/../data";

$node->safe_psql('postgres', 'CREATE DATABASE original');
$node->safe_psql('original', <<"SQL");
CREATE SCHEMA astrology;
CREATE EXTENSION synastry SCHEMA astrology;
SET search_path = public, astrology;

CREATE TABLE positions (id int, body text, longitude float8, speed float8, declination float8);
CREATE TABLE house_cusps (id int, house int, longitude float8);
COPY positions FROM '$data/positions.csv' (FORMAT csv, HEADER);
COPY house_cusps FROM '$data/cusps.csv' (FORMAT csv, HEADER);

-- A column, with what may hang on it
CREATE TABLE people (
	id int PRIMARY KEY,
	chart chart UNIQUE DEFAULT '{"sun": 0}' CHECK (longitude(chart, 'sun') IS NOT NULL),
	moon float8 GENERATED ALWAYS AS (longitude(chart, 'moon')) STORED,
	to_lennon float8 GENERATED ALWAYS AS (synastry_score(chart, '{"sun": 196.2678939, "moon": 303.5466256}')) STORED
);
INSERT INTO people (id, chart)
	SELECT id, chart(bodies, longitudes, speeds, declinations, cusps)
	FROM (SELECT id, array_agg(body) AS bodies, array_agg(longitude) AS longitudes,
	             array_agg(speed) AS speeds, array_agg(declination) AS declinations
	      FROM positions GROUP BY id) AS p
	LEFT JOIN (SELECT id, array_agg(longitude ORDER BY house) AS cusps
	           FROM house_cusps GROUP BY id) AS c USING (id);
CREATE INDEX people_score ON people (synastry_score(chart, '{"sun": 86.69}', 'weighted; aspects (major)'));
CREATE INDEX people_hash ON people USING hash (chart);

-- Every type
CREATE TABLE settings AS
	SELECT name, aspects, format('weighted; aspects (%s); worth conjunction 1', aspects)::score_model AS model
	FROM synastry_aspect_sets();
CREATE TABLE queries AS
	SELECT id, name, score_query(chart, model) AS query FROM people, settings WHERE id <= 10;
CREATE TABLE matrices AS
	SELECT a.id AS a, b.id AS b, name, aspect_matrix(a.chart, b.chart, aspects) AS matrix
	FROM people AS a, people AS b, settings
	WHERE a.id <= 5 AND b.id <= 5;
CREATE TABLE groups (name text, charts chart[], preferred aspect_set DEFAULT 'modern, quintile 2');
INSERT INTO groups SELECT 'Beatles', array_agg(chart ORDER BY id) FROM people WHERE id IN (1, 3, 4, 5);
INSERT INTO groups VALUES ('nobody', '{}', NULL), ('unknown', '{NULL}', 'trine 8, h24=15 0.5; first');

-- Partitions whose bounds depend on the hash of a chart
CREATE TABLE by_chart (chart chart) PARTITION BY HASH (chart);
CREATE TABLE by_chart_0 PARTITION OF by_chart FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE by_chart_1 PARTITION OF by_chart FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO by_chart SELECT chart FROM people;

-- Queries that are stored
CREATE MATERIALIZED VIEW best_matches AS
	SELECT a.id AS a, b.id AS b, a.chart <~> b.chart AS mismatch, b.chart
	FROM people AS a JOIN people AS b ON a.id < b.id
	WHERE a.chart <~> b.chart < -10;
CREATE UNIQUE INDEX ON best_matches (a, b);
CREATE VIEW transits AS
	SELECT id, t.* FROM people, aspects(chart, '{"saturn": 43.2}'::jsonb, 'predictive; bodies_a luminaries') AS t;
CREATE FUNCTION distance(chart, chart) RETURNS float8 IMMUTABLE LANGUAGE sql
	BEGIN ATOMIC SELECT \$1 <~> score_query(\$2, 'weighted'); END;
CREATE DOMAIN known_time AS chart CHECK (cusps(VALUE) IS NOT NULL);
CREATE TABLE timed (chart known_time);
INSERT INTO timed SELECT chart FROM people WHERE cusps(chart) IS NOT NULL;
ANALYZE;
SQL

my @contents = (
	(map { "SELECT t::text FROM $_ AS t ORDER BY 1" }
		  qw(people settings queries matrices groups by_chart_0 by_chart_1 best_matches transits timed)),
	'SELECT id, (astrology.bodies(chart)).* FROM people ORDER BY id',
	'SELECT a.id, b.id, distance(a.chart, b.chart) FROM people AS a, people AS b ORDER BY 1, 2',
	"SET enable_seqscan = off; SELECT id FROM people
		WHERE astrology.synastry_score(chart, '{\"sun\": 86.69}', 'weighted; aspects (major)') > 5 ORDER BY 1",
	"SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
	"SELECT pg_get_viewdef('transits'), pg_get_viewdef('best_matches')",
	"SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef ORDER BY 1",);

# what a query answers in a database
sub answer { my ($database, $query) = @_; return $node->safe_psql($database, $query) }

my @original = map { answer('original', $_) } @contents;
is(scalar(grep { $_ eq '' } @original), 0, 'the original has content');

my %ways = (
	'custom format' => sub {
		my $database = shift;
		$node->command_ok([ 'pg_dump', '-Fc', '-f', "$directory/dump", $node->connstr('original') ], 'pg_dump');
		$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr($database), "$directory/dump" ], 'pg_restore');
	},
	'directory, in parallel' => sub {
		my $database = shift;
		$node->command_ok([ 'pg_dump', '-Fd', '-j2', '-f', "$directory/dump.d", $node->connstr('original') ], 'pg_dump in parallel');
		$node->command_ok([ 'pg_restore', '-j2', '-d', $node->connstr($database), "$directory/dump.d" ], 'pg_restore in parallel');
	},
	'INSERT statements' => sub {
		my $database = shift;
		$node->command_ok([ 'pg_dump', '--inserts', '-f', "$directory/dump.sql", $node->connstr('original') ], 'pg_dump as INSERTs');
		$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr($database), '-f', "$directory/dump.sql" ], 'psql');
	},);

my $n = 0;
foreach my $way (sort keys %ways)
{
	my $database = 'restored_' . ++$n;
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template0");
	$ways{$way}->($database);
	is_deeply([ map { answer($database, $_) } @contents ], \@original, "$way: equal content");

	# What was generated, indexed and materialized is what would be made now.
	is( answer($database, <<'SQL'), 't|t', "$way: stored results are those of the functions");
SET search_path = public, astrology;
SELECT bool_and(to_lennon IS NOT DISTINCT FROM synastry_score(chart, '{"sun": 196.2678939, "moon": 303.5466256}')
	AND moon = longitude(chart, 'moon')),
	(SELECT bool_and(mismatch = a.chart <~> b.chart AND m.chart = b.chart)
	 FROM best_matches AS m JOIN people AS a ON a.id = m.a JOIN people AS b ON b.id = m.b)
FROM people;
SQL
}

# The extension itself is dumped as such, not its objects.
unlike(slurp_file("$directory/dump.sql"), qr/CREATE FUNCTION astrology\.|CREATE TYPE|CREATE OPERATOR/,
	'objects of the extension are not dumped');

$node->stop;
done_testing();
