# What the README shows runs as it stands there, and gives what stands there.  Not run: literals, and
# queries of tables that an application may have.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use Page qw(page section queries columns);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $page = page('README.md');
my $section = section($page, 'Statistics');
cmp_ok(scalar queries($section), '>=', 4, 'the README has queries');

# the value of "query: |" is what is indented deeper
my ($exporter) = $section =~ /^  query: \|\n((?:    .*\n)+)/m;
ok($exporter, 'and one for an exporter');
my @metrics = $section =~ /^    - (\w+): \{usage: (?:LABEL|COUNTER|GAUGE), /mg;

my $node = PostgreSQL::Test::Cluster->new('readme');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'synastry'");
$node->start;

# what make demo has, in a schema as Installation has it
$node->safe_psql('postgres', 'CREATE DATABASE demo');
$node->command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('demo'), '-f', 'test/demo-load.sql' ],
	'there are people');

sub trimmed { return shift =~ s/ +$//mgr =~ s/\n+\z//r }

foreach my $query (queries($page))
{
	next if $query->{text} =~ /\$1|^'|\b(mydb|age|positions)\b|\bapp_/;

	my ($first) = $query->{text} =~ /^(.*)$/m;
	my ($code, $out, $err) = $node->psql('demo', $query->{text}, on_error_stop => 1,
		extra_params => [ '-P', 'format=aligned', '-P', 'tuples_only=off', '-P', 'footer=off' ]);
	is($code, 0, $first) or diag($err);
	next if !defined $query->{output};

	my $shown = $query->{output} =~ s/^\(\d+ rows?\)\n//mr;
	# figures of a server that has done more
	($out, $shown) = map { columns($_) } $out, $shown if index($section, $first) >= 0;
	is(trimmed($out), trimmed($shown), '... gives what is shown');
}

# each column of the exporter's query is a metric or a label
$node->safe_psql('postgres', 'CREATE EXTENSION synastry');
$node->safe_psql('postgres', q{SELECT synastry_score('{"sun": 1}', '{"sun": 2}')});
$node->safe_psql('postgres', "CREATE VIEW exporter AS $exporter");
is( $node->safe_psql(
		'postgres',
		q{SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute
		  WHERE attrelid = 'exporter'::regclass AND attnum > 0}),
	join(' ', @metrics),
	'columns and metrics of the exporter are the same');
is( $node->safe_psql('postgres', q{SELECT calls FROM exporter WHERE operation = 'score' AND datname = 'postgres'}),
	'1', 'a call is exported');

$node->stop;
done_testing();
