# generate.pl SEED COUNT: random queries over everything that the extension has, as a script for psql.
#
# Functions, operators, casts, aggregates and views come out of the catalogue of the server, so that new ones are queried from
# the day they are added.  Values are of the types that they take: sensible, hostile, NULL, or made by other functions.  Each
# query prints its number, a digest of its result and its SQLSTATE; those whose result is another one every time print the latter
# alone.
use strict;
use warnings;

my ($seed, $count) = @ARGV;
srand($seed);

sub catalogue
{
	my ($sql) = @_;
	my @rows = map { chomp; [ split(/\t/, $_, -1) ] } `psql --no-psqlrc -qAt -F '\t' -v ON_ERROR_STOP=1 -c "$sql"`;
	die "no answer to: $sql" if $?;
	return @rows;
}

sub pick { return $_[ int(rand(@_)) ]; }
sub chance { return rand() < $_[0]; }
sub quoted { my ($text) = @_; $text =~ s/'/''/g; return "'$text'"; }

my $members = "SELECT objid FROM pg_depend WHERE deptype = 'e' AND refclassid = 'pg_extension'::regclass
	AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'synastry')";

# ---- what there is ------------------------------------------------------------------------------

my @functions = map { { name => $_->[0], kind => $_->[1], set => $_->[2] eq 't', volatile => $_->[3] eq 'v', defaults => $_->[4], result => $_->[5],
		types => [ split(/;/, $_->[6]) ], names => [ split(/;/, $_->[7]) ] } }
  catalogue("SELECT proname, prokind, proretset, provolatile, pronargdefaults, format_type(prorettype, NULL),
		(SELECT string_agg(format_type(t, NULL), ';' ORDER BY n) FROM unnest(proargtypes) WITH ORDINALITY u (t, n)),
		array_to_string(proargnames[1:pronargs], ';')
	FROM pg_proc WHERE oid IN ($members AND classid = 'pg_proc'::regclass) AND NOT 'internal'::regtype = ANY (proargtypes) AND prorettype <> 'cstring'::regtype ORDER BY oid");
my @operators = map { { operator => $_->[0], types => [ @$_[ 1, 2 ] ], result => $_->[3] } }
  catalogue("SELECT oprname, format_type(oprleft, NULL), format_type(oprright, NULL), format_type(oprresult, NULL)
	FROM pg_operator WHERE oid IN ($members AND classid = 'pg_operator'::regclass) ORDER BY oid");
my @casts = map { { cast => 1, types => [ $_->[0] ], result => $_->[1] } }
  catalogue("SELECT format_type(castsource, NULL), format_type(casttarget, NULL) FROM pg_cast WHERE oid IN ($members AND classid = 'pg_cast'::regclass) ORDER BY oid");
my @views = map { $_->[0] } catalogue("SELECT relname FROM pg_class WHERE oid IN ($members AND classid = 'pg_class'::regclass) AND relkind IN ('v', 'r') ORDER BY oid");

my @scalars = grep { $_->{kind} eq 'f' && !$_->{set} && $_->{result} ne 'void' && !$_->{volatile} } @functions;
my @volatiles = grep { $_->{kind} eq 'f' && $_->{volatile} && $_->{name} !~ /_(batch|cross)$/ } @functions;
my @batches = grep { $_->{name} =~ /_(batch|cross)$/ } @functions;
my @sets = grep { $_->{kind} eq 'f' && $_->{set} && !$_->{volatile} && $_->{name} !~ /statistics|history|progress|info|regressions/ } @functions;
my @aggregates = grep { $_->{kind} eq 'a' } @functions;
my %makers;
push @{ $makers{ $_->{result} } }, $_ foreach @scalars, @operators, @casts;

# ---- values -------------------------------------------------------------------------------------

sub any_number { return pick(0, 1, -1, 30, 359.9999999, sprintf('%.3f', rand(720) - 360), sprintf('%.7g', rand() * 10**int(rand(30) - 10))); }
sub hostile_number { return pick(q{'NaN'}, q{'Infinity'}, q{'-Infinity'}, '1e308', '-1e308', '1e-320', '-0.0', '1e19'); }

my @bodies = qw(sun moon mercury venus mars jupiter saturn uranus neptune pluto ascendant midheaven chiron true_node vega);
sub some_bodies { my %chosen = map { pick(@bodies) => 1 } 0 .. rand(5); return sort keys %chosen; }

sub chart_text
{
	return '{' . join(',', map { chance(0.1) ? 'NULL' : sprintf('%.4f', rand(360)) } 1 .. 10) . '}' if chance(0.4);
	return '{' . join(', ', (map { chance(0.3) ? sprintf('"%s": {"longitude": %.3f, "speed": %.3f, "declination": %.2f}', $_, rand(360), rand(3) - 1, rand(40) - 20) : sprintf('"%s": %.3f', $_, rand(360)) } some_bodies()),
		chance(0.3) ? '"cusps": [' . join(',', map { $_ * 30 + int(rand(20)) } 0 .. 11) . ']' : ()) . '}';
}
my @aspects = qw(conjunction sextile square trine opposition quincunx semi_sextile quintile);
sub aspect_set_text
{
	return pick(qw(synastry modern major predictive kerykeion6 lilly)) . pick('', '', '; scale 0.8', '; strict', '; sun +2, moon +2, pluto max 3', '; bodies planets', '; bodies_b angles', '; tightest', '; first') if chance(0.5);
	return join(', ', map { sprintf('%s %.2f', $_, rand(9)) } grep { chance(0.5) } @aspects) || 'trine 180';
}
sub score_model_text
{
	my $pairs = chance(0.5) ? '; pairs ' . pick(@bodies) . '-' . pick(@bodies) . ' ' . int(rand(10) - 5) : '';
	return pick('personal', 'weighted', 'weighted; bodies planets 1', 'weighted; bodies angles 2, vega 1', 'weighted; aspects (' . aspect_set_text() . ')') . $pairs . pick('', '; constant');
}
my @broken = ('', ' ', '{', '}', '{}', '[]', 'null', 'NULL', '{NaN}', '{"sun": "NaN"}', '{"sun": 1e999}', '{"sun": {}}', '{"cusps": []}', 'trine', 'trine -1', 'trine NaN', 'trine 1e400', ';', ';;;', 'x' x 100000, '(' x 5000,
	'{"sun": ' . '[' x 5000, '{' . '1,' x 500 . '1}', '; scale 1e300', '; bodies', 'weighted; weighted', "\xc2\xa0", '%s%n', '{"sun":1,"sun":2}', "weighted; pairs sun-sun 1e300", 'aspects ()');

my @queries = ('SELECT id, chart FROM few', 'SELECT id, chart FROM crowd WHERE id < 40', 'SELECT chart, id::text AS id, 1 AS more FROM few', 'SELECT a_id, a, b_id, b FROM pairs', 'SELECT * FROM pairs', 'SELECT a AS a, b AS b FROM pairs',
	'SELECT NULL::int AS id, NULL::chart AS chart', 'SELECT id, chart FROM few WHERE false', 'SELECT id, chart FROM few ORDER BY chart <~> born(3)',
	'SELECT id, chart FROM crowd ORDER BY chart <~> born(3) LIMIT 5',
	# of its own settings, and of another batch
	q{SELECT id, chart FROM few WHERE set_config('synastry.simd', 'scalar', true) IS NOT NULL}, q{SELECT id, chart FROM few WHERE set_config('work_mem', '64kB', true) IS NOT NULL}, q{SELECT id, chart FROM few WHERE set_config('synastry.track', 'none', true) IS NOT NULL},
	q{SELECT left_id AS id, born(score) AS chart FROM synastry_cross('few'::regclass, 'few'::regclass, top_k => 1)}, q{SELECT a_id, born(1) AS a, b_id, born(score) AS b FROM synastry_batch('SELECT * FROM pairs')}, q{SELECT id, chart FROM few WHERE synastry_cache_reset() >= 0},
	# no queries for a batch
	'', ';', 'SELECT', 'SELECT 1; SELECT 2', 'DELETE FROM few', 'SELECT id, id AS chart FROM few', 'SELECT id, chart FROM nothing', 'WITH x AS (DELETE FROM few RETURNING *) SELECT * FROM x', 'COPY few TO STDOUT', 'SELECT 1 / (id - 5) AS id, chart FROM few',
	'SELECT id, chart FROM few FOR UPDATE', 'EXPLAIN SELECT 1', 'SET work_mem = 64', 'SELECT $1 AS id, chart FROM few', 'SELECT id, chart, chart FROM few', 'COMMIT', 'VALUES (1, 2)', 'SELECT id, chart FROM few;', 'TABLE few', 'SELECT * FROM synastry_batch(1)', 'SELECT id, chart INTO TEMP t FROM few');

my %pools = (
	'chart' => sub { return quoted(chance(0.95) ? chart_text() : pick(@broken)) . '::chart' },
	'aspect_set' => sub { return quoted(chance(0.9) ? aspect_set_text() : pick(@broken)) . '::aspect_set' },
	'score_model' => sub { return quoted(chance(0.9) ? score_model_text() : pick(@broken)) . '::score_model' },
	'score_query' => sub { return chance(0.9) ? 'score_query(' . quoted(chart_text()) . ', ' . quoted(score_model_text()) . ')' : quoted(pick(@broken)) . '::score_query' },
	'aspect_matrix' => sub { return chance(0.8) ? 'aspect_matrix(' . quoted(chart_text()) . ', ' . quoted(chart_text()) . ', ' . quoted(aspect_set_text()) . ')' : quoted(pick(@broken)) . '::aspect_matrix' },
	'aspect_tally' => sub { return chance(0.8) ? '(SELECT aspect_tally(chart, ' . quoted(chart_text()) . ') FROM few)' : quoted(pick(@broken)) . '::aspect_tally' },
	'jsonb' => sub { my $text = chance(0.9) ? chart_text() : pick(@broken); return quoted($text =~ /^\{[^"]/ ? '{"planets": {"sun": 1}}' : $text) . '::jsonb' },
	'double precision' => sub { return chance(0.8) ? '(' . any_number() . ')::float8' : '(' . hostile_number() . ')::float8' },
	'integer' => sub { return '(' . pick(0, 1, 2, 3, 5, 10, 100, -1, 2147483647, '-2147483648') . ')::int' },
	'bigint' => sub { return '(' . pick(0, 1, 10, 1000, 1000000, -1, '9223372036854775807', '-9223372036854775808') . ')::bigint' },
	'boolean' => sub { return pick('true', 'false') },
	'text' => sub { return quoted(chance(0.7) ? pick(@bodies, 'venuss', 'births15_1', 'midheaven', 'none', 'discepolo', 'Sun') : pick(@broken)) . '::text' },
	'cstring' => sub { return quoted(pick(chart_text(), aspect_set_text(), score_model_text(), @broken)) . '::cstring' },
	'text[]' => sub { return "'{" . join(',', chance(0.8) ? some_bodies() : pick('', 'NULL', 'sun,sun', '{sun},{moon}', 'x' x 1000)) . "}'::text[]" },
	'double precision[]' => sub { return "'" . pick('{' . join(',', map { sprintf('%.2f', rand(400)) } 1 .. pick(1, 2, 3, 10, 12)) . '}', '{}', '{NaN}', '{NULL,1}', '{{1,2},{3,4}}', '[5:6]={1,2}', '{Infinity}') . "'::float8[]" },
	'chart[]' => sub { return 'ARRAY(SELECT chart FROM few WHERE id <= ' . int(rand(12)) . ')' },
	'timestamp with time zone' => sub { return quoted(pick('2000-01-01 12:00+00', '1940-10-09', 'infinity', '-infinity', '294276-12-31', '4713-01-01 BC', '2000-01-02')) . '::timestamptz' },
	'interval' => sub { return quoted(pick('1 day', '-1 month', '0', '178000000 years')) . '::interval' },
	'bytea' => sub { return quoted(pick('', '\x00', '\xffffffffffffffff')) . '::bytea' },
	'regclass' => sub { return pick(q{'few'::regclass}, q{'few'::regclass}, q{'pairs'::regclass}, q{'crowd_chart'::regclass}, q{'pg_class'::regclass}, '0::regclass', '99999999::oid::regclass') },
	'anyelement' => sub { return pick('NULL::int', 'NULL::int', '1', q{'x'::text}, 'NULL::bigint', 'NULL::chart', 'NULL::int[]') },
);

# A value of a type; in a query over a table also one of its columns.
# Arguments that say by their name what they take.
my %named = (
	score => [qw(discepolo discepolo_k5 discepolo_k6 astrolog_power stellium soft_hard)],
	scale => [qw(births15_1 births15 none)],
	anchor => [qw(midheaven ascendant none)],
	body => \@bodies,
	aspects => [qw(synastry modern)],
	model => [qw(weighted personal)],
);

sub value
{
	my ($type, $depth, $columns, $name) = @_;
	return quoted(pick(@queries)) . '::text' if ($name // '') =~ /query/ && $type eq 'text';
	return quoted(pick(@{ $named{$name} })) . '::text' if $type eq 'text' && $named{ $name // '' } && chance(0.8);
	return "NULL::$type" if $type ne 'anyelement' && chance(0.05);
	return 't.chart' if $columns && $type eq 'chart' && chance(0.7);
	return 't.id' if $columns && $type =~ /^(integer|bigint|double precision)$/ && chance(0.3);
	return call(pick(@{ $makers{$type} }), $depth - 1, $columns) if $makers{$type} && $depth > 0 && (chance($type eq 'text' ? 0.1 : 0.4) || !$pools{$type});
	return $pools{$type} ? $pools{$type}->() : "NULL::$type";
}

sub arguments
{
	my ($function, $depth, $columns) = @_;
	my @types = @{ $function->{types} };
	my $given = @types - int(rand(1 + ($function->{defaults} // 0)));
	return join(', ', map { value($types[$_], $depth, $columns, $function->{names} ? $function->{names}[$_] : '') } 0 .. $given - 1);
}

sub call
{
	my ($function, $depth, $columns) = @_;
	my @values = $function->{name} ? () : map { value($_, $depth, $columns) } @{ $function->{types} };
	return "($values[0])::$function->{result}" if $function->{cast};
	return "($values[0] $function->{operator} $values[1])" if $function->{operator};
	return "$function->{name}(" . arguments($function, $depth, $columns) . ')';
}

# ---- queries ------------------------------------------------------------------------------------

sub digest { my ($query, $order) = @_; return "SELECT count(*), md5(string_agg(v::text, '|'" . ($order ? ' ORDER BY v::text COLLATE "C"' : '') . ")) FROM ($query) v"; }
sub table_of { return chance(0.7) ? 'few t' : '(SELECT * FROM crowd WHERE id < ' . pick(50, 200, 500) . ') t'; }

sub aggregate
{
	my $function = pick(@aggregates);
	my $call = "$function->{name}(" . (chance(0.15) ? 'DISTINCT ' : '') . arguments($function, 1, 1) . ')';
	$call .= ' FILTER (WHERE ' . pick('t.id % 3 = 0', 'false', 't.chart IS NOT NULL', 't.chart <> born(1)') . ')' if chance(0.3);
	my $way = rand();
	return digest("SELECT $call OVER (" . pick('', 'PARTITION BY t.id % 4', 'ORDER BY t.id', 'ORDER BY t.id ROWS BETWEEN 3 PRECEDING AND 1 FOLLOWING', 'ORDER BY t.id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW') . ') AS v FROM few t', 1) if $way < 0.3;
	return digest("SELECT t.id % 5 AS g, $call AS v FROM " . table_of() . ' GROUP BY ' . pick('t.id % 5', 'ROLLUP (t.id % 5)'), 1) if $way < 0.6;
	return digest("SELECT $call AS v FROM " . table_of());
}

sub search
{
	my $sought = pick('born(' . int(rand(20000)) . ')', value('chart', 2), value('score_query', 1));
	my $where = pick('', '', 'WHERE id % 7 = 3', 'WHERE chart IS NOT NULL', 'WHERE id < 20');
	return "SELECT count(*), md5(string_agg(coalesce(d::text, '-'), '|')) FROM (SELECT chart <~> $sought AS d FROM crowd $where ORDER BY chart <~> $sought LIMIT " . pick(0, 1, 10, 100, 5000) . ') v';
}

my @settings = ("work_mem = '64kB'", "work_mem = '4MB'", 'hash_mem_multiplier = 1', 'synastry.cache_min_cells = 1', 'synastry.cache_min_cells = 100000', 'synastry.track = none', 'synastry.track = all', 'synastry.track_timing = on',
	'synastry.log_min_duration = 0', 'synastry.log_min_duration = -1', "timezone = 'Asia/Kathmandu'", 'extra_float_digits = 0', 'plan_cache_mode = force_generic_plan', "search_path = public, pg_catalog");

# weight, what makes one, whether its result is the same every time
my @kinds = (
	[ 30, sub { return digest('SELECT ' . call(pick(@scalars, @operators, @casts), 3) . ' AS v') }, 1 ],
	[ 20, sub { return digest('SELECT ' . call(pick(@scalars, @operators), 2, 1) . ' AS v FROM ' . table_of(), 1) }, 1 ],
	[ 15, sub { my $set = pick(@sets); return digest("SELECT v FROM $set->{name}(" . arguments($set, 2) . ') v') }, 1 ],
	[ 10, sub { my $set = pick(@sets); return digest("SELECT v FROM few t, $set->{name}(" . arguments($set, 1, 1) . ') v', 1) }, 1 ],
	[ 20, \&aggregate, 1 ],
	[ 15, \&search, 1 ],
	[ 12, sub { my $batch = pick(@batches); return digest("SELECT v FROM $batch->{name}(" . arguments($batch, 1) . ') v', 1) }, 1 ],
	[ 6, sub { my $function = pick(@volatiles); return "SELECT * FROM $function->{name}(" . arguments($function, 2) . ')' }, 0 ],
	[ 4, sub { return 'SELECT * FROM ' . pick(@views) . ' v' . pick('', ' ORDER BY v', ' WHERE v IS NULL', ', few') }, 0 ],
	[ 4, sub { return 'SET ' . pick(@settings) }, 1 ],
	[ 2, sub { return 'PREPARE p AS ' . search() . '; EXECUTE p; DEALLOCATE p' }, 1 ],
);
my @wheel = map { my $kind = $_; ($kind) x $kind->[0] } @kinds;

print "\\set QUIET on\n\\pset format unaligned\n\\pset tuples_only on\nSET client_min_messages = error;\n";
foreach my $number (1 .. $count)
{
	my (undef, $make, $is_same) = @{ pick(@wheel) };
	my $query = $make->();
	print "\\echo #$number\n", $is_same ? '' : "\\o /dev/null\n", "$query;\n", $is_same ? '' : "\\o\n", "\\echo :SQLSTATE\n";
}
print "\\echo #end\n";
