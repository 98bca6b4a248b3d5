# A database that uses whatever can be stored, for the tests of upgrades: made, asked, compared, written to.
package Stored;
use strict;
use warnings;

use Exporter 'import';
use File::Basename;
use IPC::Run ();
use Test::More;

our @EXPORT = qw(create_stored answers catalogue fresh_catalogue check_indexes write_on complaints);

my $here = dirname(__FILE__);

sub content
{
	my ($file) = @_;
	open(my $handle, '<', $file) or die "$file: $!";
	local $/;
	return scalar <$handle>;
}

# The extension is in a schema of its own, so that a dump tells its objects from those of the user.
sub create_extension
{
	my ($node, $database, $version) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template0; ALTER DATABASE $database SET search_path = public, astrology");
	$node->safe_psql($database, 'CREATE SCHEMA astrology; CREATE EXTENSION synastry SCHEMA astrology' . ($version ? " VERSION '$version'" : ''));
	return;
}

sub create_stored
{
	my ($node, $database, $version) = @_;
	create_extension($node, $database, $version);
	$node->safe_psql($database, content("$here/stored.sql"),
		extra_params => [ map { ('-v', "$_=$here/../data/$_.csv") } qw(positions cusps) ]);
	return;
}

# What is asked of a database, by subject.
my @questions = map { /^-- (.*?)\n(.*)/s ? [ $1, $2 ] : () } split /\n\n/, content("$here/questions.sql") =~ s/^--.*\n\n//r;

# The answers, in the order of the questions: [ subject, answer ]; an error is an answer, too.
sub answers
{
	my ($node, $database) = @_;
	return [ map {
		my ($subject, $question) = @$_;
		my ($code, $out, $error) = $node->psql($database, $question, extra_params => [ '-v', 'VERBOSITY=verbose' ], on_error_stop => 1);
		[ $subject, $code == 0 ? $out : $error ];
	} @questions ];
}

# What the catalogue says about the members of the extension: definitions, owners, rights, comments, as pg_upgrade
# carries them over; without numbers of objects and transactions.
sub catalogue
{
	my ($node, $database) = @_;
	my ($dump, $error) = ('', '');
	IPC::Run::run([ $node->config_data('--bindir') . '/pg_dump', '--binary-upgrade', '--schema-only', '-d', $node->connstr($database) ],
		'>', \$dump, '2>', \$error) or die $error;
	my @objects = grep { !/Schema: public;/ } split /\n(?=--\n-- Name: )/, $dump;
	shift @objects;
	# The last one takes the end of the dump along.
	s/^.*(?:binary_upgrade_set_next|relfrozenxid|WHERE oid =).*\n//mg, s/\n+(?:--\n-- PostgreSQL database dump complete.*)?\z//s
	  for @objects;
	# Rights that are those of the owner alone are no rights to record.
	return [ sort grep { !/init_privs\(true\);\n.*init_privs\(false\);\z/ } @objects ];
}

# The same for a new installation of the version that the control file names.
sub fresh_catalogue
{
	my ($node) = @_;
	create_extension($node, 'fresh');
	my $catalogue = catalogue($node, 'fresh');
	$node->safe_psql('postgres', 'DROP DATABASE fresh');
	return $catalogue;
}

# All indexes of best matches fit together.
sub check_indexes
{
	my ($node, $database, $name) = @_;
	my ($code, $out, $error) = $node->psql($database, <<'END');
SELECT synastry_index_check(c.oid) FROM pg_class c JOIN pg_am a ON a.oid = c.relam WHERE amname = 'synastry' AND relkind = 'i'
END
	is($code, 0, "$name: the indexes fit together") or diag($error);
	return;
}

# Writes to tables and indexes go on, and searches see them.
my $turn = 0;

sub write_on
{
	my ($node, $database, $name) = @_;
	my $first = 10000 * ++$turn;
	my $last = $first + 500;
	my ($code, $out, $error) = $node->psql($database, <<"END");
INSERT INTO crowd SELECT i, new_chart(i) FROM generate_series($first, $last) i;
INSERT INTO volatile SELECT i, new_chart(i) FROM generate_series($first, $last) i;
UPDATE crowd SET chart = some_chart(id + 1) WHERE id BETWEEN $first AND $first + 99;
DELETE FROM crowd WHERE id BETWEEN $first + 100 AND $first + 199;
INSERT INTO people (id, chart) VALUES ($first, some_chart($first));
INSERT INTO by_chart VALUES (some_chart($first));
REFRESH MATERIALIZED VIEW best_matches;
VACUUM crowd;
INSERT INTO crowd SELECT i, new_chart(i) FROM generate_series($last + 1, $last + 100) i;
END
	is("$code $error", '0 ', "$name: writes go on");
	check_indexes($node, $database, "$name, written to");
	# equal scores come by TID, NULLs in any order
	my $best = "SELECT md5(string_agg(id::text, ' ')) FROM (SELECT id FROM crowd WHERE chart IS NOT NULL ORDER BY chart <~> some_chart(77)";
	is( $node->safe_psql($database, "SET enable_seqscan = off; SET enable_sort = off; $best OFFSET 0) s"),
		$node->safe_psql($database, "SET enable_indexscan = off; $best, ctid OFFSET 0) s"),
		"$name, written to: the index finds the same as sorting");
	return;
}

# What a server has logged since a position in its log that is no good news.
sub complaints
{
	my ($node, $offset) = @_;
	return join "\n", grep { /WARNING:|ERROR:|FATAL:|PANIC:|TRAP|terminated by signal|ignoring invalid/ }
	  split /\n/, substr(content($node->logfile), $offset);
}

1;
