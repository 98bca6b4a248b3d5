/* synastry--0.1.0--0.2.0.sql */

\echo Use "ALTER EXTENSION synastry UPDATE TO '0.2.0'" to load this file. \quit

CREATE AGGREGATE sum(tally aspect_tally) (
	SFUNC = aspect_tally_combine, STYPE = aspect_tally, SSPACE = 16384,
	COMBINEFUNC = aspect_tally_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE sum(aspect_tally) IS 'the tally of the pairs of all, as by +: of groups, of partitions on other servers; they must have the same aspect set';
