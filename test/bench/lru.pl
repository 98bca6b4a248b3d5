# lru.pl FILE: the part of the requests in FILE, a key in each line, that an exact LRU answers which has room
# for as many entries as the standard input says.
use strict;
use warnings;

my $room = <STDIN>;
my (%used, %next, %previous);
my ($hits, $requests) = (0, 0);
my ($first, $last) = ('first', 'last');
@next{$first} = $last;
@previous{$last} = $first;

sub take_out
{
	my ($key) = @_;
	($next{ $previous{$key} }, $previous{ $next{$key} }) = ($next{$key}, $previous{$key});
}

open my $file, '<', $ARGV[0] or die "$ARGV[0]: $!";
while (my $key = <$file>)
{
	$requests++;
	if ($used{$key})
	{
		$hits++;
		take_out($key);
	}
	elsif (keys %used >= $room)
	{
		my $oldest = $next{$first};
		take_out($oldest);
		delete $used{$oldest};
	}
	$used{$key} = 1;
	my $newest = $previous{$last};
	($next{$newest}, $previous{$key}, $next{$key}, $previous{$last}) = ($key, $newest, $last, $key);
}
printf "%.6f\n", $hits / $requests;
