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

#
# What version 1.0.0 of PGXN's Meta Spec asks of META.json, of the members that it has.
#

# texts, lists and objects that are not empty
sub is_text { return defined $_[0] && !ref $_[0] && $_[0] =~ /\S/ }
sub is_list { return ref $_[0] eq 'ARRAY' && @{ $_[0] } > 0 && !grep { !is_text($_) } @{ $_[0] } }
sub is_map { return ref $_[0] eq 'HASH' && %{ $_[0] } > 0 }
sub is_term { return is_text($_[0]) && $_[0] =~ m{^[^\s/\\[:cntrl:]]{2,}$} }
sub is_tag { return is_text($_[0]) && $_[0] =~ m{^[^/\\[:cntrl:]]{1,255}$} }
sub is_version { return is_text($_[0]) && $_[0] =~ /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-?[a-z][-0-9a-z]*)?$/i }

my %licenses = map { $_ => 1 } qw(agpl_3 apache_1_1 apache_2_0 artistic_1 artistic_2 bsd freebsd gfdl_1_2 gfdl_1_3 gpl_1 gpl_2 gpl_3
	lgpl_2_1 lgpl_3_0 mit mozilla_1_0 mozilla_1_1 openssl perl_5 postgresql qpl_1_0 ssleay sun zlib
	open_source restricted unrestricted unknown);
my %optional = map { $_ => 1 } qw(description generated_by no_index prereqs release_status resources tags);
my %required = (
	name => \&is_term,
	abstract => \&is_text,
	version => \&is_version,
	maintainer => sub { return is_text($_[0]) || is_list($_[0]) },
	license => sub { return is_text($_[0]) && $licenses{ $_[0] } },
	provides => \&is_map,
	'meta-spec' => sub { return is_map($_[0]) && $_[0]{version} eq '1.0.0' });

foreach my $member (sort keys %required)
{
	ok($required{$member}->($meta->{$member}), "META.json has a valid $member");
}
is_deeply([ grep { !$required{$_} && !$optional{$_} && !/^x_/i } keys %$meta ], [], 'META.json has no members of other names');
like($meta->{release_status} // 'stable', qr/^(stable|testing|unstable)$/, 'its release_status is one of three');
ok(!grep({ !is_tag($_) } @{ $meta->{tags} // [] }), 'its tags are');
foreach my $extension (sort keys %{ $meta->{provides} })
{
	my $provides = $meta->{provides}{$extension};

	ok(is_term($extension) && is_version($provides->{version}), "$extension has a name and a version");
	ok(-f $provides->{$_}, "the $_ of $extension exists") foreach grep { exists $provides->{$_} } qw(file docfile);
	is_deeply([ grep { !/^(file|version|abstract|docfile|x_.*)$/i } keys %$provides ], [], "$extension has no members of other names");
}
foreach my $phase (sort keys %{ $meta->{prereqs} // {} })
{
	like($phase, qr/^(configure|build|test|runtime|develop)$/, "$phase is a phase");
	foreach my $relation (sort keys %{ $meta->{prereqs}{$phase} })
	{
		my $needs = $meta->{prereqs}{$phase}{$relation};

		like($relation, qr/^(requires|recommends|suggests|conflicts)$/, "$relation is a relation");
		ok($_ =~ /^\S+$/ && ($needs->{$_} eq '0' || is_version($needs->{$_})), "$relation a version of $_") foreach sort keys %$needs;
	}
}

done_testing();
