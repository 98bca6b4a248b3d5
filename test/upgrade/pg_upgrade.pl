# pg_upgrade of a database that uses everything; called by test/suites/upgrade and debian, which may tell
#
#   UPGRADE_OLD_POSTGRES	the installation to come from; else the one under test, for a new cluster of the same version
use strict;
use warnings;

use File::Basename;
use FindBin;
use lib $FindBin::RealBin;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Stored;
use Test::More;

my $dump = PostgreSQL::Test::Utils::tempdir . '/dump';
my @old_installation = $ENV{UPGRADE_OLD_POSTGRES} ? (install_path => $ENV{UPGRADE_OLD_POSTGRES}) : ();

sub make_node
{
	my ($name, @installation) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name, @installation);
	# 18 has checksums unless told otherwise, and clusters must agree
	$node->init(extra => [ '--encoding=UTF8', '--no-locale', '--data-checksums' ]);
	$node->append_conf('postgresql.conf', "shared_preload_libraries = 'synastry'\nautovacuum = off");
	return $node;
}

# What planners know about charts.
my $planner = q{SELECT tablename, md5(histogram_bounds::text), md5(most_common_vals::text) FROM pg_stats
	WHERE schemaname = 'public' AND tablename IN ('people', 'crowd', 'by_chart_0') AND attname = 'chart' ORDER BY 1};
# Definitions are printed differently by each version.
my $not_across = qr/definitions/;

foreach my $way ([ 'copied', 'newest' ], [ 'linked', 'oldest', '--link' ])
{
	my ($name, $which, @options) = @$way;
	my $old = make_node("old_$name", @old_installation);
	my $new = make_node("new_$name");
	my ($from, $to) = map { $_->config_data('--version') =~ /(\d+)/ } $old, $new;
	$old->start;
	my ($oldest) = $old->safe_psql('postgres', "SELECT version FROM pg_available_extension_versions WHERE name = 'synastry' ORDER BY string_to_array(version, '.')::int[] LIMIT 1");
	create_stored($old, 'stored', $which eq 'oldest' ? $oldest : undef);
	$old->command_ok([ $new->config_data('--bindir') . '/pg_dump', '-f', $dump, $old->connstr('stored') ], "$name: a dump");
	my $questions = sub {
		my ($node, $database) = @_;
		return [ grep { $from == $to || $_->[0] !~ $not_across } @{ answers($node, $database) } ];
	};
	my $before = $questions->($old, 'stored');
	my $statistics = $old->safe_psql('stored', $planner);
	$old->stop;

	command_ok([ $new->config_data('--bindir') . '/pg_upgrade', '--no-sync', @options,
			'-d', $old->data_dir, '-D', $new->data_dir, '-b', $old->config_data('--bindir'), '-B', $new->config_data('--bindir'),
			'-s', $new->host, '-p', $old->port, '-P', $new->port ], "$name: pg_upgrade from $from to $to");
	$new->start;
	is_deeply($questions->($new, 'stored'), $before, "$name: answers are the same");
	check_indexes($new, 'stored', $name);
	is($new->safe_psql('stored', $planner), $statistics, "$name: planners know as much") if $to >= 18;
	is($new->safe_psql('stored', 'SELECT count(*) FROM volatile'), $new->safe_psql('stored', 'SELECT count(*) FROM crowd'), "$name: what is not logged came along");
	$new->safe_psql('stored', 'SELECT synastry_cache_flush()');
	is($new->safe_psql('stored', 'ALTER EXTENSION synastry UPDATE; SELECT library_version = sql_version FROM pg_stat_synastry_info'), 't', "$name: the SQL is updated");
	is_deeply(catalogue($new, 'stored'), fresh_catalogue($new), "$name: the objects are those of a new installation");
	write_on($new, 'stored', $name);

	$new->safe_psql('postgres', 'CREATE DATABASE restored TEMPLATE template0; ALTER DATABASE restored SET search_path = public, astrology');
	$new->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $new->connstr('restored'), '-f', $dump ], "$name: the dump is restored");
	is_deeply($questions->($new, 'restored'), $before, "$name: restored, answers are the same");
	check_indexes($new, 'restored', "$name, restored");
	is(complaints($new, 0), '', "$name: the log is clean");

	# A crash empties what is not logged.
	$new->stop('immediate');
	$new->start;
	is($new->safe_psql('stored', 'SELECT (SELECT count(*) FROM volatile), (SELECT count(*) FROM synastry_cache)'), '0|0', "$name: after a crash what is not logged is empty");
	check_indexes($new, 'stored', "$name, after a crash");
	write_on($new, 'stored', "$name, after a crash");
	$new->stop;
}

done_testing();
