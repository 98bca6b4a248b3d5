# Files that have to agree with each other, as a TAP test: perl test/harness/metadata.pl, from the
# root of the checkout.
use strict;
use warnings;

use JSON::PP;
use Test::More;

sub content
{
	my ($file) = @_;
	open(my $handle, '<', $file) or die "$file: $!";
	local $/;
	return scalar <$handle>;
}

# The version lives in the control file.
my ($version) = content('synastry.control') =~ /^default_version = '(.*)'$/m;
# A new installation runs the script of the first release and then the updates.
my $install_script = 'sql/synastry--0.1.0.sql';
my %updates = map { m/--(.*)--(.*)\.sql$/ ? ($1 => $2) : () } glob('sql/synastry--*--*.sql');
my $reached = '0.1.0';
$reached = $updates{$reached} while exists $updates{$reached};
my $meta = decode_json(content('META.json'));
my $provided = $meta->{provides}{synastry};

ok(-f $install_script, "$install_script exists");
is($reached, $version, 'the updates lead to the version of the control file');
foreach my $line (grep { !/^#/ } split /\n/, content('test/releases'))
{
	my ($released) = split / /, $line;
	ok($released eq '0.1.0' || grep({ $_ eq $released } values %updates), "there is a script for $released");
}
is($meta->{version}, $version, 'META.json has the version of the control file');
is($provided->{version}, $version, 'META.json provides that version');
is($provided->{file}, $install_script, 'META.json names the install script');

done_testing();
