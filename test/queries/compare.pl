# compare.pl SCRIPT BASE OTHER ERRORS: the answers of two runs of a script of generate.pl, query by query, and what no query may
# end with.  Prints what is wrong, and the sums.
use strict;
use warnings;

my ($script, $base, $other, $errors) = @ARGV;

# bad values and limits, bad queries of a batch, what is not supported or not possible here
my $known = qr/^(00000|22\w\w\w|42\w\w\w|54000|54001|0A000|55000|26000|21000|2B000)$/;

# number of a query: what it says
sub parts
{
	my ($name) = @_;
	open(my $file, '<', $name) or die "$name: $!";
	local $/;
	return map { /^(\d+|end)\n(.*)/s ? ($1 => $2) : () } split(/^(?:\\echo )?#/m, <$file>);
}

sub is_bad_value { return $_[0] =~ /^22\w{3}$/m; }

my %queries = parts($script);
my %first = parts($base);
my %second = parts($other);
my ($passed, $failed) = (0, 0);
foreach my $number (sort { $a <=> $b } grep { $_ ne 'end' } keys %queries)
{
	my $answer = $second{$number} // 'no answer';
	my ($state) = $answer =~ /^(\w{5})$/m;
	my $expected = $first{$number} // '';
	# of several rows that are wrong any may be the first
	my $is_same = $answer eq $expected || (is_bad_value($answer) && is_bad_value($expected));
	if (($state // '') =~ $known && $is_same) { $passed++; }
	elsif ($failed++ < 10)
	{
		printf "query %s: %s\nit gives: %sand first: %s\n", $number, substr($queries{$number}, 0, 2000), substr($answer, 0, 500), substr($expected, 0, 500);
	}
}
if ($failed)
{
	open(my $file, '<', $errors) or die $!;
	print grep { /internal|XX000|server|connection/ } <$file>;
}
print "$passed passed, $failed failed\n";
