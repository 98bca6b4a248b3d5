# Runs statements again and again, each time with another allocation of the library that fails, against a server whose library
# is built with alloc.h and oom.c.  After every failure the same session goes on: it must give the right answer, and have
# nothing left over.
use strict;
use warnings;

use Test::More;
use Time::HiRes qw(time);

# So many allocations of a statement, at most: all of them, or the first, the last, and others evenly spread.  A session for each
# takes longer.
my $limit = $ENV{OOM_STEPS} || 400;
my $cold_limit = int($limit / 4);

my $log = "$ENV{PGHOST}/server.log";
my $script = "$ENV{PGHOST}/inject.sql";

# What psql prints of a script; its errors and notices go to a second file.
sub run_sql
{
	my ($sql) = @_;
	open(my $file, '>', $script) or die $!;
	print $file $sql;
	close($file);
	my $output = `psql --no-psqlrc --quiet --no-align --tuples-only --file=$script 2>$script.err`;
	return ($?, $output);
}

sub errors { open(my $file, '<', "$script.err") or die $!; local $/; return <$file>; }

sub ask
{
	my ($status, $output) = run_sql("\\set ON_ERROR_STOP on\n$_[0]");
	die errors() if $status;
	chomp $output;
	return $output;
}

ask(<<'END');
CREATE EXTENSION synastry;
CREATE FUNCTION oom_arm(bigint) RETURNS void LANGUAGE c AS 'synastry';
CREATE FUNCTION oom_steps() RETURNS bigint LANGUAGE c AS 'synastry';
CREATE FUNCTION some_chart(i bigint) RETURNS chart LANGUAGE sql IMMUTABLE AS $$
	SELECT ARRAY(SELECT (i * 137.50776 * body + body * body * 31)::float8 FROM generate_series(1, 10) body)::chart
$$;
CREATE FUNCTION rich_chart(i bigint) RETURNS chart LANGUAGE sql IMMUTABLE AS $$
	SELECT chart('{sun,moon,venus,ascendant,midheaven,chiron}', ARRAY(SELECT i * 77.7 * b FROM generate_series(1, 6) b), '{1,13,1.2,NULL,NULL,0.1}', '{1,2,3,4,5,6}',
		ARRAY(SELECT i * 30.0 + c * 30 FROM generate_series(1, 12) c))
$$;
CREATE TABLE crowd AS SELECT i AS id, CASE WHEN i % 50 = 0 THEN NULL WHEN i % 50 = 1 THEN rich_chart(i) ELSE some_chart(i) END AS chart FROM generate_series(1, 2000) i;
CREATE INDEX crowd_chart ON crowd USING synastry (chart);
CREATE TABLE few AS SELECT * FROM crowd WHERE id <= 60;
CREATE TABLE grown AS SELECT * FROM crowd WHERE id <= 1000;
CREATE INDEX grown_chart ON grown USING synastry (chart);
CREATE TABLE plain AS SELECT * FROM crowd;
CREATE TABLE many AS SELECT id + i * 10000 AS id, chart FROM crowd, generate_series(1, 15) i;
CREATE TABLE documents AS SELECT id, chart::jsonb AS document, chart::text AS chart FROM crowd WHERE id <= 60;
VACUUM ANALYZE;
END

# What a backend has left over: a progress, temporary files.  What it holds for ever is in this context, or in one of ours.
my $left_over = 'SELECT (SELECT count(*) FROM pg_stat_progress_synastry) + (SELECT count(*) FROM pg_ls_tmpdir()) AS left_over';
my $memory = "SELECT sum(used_bytes) AS memory FROM pg_backend_memory_contexts WHERE name = 'TopMemoryContext' OR (name LIKE 'synastry%' AND parent = 'TopMemoryContext')";

# name, statement; before: what brings everything back to where it was; after: shows what the statement has done
my @cases = (
	{ name => 'batch', sql => q{SELECT md5(string_agg(b::text, ',')) FROM synastry_batch('SELECT id AS a_id, chart AS a, id AS b_id, some_chart(7) AS b FROM few') b} },
	{ name => 'cross', sql => q{SELECT md5(string_agg(c::text, ',')) FROM synastry_cross('few'::regclass, 'few'::regclass, id => NULL::int, top_k => 3) c} },
	{ name => 'cross by index', sql => q{SELECT md5(string_agg(c::text, ',')) FROM synastry_cross('SELECT * FROM few LIMIT 3', 'crowd'::regclass, top_k => 3) c} },
	{ name => 'cross in files', sql => q{SET work_mem = '64kB'; SELECT md5(string_agg(c::text, ',')) FROM synastry_cross('SELECT * FROM crowd WHERE id <= 900', 'SELECT * FROM crowd WHERE id <= 900', top_k => 3) c; RESET work_mem} },
	{ name => 'report', sql => q{SELECT md5(string_agg(synastry_report(rich_chart(3), chart)::text, ',' ORDER BY id)) FROM few WHERE id < 6}, before => 'SELECT synastry_cache_reset()' },
	{ name => 'report that is cached', sql => q{SELECT md5(string_agg(synastry_report(rich_chart(3), chart)::text, ',' ORDER BY id)) FROM few WHERE id < 6} },
	{ name => 'report for an application', sql => q{SELECT md5((synastry(document, rich_chart(1)) - 'metadata')::text) FROM documents WHERE id = 51}, before => 'SELECT synastry_cache_reset()' },
	{ name => 'group_tally', sql => q{SELECT sum(count), sum(mean_orb) FROM (SELECT group_tally(chart) AS tally FROM few) g, tally_rows(tally)}, before => 'SELECT synastry_cache_reset()' },
	{ name => 'group_tally out of the table',
		sql => q{SELECT sum(count), sum(mean_orb) FROM (SELECT group_tally(chart) AS tally FROM crowd WHERE id <= 70) g, tally_rows(tally)},
		before => 'SELECT group_tally(chart) IS NULL FROM crowd WHERE id <= 70; SELECT synastry_cache_flush() \g /dev/null
			CREATE TEMP TABLE kept AS SELECT * FROM synastry_cache; SELECT synastry_cache_reset(); INSERT INTO synastry_cache SELECT * FROM kept; DROP TABLE kept' },
	{ name => 'aggregates', sql => q{SELECT md5(concat(aspect_tally(chart, some_chart(3)), composite_agg(chart), (SELECT chart_agg(body, longitude, speed) FROM bodies(rich_chart(1))),
		(SELECT aspect_matrix_agg(body, longitude, longitude + 90) FROM bodies(rich_chart(1))))) FROM few} },
	{ name => 'types', sql => q{SELECT md5(concat('modern; scale 0.8; sun +2; bodies_b planets'::text::aspect_set, 'weighted; aspects (modern); pairs sun-moon 3'::text::score_model, score_query(rich_chart(1), 'weighted')::text::score_query,
		aspect_matrix(rich_chart(1), rich_chart(2))::text::aspect_matrix, rich_chart(3)::text::chart, rich_chart(4)::jsonb::chart, aspect_set('{"aspects": [{"name": "trine", "angle": 120, "orb": 7}]}'::jsonb)))} },
	{ name => 'binary types', sql => q{COPY (SELECT chart, 'modern'::aspect_set, 'weighted'::score_model, aspect_matrix(chart, chart), aspect_tally(chart, chart) FROM few GROUP BY chart) TO PROGRAM 'cat >/dev/null' (FORMAT binary)} },
	{ name => 'documents', sql => q{SELECT md5(string_agg(document::chart::text, ',')), (SELECT count(*) FROM documents, chart_problems(document || '{"venuss": 10, "mars": 1e999}')) FROM documents} },
	{ name => 'functions', sql => q{SELECT md5(string_agg(x, ',')) FROM (SELECT concat_ws(',', synastry_svg(a, b), aspect_grid(aspect_matrix(a, b)), composite(a, b), cusps(a), longitude(a, 'moon'),
		ARRAY(SELECT x FROM aspects(a, b) x), ARRAY(SELECT x FROM natal_aspects(a) x), ARRAY(SELECT x FROM transits(a, b) x), ARRAY(SELECT x FROM bodies(a) x), ARRAY(SELECT x FROM house_overlay(a, b) x),
		ARRAY(SELECT x FROM score_cells(a, b) x), ARRAY(SELECT x FROM key_aspects(a, b) x), ARRAY(SELECT x FROM patterns(a, b) x), ARRAY(SELECT x FROM midpoint_contacts(a, b) x),
		ARRAY(SELECT x FROM compatibility(a, b) x)) AS x FROM (VALUES (rich_chart(1), rich_chart(2))) v (a, b)) x} },
	{ name => 'search', sql => q{SET enable_seqscan = off; SET enable_sort = off; SELECT md5(string_agg(id::text, ',')) FROM (SELECT id FROM crowd ORDER BY chart <~> some_chart(7) LIMIT 300) c; RESET ALL} },
	{ name => 'search to the end', sql => q{SET enable_seqscan = off; SET enable_sort = off; SET work_mem = '64kB'; SELECT md5(string_agg(id::text, ',')) FROM (SELECT id FROM crowd ORDER BY chart <~> some_chart(7) OFFSET 0) c; RESET ALL} },
	{ name => 'search again and again', sql => q{SET enable_seqscan = off; SET enable_sort = off; SELECT md5(string_agg(id::text, ',')) FROM (SELECT * FROM few LIMIT 8) f, LATERAL (SELECT c.id AS match FROM crowd c ORDER BY c.chart <~> f.chart LIMIT 2) c; RESET ALL} },
	{ name => 'build', sql => 'CREATE INDEX built ON plain USING synastry (chart)', before => 'DROP INDEX IF EXISTS built', after => q{SELECT synastry_index_check('built')} },
	{ name => 'build in files', sql => q{SET maintenance_work_mem = '1MB'; CREATE INDEX built ON many USING synastry (chart); RESET maintenance_work_mem}, before => 'DROP INDEX IF EXISTS built', after => q{SELECT synastry_index_check('built')} },
	{ name => 'insert', sql => 'INSERT INTO grown SELECT id + 10000, chart FROM crowd WHERE id <= 300', before => 'DELETE FROM grown WHERE id > 10000; VACUUM grown',
		after => q{SELECT synastry_index_check('grown_chart')} },
	{ name => 'vacuum', sql => 'VACUUM grown', before => 'DELETE FROM grown WHERE id > 10000; INSERT INTO grown SELECT id + 10000, chart FROM crowd WHERE id <= 500',
		after => q{SELECT synastry_index_check('grown_chart'); SET enable_seqscan = off; SET enable_sort = off; SELECT count(*), sum(id) FROM (SELECT id FROM grown ORDER BY chart <~> some_chart(7) OFFSET 0) g; RESET ALL} },
	{ name => 'index functions', sql => q{SELECT synastry_index_check('crowd_chart'); SELECT segments FROM synastry_index_statistics('crowd_chart')} },
	{ name => 'cache functions', sql => q{SELECT synastry_cache_warm('SELECT chart AS a, chart AS b FROM few WHERE id < 5'); SELECT synastry_cache_flush() >= 0; SELECT synastry_cache_purge_expired(); SELECT synastry_cache_forget(some_chart(2)) >= 0},
		before => 'SELECT synastry_cache_reset()' },
	{ name => 'statistics', sql => q{SELECT count(*) > 0 FROM pg_stat_synastry, pg_stat_synastry_cache, pg_stat_synastry_info; SELECT count(*) >= 0 FROM pg_stat_synastry_cluster; SELECT count(*) >= 0 FROM pg_stat_synastry_history;
		SELECT count(*) >= 0 FROM synastry_regressions(); SELECT count(*) > 0 FROM synastry_advise(1000000), synastry_estimate_memory(1000, 1000); SELECT count(*) FROM synastry_bodies(), synastry_aspect_sets()} },
	{ name => 'explain', sql => 'EXPLAIN (COSTS OFF, ANALYZE, TIMING OFF, SUMMARY OFF) SELECT synastry_score(chart, some_chart(1)) FROM few ORDER BY chart <~> some_chart(3) LIMIT 5' },
	{ name => 'slow operations', sql => q{SET synastry.log_min_duration = 0; SELECT count(synastry_report(some_chart(1), chart)) FROM few WHERE id < 4; RESET ALL}, before => 'SELECT synastry_cache_reset()' },
);

# The script of one failure; what it prints goes between two marks.
sub failure
{
	my ($case, $step) = @_;
	my $before = $case->{before} // '';
	my $after = $case->{after} // '';
	# a script sends its statements one by one: the first error ends what is injected
	return <<"END";
\\echo \@\@ $step
\\o /dev/null
$before;
SELECT oom_arm($step);
\\o
\\echo answer
$case->{sql};
\\echo state :SQLSTATE :ERROR
SELECT 'steps ' || oom_steps();
RESET ALL;
$left_over \\gset
\\echo left :left_over
$memory \\gset
\\echo memory :memory
\\o /dev/null
$before;
\\o
\\echo again
$case->{sql};
$after;
\\echo end
END
}

# Several statements are one string to the server, so that psql sees one state.
foreach my $case (@cases)
{
	$case->{sql} =~ s/;(?=\s+(?:SELECT|SET|RESET|CREATE)\b)/\\;/g;
}

sub parse
{
	my ($output) = @_;
	my @found;
	foreach my $part (split(/^@@ /m, $output))
	{
		my ($step, $answer, $state, $steps, $left, $memory, $again) =
		  $part =~ /^(\d+)\nanswer\n(.*?)state (\w+) \w+\nsteps (-?\d+)\nleft (\d+)\nmemory (\d+)\nagain\n(.*)end\n/s or next;
		push @found, { step => $step, answer => $answer, state => $state, steps => $steps, left => $left, memory => $memory, again => $again };
	}
	return @found;
}

# The steps to take of so many.
sub choose
{
	my ($count, $limit) = @_;
	return 1 .. $count if $count <= $limit;
	my $third = int($limit / 3);
	my %steps = map { $_ => 1 } 1 .. $third, $count - $third + 1 .. $count, map { int($third + $_ * ($count - 2 * $third) / $third) } 1 .. $third;
	return sort { $a <=> $b } keys %steps;
}

# Warm: one session for all.  Cold: a session for each, which has everything to allocate for the first time.
sub inject
{
	my ($case, $is_cold) = @_;
	my $name = $case->{name} . ($is_cold ? ', first in its session' : '');
	my $first = failure($case, 0);
	my $began = time();

	my ($status, $output) = run_sql($is_cold ? $first : $first . $first);
	my $right = (parse($output))[-1];
	if ($status || !$right || $right->{state} ne '00000' || $right->{steps} <= 0)
	{
		fail("$name: nothing to fail");
		diag($output, errors());
		return;
	}

	my $count = $right->{steps};
	my @steps = choose($count, $is_cold ? $cold_limit : $limit);
	($status, $output) = run_sql(join('', map { ($is_cold ? "\\c\n" : '') . failure($case, $_) } @steps));
	my @found = parse($output);
	my %states;
	my @wrong;
	my $failed = 0;
	push @wrong, 'the session broke off: ' . substr(errors(), -500) if $status || @found != @steps;
	foreach my $run (@found)
	{
		$states{ $run->{state} }++;
		# where memory is only wished for, or what failed is caught, the answer is right
		push @wrong, "step $run->{step}: $run->{state}" unless $run->{state} eq '53200' || ($run->{state} eq '00000' && $run->{answer} eq $right->{answer});
		push @wrong, "step $run->{step}: left over: $run->{left}" if $run->{left} > 0;
		push @wrong, "step $run->{step}: another answer afterwards" if $run->{again} ne $right->{again};
		$failed++ if $run->{steps} < 0;
	}
	if (!$is_cold && @found > 20)
	{
		my $growth = $found[-1]{memory} - $found[ int(@found / 4) ]{memory};
		push @wrong, "$growth bytes more in TopMemoryContext" if $growth > 1024;
	}
	push @wrong, 'a warning' if errors() =~ /WARNING/;
	push @wrong, 'nothing failed' if $failed < @steps * 0.9;
	is(join("\n", @wrong[ 0 .. ($#wrong < 9 ? $#wrong : 9) ]), '', "$name: " . ($count > @steps ? @steps . " of $count" : "all $count") . ' allocations')
	  or diag(substr(errors(), 0, 500));
	note(join(', ', map { "$_: $states{$_}" } sort keys %states), sprintf('; %.1f s', time() - $began));
	return;
}

my @names = @ARGV;
foreach my $case (@cases)
{
	next if @names && !grep { $_ eq $case->{name} } @names;
	inject($case, 0);
	inject($case, 1);
}

# The cache that went through all of it.
is(ask(q{SELECT damages FROM pg_stat_synastry_cache WHERE tier = 'memory'}), 0, 'the cache is whole');
my $reports = 'SELECT md5(string_agg(synastry_report(a.chart, b.chart)::text, \',\' ORDER BY a.id, b.id)) FROM few a, few b WHERE a.id < 20';
is(ask("$reports; $reports"), ask("SET synastry.cache = off; $reports; $reports"), 'and gives the right answers');
open(my $file, '<', $log) or die $!;
is(join('', grep { /PANIC|TRAP|terminated by signal|WARNING/ } <$file>), '', 'the server has nothing to complain about');

done_testing();
