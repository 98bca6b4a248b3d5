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
my $install_script = "sql/synastry--$version.sql";
my $meta = decode_json(content('META.json'));
my $provided = $meta->{provides}{synastry};

ok(-f $install_script, "$install_script exists");
is($meta->{version}, $version, 'META.json has the version of the control file');
is($provided->{version}, $version, 'META.json provides that version');
is($provided->{file}, $install_script, 'META.json names the install script');

done_testing();
