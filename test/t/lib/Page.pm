# The queries that a page of the documentation shows.

package Page;

use strict;
use warnings;

use Exporter 'import';
our @EXPORT_OK = qw(page section queries columns);

sub page
{
	my ($file) = @_;

	open my $handle, '<', $file or die "$file: $!";
	local $/ = undef;
	return scalar <$handle>;
}

# A section by its heading, up to the next one of the same level.
sub section
{
	my ($text, $heading) = @_;
	my ($section) = $text =~ /^## \Q$heading\E\n(.*?)(?:^## |\z)/ms;
	return $section;
}

# Its queries, in order: text, and the output that follows, undef if none is shown.
sub queries
{
	my ($text) = @_;
	my @queries;

	while ($text =~ /^```sql\n(.*?)^```\n(?:\n```\n(.*?)^```\n)?/msg)
	{
		push @queries, { text => $1, output => $2 };
	}
	return @queries;
}

# The names of columns above an output of psql.
sub columns
{
	my ($output) = @_;
	my ($line) = $output =~ /\A(.*)$/m;
	return join '|', map { s/^\s+|\s+$//gr } split /\|/, $line;
}

1;
