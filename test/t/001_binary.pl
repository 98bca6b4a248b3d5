# The binary forms of the types: what COPY writes it reads, and what it did not
# write it either reads as a valid value or refuses. Corrupted input must never
# reach further than the input function.

use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my @types = qw(chart aspect_set score_model score_query aspect_matrix
	aspect_tally chart_group chart_sum);

my $node = PostgreSQL::Test::Cluster->new('binary');
$node->init(extra => [ '--encoding=UTF8', '--no-locale' ]);
$node->append_conf('postgresql.conf', "log_min_error_statement = panic\nlog_min_messages = fatal");
$node->start;

my $directory = PostgreSQL::Test::Utils::tempdir;
my $data = "$FindBin::RealBin/../data";

# ---- real values of every type ------------------------------------------------------------------

$node->safe_psql('postgres', <<"SQL");
CREATE EXTENSION synastry;

CREATE TABLE positions (id int, body text, longitude float8, speed float8, declination float8);
CREATE TABLE house_cusps (id int, house int, longitude float8);
COPY positions FROM '$data/positions.csv' (FORMAT csv, HEADER);
COPY house_cusps FROM '$data/cusps.csv' (FORMAT csv, HEADER);

CREATE TABLE people AS
	SELECT id, chart(bodies, longitudes, speeds, declinations, cusps) AS chart
	FROM (SELECT id, array_agg(body) AS bodies, array_agg(longitude) AS longitudes,
	             array_agg(speed) AS speeds, array_agg(declination) AS declinations
	      FROM positions GROUP BY id) AS p
	LEFT JOIN (SELECT id, array_agg(longitude ORDER BY house) AS cusps
	           FROM house_cusps GROUP BY id) AS c USING (id);

CREATE TABLE charts AS
	SELECT chart AS v FROM people
	UNION ALL SELECT chart - '{angles,nodes,chiron,mean_lilith}'::text[] FROM people
	UNION ALL SELECT with_cusps(chart, NULL) - '{slow}'::text[] FROM people
	UNION ALL SELECT ARRAY(SELECT longitude FROM bodies(chart) LIMIT 10)::chart FROM people
	UNION ALL SELECT chart || '{"uncertainty": 3600}' FROM people
	UNION ALL VALUES ('{}'::chart), (NULL), ('{"uncertainty": 1}'), ('{"vertex": 0}');

CREATE TABLE aspect_sets AS
	SELECT aspects AS v FROM synastry_aspect_sets()
	UNION ALL VALUES ('circular, golden=137.507764 1.25; scale 0.8; bodies_a luminaries; bodies_b angles; strict'::aspect_set),
		('trine 8, h24=15 0.5, sextile 6; bodies planets, stars; first'), (NULL);

CREATE TABLE score_models AS
	SELECT format('weighted; aspects (%s); worth %s 1', v, split_part(v::text, ' ', 1))::score_model AS v
	FROM aspect_sets WHERE v::text ~ '^[a-z]+ '
	UNION ALL VALUES ('personal'::score_model), ('weighted'),
		('aspects (trine 8, h24=15 0.5; strict); bodies sun 2.5, stars 0.000001; pairs sun-stars -1; worth h24 -3.5, trine 1; constant'), (NULL);

CREATE TABLE score_querys AS
	SELECT score_query(c.v, m.v) AS v FROM charts AS c, score_models AS m;

CREATE TABLE aspect_matrixs AS
	SELECT aspect_matrix(a.chart, b.chart, s.v) AS v
	FROM people AS a JOIN people AS b ON b.id BETWEEN a.id AND a.id + 10, aspect_sets AS s
	UNION ALL SELECT aspect_matrix('{}', chart) FROM people
	UNION ALL SELECT aspect_matrix(chart, '{}') FROM people
	UNION ALL SELECT aspect_matrix('{"sun": 0, "moon": 90}', '{"sun": 180, "moon": 270}', 'conjunction 0, square 0, opposition 180');

CREATE TABLE aspect_tallys AS
	SELECT aspect_tally(a.chart, b.chart, s.v) AS v
	FROM people AS a JOIN people AS b ON b.id BETWEEN a.id AND a.id + 10, aspect_sets AS s GROUP BY s.v::text
	UNION ALL SELECT group_tally(chart) FROM people GROUP BY id % 7
	UNION ALL SELECT aspect_tally('{}', chart) FROM people;

-- the states of aggregates
CREATE AGGREGATE group_state(chart, aspect_set) (SFUNC = group_tally_accum, STYPE = chart_group);
CREATE TABLE chart_groups AS
	SELECT group_state(c.v, s.v) AS v FROM charts AS c, aspect_sets AS s GROUP BY s.v::text
	UNION ALL SELECT group_state('{}', 'trine 8');

CREATE AGGREGATE sum_state(chart) (SFUNC = composite_agg_accum, STYPE = chart_sum);
CREATE TABLE chart_sums AS
	SELECT sum_state(chart) AS v FROM people GROUP BY id % 20
	UNION ALL SELECT sum_state('{}');
SQL

# ---- what COPY writes it reads ------------------------------------------------------------------

foreach my $type (@types)
{
	my $table = "${type}s";

	# Values are compared as text and as bytes.
	my $result = $node->safe_psql('postgres', <<"SQL");
CREATE TABLE ${type}_copy (LIKE $table);
COPY $table TO '$directory/$type' (FORMAT binary);
COPY ${type}_copy FROM '$directory/$type' (FORMAT binary);
SELECT (SELECT count(*) FROM $table) > 10,
	(SELECT count(*) FROM $table) = (SELECT count(*) FROM ${type}_copy),
	(SELECT md5(string_agg(concat(v, ${type}_send(v)), ',' ORDER BY v::text)) FROM $table)
		= (SELECT md5(string_agg(concat(v, ${type}_send(v)), ',' ORDER BY v::text)) FROM ${type}_copy);
SQL
	is($result, 't|t|t', "$type: COPY BINARY there and back");
}
is( $node->safe_psql('postgres',
		'SELECT count(*) FROM (TABLE charts EXCEPT ALL TABLE chart_copy) AS lost'),
	'0', 'chart: the copies are equal');

# ---- what it did not write it refuses, or reads as a valid value --------------------------------

my %samples = (
	chart => [
		"'{}'", "'{196.27,303.55,218.56,153.22,182.66,43.69,43.22,55.55,176.03,124.19}'",
		"'{\"sun\": 196.27, \"uncertainty\": 3600}'",
		'(SELECT chart FROM people WHERE id = 1)',
		'(SELECT chart - \'{moon}\'::text[] || \'{"uncertainty": 60}\' FROM people WHERE id = 2)' ],
	aspect_set => [
		"'modern'",
		"'circular, golden=137.507764 1.25; scale 0.8; bodies_a luminaries; bodies_b sun, angles; strict; first'" ],
	score_model => [
		"'aspects (trine 8, h24=15 0.5; strict); bodies luminaries 2.5, mars 0.75; pairs sun-moon -1; worth h24 -3.5, trine 1; constant'",
		"'weighted; aspects (major)'" ],
	score_query => [
		"score_query('{\"sun\": {\"longitude\": 196.27, \"speed\": 1}, \"vertex\": 7.5}', 'weighted; aspects (trine 8); bodies luminaries 1')" ],
	aspect_matrix => [
		"aspect_matrix('{\"sun\": 196.27, \"moon\": 303.55, \"asc\": 19.7}', '{\"sun\": 329.38, \"moon\": 251.13, \"mars\": 17, \"pluto\": 111.6}', 'modern, h24=15 0.5; strict')",
		"aspect_matrix('{\"sun\": 0}', '{}')" ],
	aspect_tally => [
		"aspect_tally_accum(NULL, '{\"sun\": 196.27, \"moon\": 303.55}', '{\"sun\": 329.38, \"mars\": 17}', 'trine 8, h24=15 0.5; strict')",
		"group_tally_final('{\"aspects\": \"square 9\", \"charts\": [{\"sun\": 1}, {\"moon\": 92}, {}]}')" ],
	chart_group => [
		"'{\"aspects\": \"square 9; bodies_a sun\", \"charts\": [{\"sun\": 1, \"asc\": {\"longitude\": 1, \"speed\": 2}}, {}, {\"moon\": 92, \"uncertainty\": 60}]}'" ],
	chart_sum => [
		"composite_agg_accum('{\"charts\": 3, \"bodies\": [\"sun\", \"pluto\"], \"sums\": [[1, -2], [300000, 4]]}', '{\"sun\": 1, \"pluto\": 200}')",
		"'{\"charts\": 2147483647, \"bodies\": [\"chiron\"], \"sums\": [[9223372032559808512, -9223372032559808512]]}'" ],);

# What reads every part of a value, for those that were accepted
my %uses = (
	chart => q(SELECT count(b), sum(a.v <~> c.v) FROM chart_accepted AS a, bodies(a.v) AS b, charts AS c WHERE a.v IS NOT NULL AND c.v <> '{}' AND b.house = 1),
	aspect_set => q(SELECT sum(cardinality(aspect_matrix(p.chart, q.chart, a.v)::int[])) FROM aspect_set_accepted AS a, people AS p, people AS q WHERE p.id < 5 AND q.id < 5),
	score_model => q(SELECT sum(synastry_score(p.chart, q.chart, a.v)), count(a.v::aspect_set) FROM score_model_accepted AS a, people AS p, people AS q WHERE p.id < 5 AND q.id < 5),
	score_query => q(SELECT sum(p.chart <~> a.v) FROM score_query_accepted AS a, people AS p),
	aspect_matrix => q(SELECT sum(length(aspect_grid(a.v)) + length(jsonb(transpose(a.v))::text)), count(b) FROM aspect_matrix_accepted AS a, aspects(a.v) AS b),
	aspect_tally => q(SELECT count(r), sum((SELECT count(*) FROM tally_rows(a.v))) FROM aspect_tally_accepted AS a, tally_rows(a.v) AS r),
	chart_group => q(SELECT count(r) FROM chart_group_accepted, tally_rows(group_tally_final(group_tally_combine(v, v))) AS r),
	chart_sum => q(SELECT count(composite_agg_final(v)) FROM chart_sum_accepted),);

# A file of COPY BINARY with one row of one column
my $file_header = "PGCOPY\n\xff\r\n\0" . pack('NN', 0, 0);
my $file_trailer = pack('n', 0xffff);

sub file_with { my $value = shift; return $file_header . pack('nN', 1, length $value) . $value . $file_trailer }

sub flipped
{
	my ($bytes, $place, $mask) = @_;
	substr($bytes, $place, 1) ^= chr($mask);
	return $bytes;
}

# All corruptions of a value, as files: every byte flipped in four ways, which
# change signs, letters, neighbouring digits and letters; every length that is
# too short; some bytes too many; and damage to the file around the value.
sub corruptions
{
	my $value = shift;
	my $file = file_with($value);
	my $length = length $value;
	my @files;

	foreach my $place (0 .. $length - 1)
	{
		push @files, map { file_with(flipped($value, $place, $_)) } 0xff, 0x80, 0x20, 0x01;
		push @files, file_with(substr($value, 0, $place));
	}
	push @files, map { file_with($value . $_) } "\0", "\xff", ' ', ';', '}', $value;
	push @files, map { substr($file, 0, $_) } 0 .. length($file) - 3;
	foreach my $place (length($file_header) .. length($file_header) + 5)
	{
		push @files, map { flipped($file, $place, $_) } 0xff, 0x01;
	}
	return @files;
}

$node->safe_psql('postgres', <<'SQL');
CREATE TABLE refused (type text, file int, state text, message text);

-- Loads the files of a type one by one into a table of accepted values.
CREATE PROCEDURE load(directory text, type text, files int) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TEMPORARY TABLE loaded (v %I)', type);
	EXECUTE format('CREATE TABLE %I (file int, v %I)', type || '_accepted', type);
	FOR file IN 0 .. files - 1 LOOP
		BEGIN
			EXECUTE format('COPY loaded FROM %L (FORMAT binary)', directory || '/' || file);
			EXECUTE format('INSERT INTO %I SELECT $1, v FROM loaded', type || '_accepted') USING file;
			DELETE FROM loaded;
		EXCEPTION WHEN OTHERS THEN
			INSERT INTO refused VALUES (type, file, SQLSTATE, SQLERRM);
		END;
	END LOOP;
	DROP TABLE loaded;
END
$$;
SQL

foreach my $type (@types)
{
	my @files;
	foreach my $sample (@{ $samples{$type} })
	{
		my $hex = $node->safe_psql('postgres', "SELECT encode(${type}_send(($sample)::$type), 'hex')");
		push @files, corruptions(pack('H*', $hex));
	}

	mkdir "$directory/$type.corrupt" or die $!;
	foreach my $file (0 .. $#files)
	{
		open my $out, '>:raw', "$directory/$type.corrupt/$file" or die $!;
		print $out $files[$file];
		close $out or die $!;
	}

	my $n = @files;
	$node->safe_psql('postgres', "CALL load('$directory/$type.corrupt', '$type', $n)");

	is( $node->safe_psql('postgres', <<"SQL"), '', "$type: $n corrupted values are accepted or refused as bad data");
SELECT DISTINCT file, state, message FROM refused
WHERE type = '$type' AND state !~ '^22' AND state NOT IN ('08P01', '54000')
ORDER BY file LIMIT 10;
SQL
	is( $node->safe_psql('postgres', <<"SQL"), 't', "$type: messages do not repeat what was sent");
SELECT max(length(message)) < 200 FROM refused WHERE type = '$type';
SQL
	is( $node->safe_psql('postgres', <<"SQL"), 't|0', "$type: what was accepted makes the round trip");
CREATE TABLE ${type}_again (LIKE ${type}_accepted);
COPY ${type}_accepted TO '$directory/$type.accepted' (FORMAT binary);
COPY ${type}_again FROM '$directory/$type.accepted' (FORMAT binary);
SELECT count(*) > 10, count(*) FILTER (WHERE row(a.v::text, ${type}_send(a.v)) IS DISTINCT FROM row(b.v::text, ${type}_send(b.v))
	OR ${type}_send(a.v::text::$type) IS DISTINCT FROM ${type}_send(a.v))
FROM ${type}_accepted AS a FULL JOIN ${type}_again AS b USING (file);
SQL

	isnt($node->safe_psql('postgres', $uses{$type}), '', "$type: what was accepted can be used");

	# Equal charts are equal bytes: there is one way to send a chart.
	if ($type eq 'chart')
	{
		my %accepted = map { split /\|/ } split /\n/,
		  $node->safe_psql('postgres', "SELECT file, encode(chart_send(v), 'hex') FROM chart_accepted WHERE v IS NOT NULL");
		is_deeply([ grep { file_with(pack('H*', $accepted{$_})) ne $files[$_] } sort keys %accepted ],
			[], 'chart: what was accepted is sent as it came');
	}
}

is( $node->safe_psql('postgres', q(SELECT string_agg(DISTINCT state, ' ' ORDER BY state) FROM refused
	WHERE state IN ('08P01', '22P03', '54000'))),
	'08P01 22P03 54000', 'too short, malformed and too large are told apart');

$node->stop;
unlike(slurp_file($node->logfile), qr/PANIC|TRAP|terminated by signal/, 'no crash');

done_testing();
