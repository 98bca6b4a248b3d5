# A reload, and what one session sees of it.

package Reload;

use strict;
use warnings;

use Exporter 'import';
our @EXPORT_OK = qw(sees_after_reload);

# Whether a condition becomes true, within ten seconds, for a session that was there at the reload: of EXEC_BACKEND's
# backends only such know that a setting waits for a restart.
sub sees_after_reload
{
	my ($node, $database, $condition) = @_;

	my $look = <<END;
SELECT $condition AS seen \\gset
\\if :seen
SELECT 'seen';
\\quit
\\endif
SELECT pg_sleep(0.1) \\g /dev/null
END
	return $node->safe_psql($database, "SELECT pg_reload_conf();\n" . $look x 100) =~ /^seen$/m;
}

1;
