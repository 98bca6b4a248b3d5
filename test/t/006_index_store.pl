# The index of best matches through crashes, on a standby, in another database, and with damaged pages.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(allows_streaming => 1);
# pages are damaged on purpose, also where clusters have checksums
$node->append_conf('postgresql.conf', 'ignore_checksum_failure = on');
$node->append_conf('postgresql.conf', <<'END');
autovacuum = off
hot_standby_feedback = on
wal_consistency_checking = 'generic'
END
$node->start;

$node->safe_psql('postgres', <<'END');
CREATE EXTENSION synastry;
CREATE FUNCTION some_chart(i bigint) RETURNS chart LANGUAGE sql IMMUTABLE AS $$
	SELECT ARRAY(SELECT (i * 137.50776 * body + body * body * 31)::float8 FROM generate_series(1, 10) body)::chart
$$;
CREATE TABLE crowd AS
SELECT i AS id, CASE i % 50 WHEN 0 THEN NULL WHEN 1 THEN some_chart(i) - ARRAY['moon'] ELSE some_chart(i) END AS chart
FROM generate_series(1, 3000) i;
CREATE INDEX crowd_chart ON crowd USING synastry (chart);
CREATE UNLOGGED TABLE volatile AS SELECT * FROM crowd;
CREATE INDEX volatile_chart ON volatile USING synastry (chart);
END

# What the index holds.
my $content = 'SELECT charts, tail_charts, sparse_charts, null_charts, dead, segments FROM synastry_index_statistics(%s)';
sub check
{
	my ($server, $name, $index) = @_;
	$index //= 'crowd_chart';
	my ($code, $out, $err) = $server->psql('postgres', "SELECT synastry_index_check('$index')");
	is($code, 0, $name) or diag($err);
	return;
}
sub content { my ($server, $index) = @_; return $server->safe_psql('postgres', sprintf($content, "'" . ($index // 'crowd_chart') . "'")); }

# Equal scores come by TID, so that both orders are the same to the last row.
sub best
{
	my ($server, $with) = @_;
	my $settings = $with ? 'SET enable_seqscan = off; SET enable_sort = off;' : 'SET enable_indexscan = off;';
	my $order = $with ? '' : ', ctid';
	return $server->safe_psql('postgres', "$settings SELECT string_agg(id::text, ',') FROM (SELECT id FROM crowd ORDER BY chart <~> some_chart(77)$order LIMIT 100) s");
}
sub same_order { my ($server, $name) = @_; is(best($server, 1), best($server, 0), $name); return; }

sub change
{
	my ($from, $to) = @_;
	$node->safe_psql('postgres', "INSERT INTO crowd SELECT i, CASE i % 50 WHEN 0 THEN NULL WHEN 1 THEN some_chart(i) - ARRAY['moon'] ELSE some_chart(i) END FROM generate_series($from, $to) i");
	return;
}

# A standby follows, with every page compared after replay.
$node->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'backup', has_streaming => 1);
$standby->start;
sub catch_up { $node->wait_for_catchup($standby, 'replay', $node->lsn('write')); return; }

foreach my $step (
	[ 'built', sub { } ],
	[ 'after inserts', sub { change(3001, 6000) } ],
	[ 'folded', sub { $node->safe_psql('postgres', 'VACUUM crowd') } ],
	[ 'after deletes', sub { $node->safe_psql('postgres', 'DELETE FROM crowd WHERE id % 7 = 3; VACUUM crowd') } ],
	[ 'after many deletes', sub { $node->safe_psql('postgres', 'DELETE FROM crowd WHERE id % 3 = 1; VACUUM crowd; VACUUM crowd') } ],
	[ 'after inserts into freed pages', sub { change(6001, 12000); $node->safe_psql('postgres', 'VACUUM crowd') } ],
	[ 'reindexed', sub { $node->safe_psql('postgres', 'REINDEX INDEX CONCURRENTLY crowd_chart') } ])
{
	my ($name, $do) = @$step;
	$do->();
	catch_up();
	check($node, "primary $name");
	check($standby, "standby $name");
	is(content($standby), content($node), "the standby holds the same, $name");
	same_order($node, "primary finds the same as by sorting, $name");
	same_order($standby, "so does the standby, $name");
}

# Crashes: right after inserts, and after a fold.
change(12001, 14000);
my $before = content($node);
$node->stop('immediate');
$node->start;
is(content($node), $before, 'after a crash all is there');
check($node, 'and fits together');
is(content($node, 'volatile_chart'), '0|0|0|0|0|0', 'an unlogged index is empty');
$node->safe_psql('postgres', 'INSERT INTO volatile SELECT i, some_chart(i) FROM generate_series(1, 300) i');
check($node, 'and goes on', 'volatile_chart');
$node->safe_psql('postgres', 'DELETE FROM crowd WHERE id % 2 = 0; VACUUM crowd');
# VACUUM does not wait until its WAL is written; the commit of a change does, and takes it along.
$node->safe_psql('postgres', 'CREATE TABLE written ()');
$before = content($node);
$node->stop('immediate');
$node->start;
is(content($node), $before, 'after a crash behind a fold as well');
check($node, 'and fits together');
same_order($node, 'and finds the same as by sorting');

# Inserts, deletes and VACUUM side by side, while others search.
my $script = $node->basedir . '/mixed.sql';
append_to_file($script, <<'END');
\set id random(20001, 1000000)
INSERT INTO crowd VALUES (:id, some_chart(:id)), (:id + 1, some_chart(:id) - ARRAY['sun']), (:id + 2, NULL);
DELETE FROM crowd WHERE ctid IN (SELECT ctid FROM crowd TABLESAMPLE system (1) LIMIT 2);
SELECT count(*) FROM (SELECT id FROM crowd ORDER BY chart <~> some_chart(:id) LIMIT 10) s;
END
my $vacuum = $node->basedir . '/vacuum.sql';
append_to_file($vacuum, "VACUUM crowd;\n\\sleep 50 ms\n");
$node->command_ok([ 'pgbench', '-n', '-c', '4', '-j', '2', '-T', '5', '-f', "$script\@20", '-f', "$vacuum\@1", $node->connstr('postgres') ],
	'inserts, deletes, searches and VACUUM side by side');
check($node, 'fits together after that');
same_order($node, 'and finds the same as by sorting');
$node->safe_psql('postgres', 'VACUUM crowd');
is($node->safe_psql('postgres', 'SET enable_seqscan = off; SET enable_sort = off; SELECT count(*), sum(id) FROM (SELECT id FROM crowd ORDER BY chart <~> some_chart(77) OFFSET 0) s'),
	$node->safe_psql('postgres', 'SELECT count(*), sum(id) FROM crowd'), 'no row is lost or found twice');
check($node, 'fits together after VACUUM');
catch_up();
check($standby, 'so does the standby');
$standby->stop;

# A dump that is restored, as pg_upgrade does with the schema.
$node->safe_psql('postgres', 'CREATE DATABASE copy');
my $dump = $node->basedir . '/dump.sql';
$node->command_ok([ 'pg_dump', '-f', $dump, '-d', $node->connstr('postgres') ], 'dump');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $dump, '-d', $node->connstr('copy') ], 'restore');
is($node->safe_psql('copy', "SELECT synastry_index_check('crowd_chart')"), '', 'the restored index fits together');

# Damage: of every kind of page one, in every part of it; nothing is followed, all is reported.
$node->safe_psql('postgres', 'REINDEX INDEX crowd_chart');
change(1000001, 1000100);
my $path = $node->data_dir . '/' . $node->safe_psql('postgres', "SELECT pg_relation_filepath('crowd_chart')");
$node->safe_psql('postgres', 'CHECKPOINT');
$node->stop;
open(my $file, '<:raw', $path) or die $!;
my $pages = do { local $/; <$file> };
close($file);

sub damaged
{
	my ($name, $block, $offset, $bytes, $query) = @_;
	my $copy = $pages;
	substr($copy, $block * 8192 + $offset, length($bytes)) = $bytes;
	open(my $out, '>:raw', $path) or die $!;
	print $out $copy;
	close($out);
	$node->start;
	my ($code, $stdout, $stderr) = $node->psql('postgres', $query // "SELECT synastry_index_check('crowd_chart')", extra_params => [ '-v', 'VERBOSITY=verbose' ]);
	like($stderr, qr/XX002|0A000/, "$name is reported") or diag("block $block: $stdout$stderr");
	$node->stop('immediate');
	return;
}

# the first page of a kind, by its special space
sub first_page
{
	my ($kind) = @_;
	for (my $block = 1; $block * 8192 < length($pages); $block++)
	{
		my ($owner, $next, $count, $found) = unpack('LLSC', substr($pages, $block * 8192 + 8192 - 16, 16));
		return $block if $found == $kind && $count > 0;
	}
	die "no page of kind $kind";
}
my $special = 8192 - 16;
damaged('another version', 0, 24 + 4, pack('S', 99));
damaged('another magic number', 0, 24, pack('L', 99));
damaged('more segments than may be', 0, 24 + 8 + 64 + 4, pack('L', 1000));
foreach my $kind (2 .. 7)
{
	my $block = first_page($kind);
	damaged("kind $kind: another owner", $block, $special, pack('L', 12345));
	damaged("kind $kind: too many charts", $block, $special + 8, pack('S', 65535));
	damaged("kind $kind: another kind", $block, $special + 10, pack('C', $kind == 2 ? 3 : 2));
	damaged("kind $kind: no page of ours", $block, $special + 14, pack('S', 0));
}
damaged('a longitude', first_page(2), 24, pack('L', unpack('L', substr($pages, first_page(2) * 8192 + 24, 4)) ^ 0x80000000));
damaged('a code', first_page(3), 7000, pack('C', ord(substr($pages, first_page(3) * 8192 + 7000, 1)) ^ 0x55));
damaged('a way out of the index', first_page(4), 24, pack('L', 100000000));
damaged('a way back', first_page(4), 24, pack('L', first_page(4)));
damaged('a search on such a way', first_page(4), 24, pack('L', first_page(4)),
	"SET enable_seqscan = off; SELECT count(*) FROM (SELECT id FROM crowd ORDER BY chart <~> some_chart(77) OFFSET 0) s");
damaged('a row beyond the end of the table', first_page(7), 24, pack('S2', 0xffff, 0xffff),
	"SET enable_seqscan = off; SET enable_sort = off; SELECT count(*) FROM (SELECT id FROM crowd ORDER BY chart <~> some_chart(77) OFFSET 0) s");
damaged('VACUUM of a strange page', first_page(2), $special + 14, pack('S', 0), 'DELETE FROM crowd WHERE id < 100; VACUUM crowd');

done_testing();
