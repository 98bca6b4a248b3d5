# corpus.pl unpack FILE DIRECTORY: a file of test/fuzz/corpus, whose lines are inputs, as libFuzzer
#	wants it, a file each.
# corpus.pl pack DIRECTORY FILE: and back, sorted, short ones first.
#
# What is not printable ASCII stands in a line as \x and two digits, and so does a backslash.
use strict;
use warnings;

my ($command, $from, $to) = @ARGV;

sub content
{
	my $file = shift;
	open my $in, '<:raw', $file or die "$file: $!";
	local $/;
	return scalar <$in> // '';
}

sub write_file
{
	my ($file, $content) = @_;
	open my $out, '>:raw', $file or die "$file: $!";
	print $out $content;
	close $out or die "$file: $!";
	return;
}

if ($command eq 'unpack')
{
	my $number = 0;
	foreach my $line (split /\n/, content($from))
	{
		$line =~ s/\\x(..)/chr hex $1/ge;
		write_file("$to/" . $number++, $line);
	}
}
elsif ($command eq 'pack')
{
	my %lines;
	foreach my $file (glob "$from/*")
	{
		my $line = content($file);
		$line =~ s/([^ -\[\]-~])/sprintf '\x%02x', ord $1/ge;
		$lines{$line} = 1;
	}
	write_file($to, join '', map { "$_\n" } sort { length $a <=> length $b or $a cmp $b } keys %lines);
}
else { die "corpus.pl unpack FILE DIRECTORY | pack DIRECTORY FILE\n" }
