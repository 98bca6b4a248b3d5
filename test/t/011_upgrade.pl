# Every version of the SQL with this library: each is created, which looks up every C symbol that its script names,
# answers the same, and is updated to what a new installation is. test/suites/upgrade does so with the libraries of
# released versions.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../upgrade";

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Stored;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('upgrade');
$node->init(extra => [ '--encoding=UTF8', '--no-locale' ]);
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'synastry'\nautovacuum = off");
$node->start;

my $catalogue = fresh_catalogue($node);
my ($newest, @older) = split /\n/, $node->safe_psql('postgres',
	"SELECT v.version FROM pg_available_extension_versions v JOIN pg_available_extensions e USING (name) WHERE name = 'synastry' ORDER BY v.version = default_version DESC, v.version");
cmp_ok(scalar(@older), '>=', 1, 'there is a version to update from');

create_stored($node, 'stored');
my $answers = answers($node, 'stored');
unlike($_->[1], qr/^psql|^$/, "an answer: $_->[0]") foreach @$answers;

foreach my $version (@older)
{
	my $database = 'stored_' . $version =~ tr/./_/r;
	my $offset = -s $node->logfile;
	create_stored($node, $database, $version);
	is_deeply(answers($node, $database), $answers, "$version: the SQL of then answers the same");
	$node->safe_psql($database, 'ALTER EXTENSION synastry UPDATE');
	is($node->safe_psql($database, "SELECT extversion FROM pg_extension WHERE extname = 'synastry'"), $newest, "$version: updated to $newest");
	is_deeply(catalogue($node, $database), $catalogue, "$version: updated, its objects are those of a new installation");
	is_deeply(answers($node, $database), $answers, "$version: updated, it answers the same");
	check_indexes($node, $database, "$version, updated");
	write_on($node, $database, "$version, updated");
	is(complaints($node, $offset), '', "$version: the log is clean");
}

$node->stop;
done_testing();
