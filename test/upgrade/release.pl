# From a released version to this one and back, with a database that uses everything; called by test/suites/upgrade,
# which tells
#
#   UPGRADE_OLD, UPGRADE_NEW		what the installations of both versions consist of, as trees of files from / on
use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Stored;
use Test::More;

my ($old, $new) = @ENV{qw(UPGRADE_OLD UPGRADE_NEW)};
my $directory = PostgreSQL::Test::Utils::tempdir;

sub make_node
{
	my ($name, $settings) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init(extra => [ '--encoding=UTF8', '--no-locale' ]);
	$node->append_conf('postgresql.conf', "autovacuum = off\nrestart_after_crash = off\n$settings");
	return $node;
}

# One version's files in place of the other's, as packages and `make install` do it: a file that a server has in memory
# is replaced, not written to.
my $config = PostgreSQL::Test::Cluster->new('none');
my ($library, $scripts) = map { $config->config_data($_) } qw(--pkglibdir --sharedir);

sub install
{
	my ($tree) = @_;
	system_or_bail('rm', '-rf', "$library/bitcode/synastry", glob("$library/bitcode/synastry.*"), "$library/synastry.so",
		glob("$scripts/extension/synastry*"));
	system_or_bail('cp', '-R', "$tree/.", '/');
	return;
}

# psql that stays.
sub open_session
{
	my ($node, $database) = @_;
	my ($in, $out, $err) = ('', '', '');
	return { in => \$in, out => \$out, err => \$err,
		psql => IPC::Run::start([ 'psql', '-X', '-q', '-A', '-t', '-v', 'VERBOSITY=terse', '-d', $node->connstr($database) ],
			'<', \$in, '>', \$out, '2>', \$err, IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default)) };
}

sub say_to
{
	my ($session, $sql) = @_;
	${ $session->{out} } = ${ $session->{err} } = '';
	${ $session->{in} } .= "$sql;\n\\echo over\n";
	$session->{psql}->pump until ${ $session->{out} } =~ s/^over\n\z//m;
	return ${ $session->{out} } . ${ $session->{err} };
}

sub version_of { my ($node, $database) = @_; return $node->safe_psql($database, "SELECT extversion FROM pg_extension WHERE extname = 'synastry'"); }
sub library_version { my ($node) = @_; return $node->safe_psql('stored', 'SELECT library_version FROM pg_stat_synastry_info'); }

my $parallel = 'SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET enable_indexscan = off';
my $crossed = 'SELECT count(*), sum(synastry_score(a.chart, b.chart)::numeric) FROM crowd a, people b';

# Group tallies: how many are wrong, and how many came out of the cache.
my $tallies = <<'END';
SELECT sum(hits) AS before FROM pg_stat_synastry_cache \gset
SELECT count(*) FILTER (WHERE tally <> digest) AS wrong
FROM (SELECT g, digest, md5(group_tally(chart)::text) AS tally
	FROM made JOIN crowd ON id BETWEEN g AND g + 99 GROUP BY g, digest) m \gset
SELECT :wrong, sum(hits) - :before FROM pg_stat_synastry_cache
END

#
# The old version
#

install($old);
my $node = make_node('main', "shared_preload_libraries = 'synastry'");
$node->start;
create_stored($node, 'stored');
my $old_version = version_of($node, 'stored');
is(library_version($node), $old_version, "the library is that of $old_version");
my $before = answers($node, 'stored');
$node->safe_psql('postgres', "CREATE DATABASE $_ TEMPLATE stored") foreach qw(early updated);
# a setting of a database does not go along
$node->safe_psql('postgres', "ALTER DATABASE $_ SET search_path = public, astrology") foreach qw(early updated);

# what is generated is not copied
my %columns = (people => ' (id, chart)', map { $_ => '' } qw(settings queries matrices tallies states crowd));
$node->safe_psql('stored', "COPY $_$columns{$_} TO '$directory/$_' (FORMAT binary)") foreach keys %columns;
$node->command_ok([ 'pg_dump', '-f', "$directory/dump", $node->connstr('stored') ], 'a dump');

# The first use has the table behind the cache loaded; then it is filled.
$node->safe_psql('stored', $tallies);
$node->poll_query_until('stored', "SELECT loads > 0 FROM pg_stat_synastry_cache WHERE tier = 'persistent'") or die 'the cache is not loaded';
# What would wait for the lock of a flusher is left to the next one.
my $found = '';
for (1 .. 20) { last if ($found = $node->safe_psql('stored', $tallies)) eq '0|20'; }
is($found, '0|20', 'the cache answers');
$node->safe_psql('stored', 'SELECT synastry_cache_flush()');
cmp_ok($node->safe_psql('stored', 'SELECT count(*) FROM synastry_cache'), '>=', 20, 'and is stored');

my $plain = make_node('plain', '');
$plain->start;
create_stored($plain, 'stored');

#
# New files, while servers and sessions have the old library in memory
#

my @sessions = map { [ $_->[0], open_session($_->[1], 'stored') ] } [ 'preloaded', $node ], [ 'not preloaded', $plain ];
my $total = $node->safe_psql('stored', $crossed) . "\n";
say_to($_->[1], "PREPARE crossed AS $crossed") foreach @sessions;
is(say_to($_->[1], 'EXECUTE crossed'), $total, "a session, $_->[0]") foreach @sessions;
my $offset = -s $node->logfile;
my $plain_offset = -s $plain->logfile;
install($new);
foreach (@sessions)
{
	my ($name, $session) = @$_;
	is(say_to($session, 'EXECUTE crossed'), $total, "$name, the files are new: the session goes on");
	is(say_to($session, "$parallel; EXECUTE crossed"), $total, "$name: with parallel workers");
	like(say_to($session, "EXPLAIN (ANALYZE) $crossed"), qr/Workers Launched: [1-9]/, "$name: there are some");
}
is_deeply(answers($node, 'stored'), $before, 'new sessions of the running server answer the same');
is(library_version($node), $old_version, 'by the library in its memory');
is_deeply(answers($plain, 'stored'), $before, 'not preloaded, new sessions have the new library and answer the same');
isnt(library_version($plain), $old_version, 'which says so');
is(complaints($node, $offset) . complaints($plain, $plain_offset), '', 'the logs are clean');

# The update before the restart works, or waits for symbols that only the new library has.
my ($code, $out, $error) = $node->psql('early', 'ALTER EXTENSION synastry UPDATE', extra_params => [ '-v', 'VERBOSITY=verbose' ]);
ok($code == 0 || $error =~ /ERROR:  42883: could not find function/, 'before the restart the SQL is updated or stays') or diag($error);
is_deeply(answers($node, 'early'), $before, 'and answers the same');
if ($code == 0)
{
	is($node->safe_psql('early', 'SELECT restart_needed FROM pg_stat_synastry_info'), 't', 'and the restart is missed');
}

#
# The new library, the old SQL
#

my $calls = "SELECT sum(calls) FROM pg_stat_synastry_cluster";
my $counted = $node->safe_psql('stored', $calls);
$_->[1]->{psql}->finish foreach @sessions;
$plain->stop;
$offset = -s $node->logfile;
$node->restart;
isnt(library_version($node), $old_version, 'restarted, the server has the new library');
is(version_of($node, 'stored'), $old_version, 'and the old SQL');
my $log = substr(slurp_file($node->logfile), $offset);
my $survived = $node->safe_psql('stored', $calls);
ok($survived >= $counted || $log =~ /ignoring invalid data in file "pg_stat\/synastry.stat"/, 'the statistics go on, or begin anew')
  or diag("$counted, then $survived");
# Rows of another format are not read.
my ($wrong, $hits) = split /\|/, $node->safe_psql('stored', $tallies);
is($wrong, 0, 'the cache gives no wrong answer');
$node->safe_psql('stored', 'SELECT synastry_cache_flush()');
my $formats = $node->safe_psql('stored', 'SELECT count(DISTINCT format) FROM synastry_cache');
is($hits, $formats == 1 ? 20 : 0, 'and was kept if its format was');
is_deeply(answers($node, 'stored'), $before, 'answers are the same');
check_indexes($node, 'stored', 'new library');
is(complaints($node, $offset) =~ s/.*ignoring invalid data in file "pg_stat.*//r, '', 'the log is clean');
write_on($node, 'stored', 'new library, old SQL');

#
# The new SQL
#

my $catalogue = fresh_catalogue($node);
$offset = -s $node->logfile;
foreach my $database (qw(early updated))
{
	$node->safe_psql($database, 'ALTER EXTENSION synastry UPDATE');
	is_deeply(catalogue($node, $database), $catalogue, "$database: the objects are those of a new installation");
	is_deeply(answers($node, $database), $before, "$database: answers are the same");
	check_indexes($node, $database, $database);
}
is($node->safe_psql('updated', 'SELECT library_version = sql_version AND NOT restart_needed FROM pg_stat_synastry_info'), 't', 'library and SQL are of one version');

foreach my $table (sort keys %columns)
{
	is($node->safe_psql('updated', <<"END"), 0, "a binary copy of $table");
CREATE TEMPORARY TABLE copy (LIKE $table INCLUDING GENERATED);
COPY copy$columns{$table} FROM '$directory/$table' (FORMAT binary);
SELECT count(*) FROM (
	(SELECT c::text FROM copy c EXCEPT ALL SELECT t::text FROM $table t)
	UNION ALL (SELECT t::text FROM $table t EXCEPT ALL SELECT c::text FROM copy c)) d
END
}
$node->safe_psql('postgres', 'CREATE DATABASE restored TEMPLATE template0; ALTER DATABASE restored SET search_path = public, astrology');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('restored'), '-f', "$directory/dump" ], 'the dump is restored');
is_deeply(answers($node, 'restored'), $before, 'and answers the same');
is_deeply(catalogue($node, 'restored'), $catalogue, 'with the new SQL');
check_indexes($node, 'restored', 'restored');

write_on($node, 'updated', 'new SQL');
is(complaints($node, $offset), '', 'the log is clean');

#
# Back to the old library: what was never updated is as before, what was works or says clearly why not
#

my %now = map { $_ => answers($node, $_) } qw(stored updated);
$node->safe_psql('updated', $tallies);
$node->stop;
install($old);
$offset = -s $node->logfile;
$node->start;
my $pid = $node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()');
is(library_version($node), $old_version, 'back, the old library');
is_deeply(answers($node, 'stored'), $now{stored}, 'answers by the old SQL are the same');
my $answers = answers($node, 'updated');
foreach my $i (0 .. $#$answers)
{
	my ($subject, $answer) = @{ $answers->[$i] };
	ok($answer eq $now{updated}->[$i]->[1] || $answer =~ /ERROR:  (?!XX)\w{5}: /, "those by the new SQL, or errors: $subject") or diag($answer);
}
is(($node->safe_psql('updated', $tallies) =~ /^(\d+)/)[0], 0, 'the cache gives no wrong answer');
check_indexes($node, 'stored', 'old library');
write_on($node, 'stored', 'old library');
is($node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()'), $pid, 'the server never went away');
unlike(complaints($node, $offset), qr/PANIC|TRAP|terminated by signal/, 'nor did a session');

# And forward again.
$node->stop;
install($new);
$offset = -s $node->logfile;
$node->start;
is_deeply(answers($node, 'updated'), $now{updated}, 'forward again: answers are the same');
$node->safe_psql('stored', 'ALTER EXTENSION synastry UPDATE');
is_deeply(catalogue($node, 'stored'), $catalogue, 'and the last one is updated');
foreach my $database (qw(stored updated))
{
	check_indexes($node, $database, "$database, forward again");
	write_on($node, $database, "$database, forward again");
}
is(complaints($node, $offset) =~ s/.*ignoring invalid data in file "pg_stat.*//r, '', 'the log is clean');

$node->stop;
done_testing();
