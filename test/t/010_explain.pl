# EXPLAIN (ANALYZE, SYNASTRY): what a statement had the library do.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('explain');
$node->init;
$node->append_conf('postgresql.conf', "session_preload_libraries = 'synastry'");
$node->start;

if ($node->safe_psql('postgres', "SELECT current_setting('server_version_num')::int") < 180000)
{
	my ($result, $stdout, $stderr) =
	  $node->psql('postgres', 'EXPLAIN (ANALYZE, SYNASTRY) SELECT 1');

	like($stderr, qr/unrecognized EXPLAIN option "synastry"/, 'not before version 18');
	$node->stop;
	done_testing();
	exit;
}

$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION synastry;
CREATE TABLE people AS SELECT id, ('{"sun": ' || id || '}')::chart AS chart FROM generate_series(1, 300) AS id;
SQL

my $best = q{SELECT * FROM people ORDER BY chart <~> '{"sun": 5}' LIMIT 2};

like( $node->safe_psql('postgres', "EXPLAIN (ANALYZE, SYNASTRY) $best"),
	qr/^ *Synastry score: calls=300 pairs=300 cells=300$/m,
	'the scores of a query');
like( $node->safe_psql('postgres', "PREPARE best AS $best; EXPLAIN (ANALYZE, SYNASTRY) EXECUTE best"),
	qr/^ *Synastry score: calls=300 /m,
	'those of a prepared statement');
unlike($node->safe_psql('postgres', "EXPLAIN (ANALYZE) $best"), qr/Synastry/, 'nothing unasked');
unlike($node->safe_psql('postgres', "EXPLAIN (SYNASTRY) $best"), qr/Synastry/, 'nothing that did not run');
is( $node->safe_psql('postgres', <<'SQL'),
CREATE FUNCTION explained() RETURNS json LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, SYNASTRY, FORMAT json) SELECT synastry_report(chart, chart) FROM people WHERE id <= 2' INTO plan;
	RETURN plan;
END $$;
SELECT operation->>'Operation', operation->>'Calls', operation->>'Cache Misses'
FROM json_array_elements(explained()->0->'Synastry') AS operation;
SQL
	'report|2|2', 'figures for machines');

$node->stop;
done_testing();
