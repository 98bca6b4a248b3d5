# What doc/operations.md says: its queries run as they stand there, its messages are those of the
# server, and a person who is erased as it tells is in no file of a table or index.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use IPC::Run ();
use Page qw(page section queries columns);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Reload qw(sees_after_reload);
use Test::More;

my $page = page('doc/operations.md');

my $node = PostgreSQL::Test::Cluster->new('operations');
$node->init(extra => [ '--encoding=UTF8', '--no-locale' ]);
$node->append_conf('postgresql.conf', <<'END');
shared_preload_libraries = 'synastry'
max_connections = 100
work_mem = '4MB'
END
$node->start;

# The people of `make demo`.
$node->safe_psql('postgres', 'CREATE DATABASE demo');
$node->command_ok([ 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('demo'), '-f', 'test/demo-load.sql' ],
	'there are people');
$node->safe_psql('demo', 'CREATE INDEX people_match ON people USING synastry (chart)');

sub ask { my ($query, $database) = @_; return $node->safe_psql($database // 'demo', $query) }

sub content
{
	my ($file) = @_;

	open my $handle, '<:raw', $file or return '';
	local $/ = undef;
	return <$handle> // '';
}

# The relations whose files have some bytes.  Unlogged ones are written at a shutdown only.
sub relations_with
{
	my ($bytes) = @_;
	my $directory = $node->data_dir . '/base/' . ask('SELECT oid FROM pg_database WHERE datname = current_database()');
	my @relations;

	foreach my $file (glob "$directory/*")
	{
		next if index(content($file), $bytes) < 0;
		my ($node) = $file =~ m{/(\d+)[^/]*$};
		push @relations, ask("SELECT coalesce(pg_filenode_relation(0, $node)::regclass::text, 'file $node')");
	}
	return [ sort @relations ];
}

# Longitudes as they lie on disk: of a turn 2^32.
sub planets
{
	my ($id) = @_;
	return pack 'V*', map { sprintf('%.0f', $_ * 2**32 / 360) % 2**32 }
	  split /\n/, ask("SELECT b.longitude FROM people, bodies(chart) b WHERE id = $id LIMIT 10");
}

my $erased = planets(7);
my $kept = planets(8);
ask('SELECT count(synastry(a.chart, b.chart)) FROM people a, people b WHERE a.id IN (7, 8)');
ask('ANALYZE people; SELECT synastry_cache_flush()');
$node->restart;
my $places = relations_with($erased);
# samples of the column may be compressed
is_deeply([ grep { !/^pg_/ } @$places ], [qw(people people_match synastry_cache)], 'where a person is');

# Queries, in a session each.
foreach my $query (queries($page))
{
	my ($first) = $query->{text} =~ /^(.*)$/m;
	my ($code, $out, $err) = $node->psql('demo', $query->{text}, on_error_stop => 1,
		extra_params => [ '-P', 'tuples_only=off', '-P', 'footer=off' ]);
	is($code, 0, $first) or diag($err);
	next if !defined $query->{output};

	like($out, qr/^\Q@{[columns($query->{output})]}\E$/m, '... has the columns that are shown');
	if ($query->{text} =~ /^EXPLAIN/m)
	{
		like($out, qr/Index Scan using people_match on people\n +Order By/, '... finds the index');
	}
}

$node->restart;
is_deeply(relations_with($erased), [], 'a person who was erased is in no file');
is_deeply(relations_with($kept), $places, 'another one is where both were');

# Alerts: each of Monitoring, but for the check of the indexes, returns nothing.
foreach my $query (queries(section($page, 'Monitoring')))
{
	my ($first) = $query->{text} =~ /^(.*)$/m;
	next if $query->{text} =~ /synastry_index_check/;
	is(ask($query->{text}), '', "nothing to report: $first");
}

# New files or old SQL: what is missing, and no more.
my ($needs) = map { $_->{text} } grep { $_->{text} =~ /restart_needed/ } queries(section($page, 'Monitoring'));
ask("UPDATE pg_extension SET extversion = '0.0.1' WHERE extname = 'synastry'");
like(ask($needs), qr/\|0\.0\.1\|f\|t$/, 'old SQL needs an update and no restart');
ask("UPDATE pg_extension SET extversion = (SELECT library_version FROM pg_stat_synastry_info) WHERE extname = 'synastry'");
ask('ALTER SYSTEM SET synastry.history_size = 10', 'postgres');
ok(sees_after_reload($node, 'demo', '(SELECT restart_needed AND NOT update_needed FROM pg_stat_synastry_info)'),
	'a setting waits for a restart');
ask('ALTER SYSTEM RESET synastry.history_size', 'postgres');
$node->restart;

# A batch that takes long is one to report.
my ($slow) = map { $_->{text} =~ s/1 hour/0/r =~ s/;//r } grep { $_->{text} =~ /pg_stat_progress_synastry/ } queries(section($page, 'Monitoring'));
my $batch = IPC::Run::start(
	[ 'psql', '-Xq', '-d', $node->connstr('demo'), '-c', "SELECT count(*)
		FROM synastry_cross('SELECT id, chart, pg_sleep(60) FROM public.people', 'SELECT id, chart FROM public.people')" ],
	'<', \undef, '>', \my $out, '2>', \my $err, IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));
ok($node->poll_query_until('demo', "SELECT count(*) = 1 FROM ($slow) AS s"), 'a batch that takes long is reported');
ask("SELECT pg_cancel_backend(pid) FROM pg_stat_progress_synastry");
$batch->finish;

#
# Messages, as they stand in the page.
#

sub is_in_page
{
	my ($query, $database) = @_;
	my ($code, undef, $message) = $node->psql($database // 'demo', $query);

	isnt($code, 0, $query);
	$message =~ s/^psql:<stdin>:\d+: ERROR:  ([^\n]*).*/$1/s;
	# numbers of ours, and paths of this run
	$message =~ s/"[^"]*synastry\.so"/"…\/synastry.so"/;
	$message =~ s/function "\w+" in/function "…" in/;
	$message =~ s/^\d+ best/4999 best/;
	ok(index($page, "`$message`") >= 0, $message);
	return;
}

ask('CREATE ROLE somebody');
ask('GRANT USAGE ON SCHEMA synastry TO somebody');
my $cross = "SELECT count(*) FROM synastry.synastry_cross(%s, 'SELECT id, chart FROM public.people', min_score => 9)";
is_in_page("CREATE FUNCTION later() RETURNS int AS '\$libdir/synastry', 'later' LANGUAGE c");
is_in_page('SET search_path = public; CREATE TABLE births (chart chart)');
is_in_page('CREATE TABLE synastry.chart (id int)');
is_in_page('SET ROLE somebody; SELECT synastry_cache_flush()');
is_in_page('SET synastry.nosuch = 1');
is_in_page("SET synastry.cache_size = '1GB'");
is_in_page('CREATE INDEX ON people USING synastry (chart, id)');
is_in_page(sprintf($cross, "'SELECT id AS n, chart FROM public.people'"));
is_in_page("SET search_path = ''; " . sprintf($cross, "'SELECT id, chart FROM people'"));
is_in_page("SET work_mem = '64kB'; SELECT count(*)
	FROM synastry_cross('SELECT id, chart FROM people', 'SELECT id, chart FROM people, generate_series(1, 100)', top_k => 100000)");

# A page of an index, overwritten.
my $file = $node->data_dir . '/' . ask(q{SELECT pg_relation_filepath('people_match')});
my $block = ask(q{SELECT pg_relation_size('people_match') / 8192 - 1});
$node->stop;
open my $handle, '+<:raw', $file or die "$file: $!";
seek $handle, 8192 * $block, 0;
print $handle "\0" x 8192;
close $handle;

# Then without preloading, on the way.
$node->append_conf('postgresql.conf', "shared_preload_libraries = ''");
$node->start;
is_in_page('SELECT synastry_cache_flush()');
is_in_page('SELECT count(*) FROM pg_stat_synastry_history');
my (undef, undef, $corrupted) = $node->psql('demo', q{\set VERBOSITY verbose
SELECT synastry_index_check('people_match')});
like($corrupted, qr/XX002: index "people_match" is corrupted at block $block$/m, 'a damaged index');
is_in_page('SELECT synastry_index_check(' . "'people_match')") if $block == 3;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'synastry'\nsynastry.cache_size = 0");
$node->restart;
is_in_page('SELECT synastry_cache_flush()');

$node->stop;
done_testing();
