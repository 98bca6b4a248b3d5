# What the README shows of statistics runs as it stands there.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use Page qw(page section queries);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $section = section(page('README.md'), 'Statistics');
my @queries = map { $_->{text} } queries($section);
cmp_ok(scalar @queries, '>=', 4, 'the README has queries');

# the value of "query: |" is what is indented deeper
my ($exporter) = $section =~ /^  query: \|\n((?:    .*\n)+)/m;
ok($exporter, 'and one for an exporter');
my @metrics = $section =~ /^    - (\w+): \{usage: (?:LABEL|COUNTER|GAUGE), /mg;

my $node = PostgreSQL::Test::Cluster->new('readme');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'synastry'");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION synastry');

foreach my $query (@queries)
{
	my ($first) = $query =~ /^(.*)$/m;

	is($node->psql('postgres', $query), 0, $first);
}

# each column of the exporter's query is a metric or a label
$node->safe_psql('postgres', q{SELECT synastry_score('{"sun": 1}', '{"sun": 2}')});
$node->safe_psql('postgres', "CREATE VIEW exporter AS $exporter");
is( $node->safe_psql(
		'postgres',
		q{SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute
		  WHERE attrelid = 'exporter'::regclass AND attnum > 0}),
	join(' ', @metrics),
	'columns and metrics of the exporter are the same');
is( $node->safe_psql('postgres', q{SELECT calls FROM exporter WHERE operation = 'score'}),
	'1', 'a call is exported');

$node->stop;
done_testing();
