/* synastry--0.1.0.sql */

-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION synastry" to load this file. \quit

--
-- chart
--

CREATE TYPE chart;

CREATE FUNCTION chart_in(cstring) RETURNS chart
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION chart_out(chart) RETURNS cstring
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION chart_recv(internal) RETURNS chart
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION chart_send(chart) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE chart (
	INPUT = chart_in,
	OUTPUT = chart_out,
	RECEIVE = chart_recv,
	SEND = chart_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = plain
);
COMMENT ON TYPE chart IS 'birth chart: bodies with ecliptic longitudes in degrees, optionally speeds, declinations and 12 house cusps';
COMMENT ON FUNCTION chart_in(cstring) IS 'I/O';
COMMENT ON FUNCTION chart_out(chart) IS 'I/O';
COMMENT ON FUNCTION chart_recv(internal) IS 'I/O';
COMMENT ON FUNCTION chart_send(chart) IS 'I/O';

--
-- aspect_set
--

CREATE TYPE aspect_set;

CREATE FUNCTION aspect_set_in(cstring) RETURNS aspect_set
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION aspect_set_out(aspect_set) RETURNS cstring
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION aspect_set_recv(internal) RETURNS aspect_set
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION aspect_set_send(aspect_set) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE aspect_set (
	INPUT = aspect_set_in,
	OUTPUT = aspect_set_out,
	RECEIVE = aspect_set_recv,
	SEND = aspect_set_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE aspect_set IS 'the aspects that count: exact angles and max orbs in degrees, bodies per side, bounds and ties, orbs by body; a preset or a list such as ''conjunction 8, trine 7; sun +2''';
COMMENT ON FUNCTION aspect_set_in(cstring) IS 'I/O';
COMMENT ON FUNCTION aspect_set_out(aspect_set) IS 'I/O';
COMMENT ON FUNCTION aspect_set_recv(internal) IS 'I/O';
COMMENT ON FUNCTION aspect_set_send(aspect_set) IS 'I/O';

CREATE FUNCTION aspect_set(document jsonb) RETURNS aspect_set
	AS 'MODULE_PATHNAME', 'jsonb_to_aspect_set'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION aspect_set(jsonb) IS 'aspects as kerykeion''s settings list them: [{"name": "trine", "orb": 8}, …], or an object with such a list as active_aspects; the first aspect by angle within its orb counts, as there';
CREATE CAST (jsonb AS aspect_set) WITH FUNCTION aspect_set(jsonb);
COMMENT ON CAST (jsonb AS aspect_set) IS 'aspects as kerykeion''s settings list them';

--
-- score_model
--

CREATE TYPE score_model;

CREATE FUNCTION score_model_in(cstring) RETURNS score_model
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION score_model_out(score_model) RETURNS cstring
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION score_model_recv(internal) RETURNS score_model
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION score_model_send(score_model) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE score_model (
	INPUT = score_model_in,
	OUTPUT = score_model_out,
	RECEIVE = score_model_recv,
	SEND = score_model_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE score_model IS 'weights that turn the aspects of two charts into a number: an aspect set, bodies and pairs that score, worths; ''personal'', ''weighted'', an area (''emotional'', ''communication'', ''physical'', ''spiritual'', ''stability'') or one''s own';
COMMENT ON FUNCTION score_model_in(cstring) IS 'I/O';
COMMENT ON FUNCTION score_model_out(score_model) IS 'I/O';
COMMENT ON FUNCTION score_model_recv(internal) IS 'I/O';
COMMENT ON FUNCTION score_model_send(score_model) IS 'I/O';

CREATE FUNCTION aspect_set(model score_model) RETURNS aspect_set
	AS 'MODULE_PATHNAME', 'score_model_aspects'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION aspect_set(score_model) IS 'the aspect set that a score model carries';
CREATE CAST (score_model AS aspect_set) WITH FUNCTION aspect_set(score_model);
COMMENT ON CAST (score_model AS aspect_set) IS 'the aspect set that a score model carries';

--
-- score_query
--

CREATE TYPE score_query;

CREATE FUNCTION score_query_in(cstring) RETURNS score_query
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION score_query_out(score_query) RETURNS cstring
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION score_query_recv(internal) RETURNS score_query
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION score_query_send(score_query) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE score_query (
	INPUT = score_query_in,
	OUTPUT = score_query_out,
	RECEIVE = score_query_recv,
	SEND = score_query_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE score_query IS 'a chart and a score model: the right side of <~> for models other than the default';
COMMENT ON FUNCTION score_query_in(cstring) IS 'I/O';
COMMENT ON FUNCTION score_query_out(score_query) IS 'I/O';
COMMENT ON FUNCTION score_query_recv(internal) IS 'I/O';
COMMENT ON FUNCTION score_query_send(score_query) IS 'I/O';

CREATE FUNCTION score_query(chart chart, model score_model) RETURNS score_query
	AS 'MODULE_PATHNAME', 'score_query_make'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_query(chart, score_model) IS 'for ORDER BY chart <~> score_query($1, ''weighted'') LIMIT 10';

--
-- aspect_matrix
--

CREATE TYPE aspect_matrix;

CREATE FUNCTION aspect_matrix_in(cstring) RETURNS aspect_matrix
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION aspect_matrix_out(aspect_matrix) RETURNS cstring
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION aspect_matrix_recv(internal) RETURNS aspect_matrix
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION aspect_matrix_send(aspect_matrix) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE aspect_matrix (
	INPUT = aspect_matrix_in,
	OUTPUT = aspect_matrix_out,
	RECEIVE = aspect_matrix_recv,
	SEND = aspect_matrix_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE aspect_matrix IS 'for n bodies of A and m bodies of B: n x m cells, each with the aspect found (or none) and its signed deviation; carries its bodies and its aspect set';
COMMENT ON FUNCTION aspect_matrix_in(cstring) IS 'I/O';
COMMENT ON FUNCTION aspect_matrix_out(aspect_matrix) IS 'I/O';
COMMENT ON FUNCTION aspect_matrix_recv(internal) IS 'I/O';
COMMENT ON FUNCTION aspect_matrix_send(aspect_matrix) IS 'I/O';

--
-- Making charts
--

CREATE FUNCTION chart(document jsonb) RETURNS chart
	AS 'MODULE_PATHNAME', 'jsonb_to_chart'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION chart(jsonb) IS 'chart out of the document of an application, read leniently; see chart_problems()';
CREATE CAST (jsonb AS chart) WITH FUNCTION chart(jsonb) AS IMPLICIT;
COMMENT ON CAST (jsonb AS chart) IS 'chart out of the document of an application, read leniently';

CREATE FUNCTION chart_problems(document jsonb,
	OUT path text, OUT problem text, OUT severity text, OUT hint text)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200 ROWS 5;
COMMENT ON FUNCTION chart_problems(jsonb) IS 'what the cast to chart would ignore or refuse in a document: path, problem, severity (ignored, refused), hint';

CREATE FUNCTION chart(longitudes float8[]) RETURNS chart
	AS 'MODULE_PATHNAME', 'chart_from_float8_array'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chart(float8[]) IS 'chart of the ten planets, Sun to Pluto: longitudes in degrees, NULL where not known';
CREATE CAST (float8[] AS chart) WITH FUNCTION chart(float8[]);
COMMENT ON CAST (float8[] AS chart) IS 'chart of the ten planets, Sun to Pluto: longitudes in degrees';

CREATE FUNCTION chart(bodies text[], longitudes float8[],
	speeds float8[] DEFAULT NULL, declinations float8[] DEFAULT NULL,
	cusps float8[] DEFAULT NULL) RETURNS chart
	AS 'MODULE_PATHNAME', 'chart_from_arrays'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chart(text[], float8[], float8[], float8[], float8[]) IS 'chart out of parallel arrays: longitudes and declinations in degrees, speeds in degrees a day, NULL where not known; 12 house cusps';

CREATE FUNCTION chart(
	sun float8 DEFAULT NULL, moon float8 DEFAULT NULL,
	mercury float8 DEFAULT NULL, venus float8 DEFAULT NULL,
	mars float8 DEFAULT NULL, jupiter float8 DEFAULT NULL,
	saturn float8 DEFAULT NULL, uranus float8 DEFAULT NULL,
	neptune float8 DEFAULT NULL, pluto float8 DEFAULT NULL,
	true_node float8 DEFAULT NULL, mean_node float8 DEFAULT NULL,
	true_south_node float8 DEFAULT NULL, mean_south_node float8 DEFAULT NULL,
	mean_lilith float8 DEFAULT NULL, true_lilith float8 DEFAULT NULL,
	chiron float8 DEFAULT NULL,
	ascendant float8 DEFAULT NULL, midheaven float8 DEFAULT NULL,
	descendant float8 DEFAULT NULL, imum_coeli float8 DEFAULT NULL,
	cusps float8[] DEFAULT NULL) RETURNS chart
	AS 'MODULE_PATHNAME', 'chart_from_columns'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chart(float8, float8, float8, float8, float8, float8, float8, float8, float8, float8, float8, float8, float8, float8, float8, float8, float8, float8, float8, float8, float8, float8[]) IS 'chart out of one column per body: longitudes in degrees, NULL where not known; 12 house cusps';

CREATE FUNCTION with_cusps(chart chart, cusps float8[]) RETURNS chart
	AS 'MODULE_PATHNAME', 'chart_with_cusps'
	LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION with_cusps(chart, float8[]) IS 'the chart with these 12 house cusps in degrees, or without cusps if NULL';

CREATE FUNCTION chart_concat(chart, chart) RETURNS chart
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chart_concat(chart, chart) IS 'implementation of || operator';
CREATE OPERATOR || (LEFTARG = chart, RIGHTARG = chart, FUNCTION = chart_concat);
COMMENT ON OPERATOR || (chart, chart) IS 'the bodies, cusps and uncertainty of both charts; what both have is taken from the right one';

CREATE FUNCTION chart_without(chart, text[]) RETURNS chart
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chart_without(chart, text[]) IS 'implementation of - operator';
CREATE OPERATOR - (LEFTARG = chart, RIGHTARG = text[], FUNCTION = chart_without);
COMMENT ON OPERATOR - (chart, text[]) IS 'the chart without these bodies, or groups of bodies such as angles';

CREATE FUNCTION jsonb(chart chart) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'chart_to_jsonb'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION jsonb(chart) IS 'the chart as a JSON object';
CREATE CAST (chart AS jsonb) WITH FUNCTION jsonb(chart) AS ASSIGNMENT;
COMMENT ON CAST (chart AS jsonb) IS 'the chart as a JSON object';

--
-- Order and hash of charts
--

CREATE FUNCTION chart_eq(chart, chart) RETURNS bool
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION chart_ne(chart, chart) RETURNS bool
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION chart_lt(chart, chart) RETURNS bool
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION chart_le(chart, chart) RETURNS bool
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION chart_gt(chart, chart) RETURNS bool
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION chart_ge(chart, chart) RETURNS bool
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION chart_cmp(chart, chart) RETURNS int4
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION chart_hash(chart) RETURNS int4
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION chart_hash_extended(chart, int8) RETURNS int8
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chart_eq(chart, chart) IS 'implementation of = operator';
COMMENT ON FUNCTION chart_ne(chart, chart) IS 'implementation of <> operator';
COMMENT ON FUNCTION chart_lt(chart, chart) IS 'implementation of < operator';
COMMENT ON FUNCTION chart_le(chart, chart) IS 'implementation of <= operator';
COMMENT ON FUNCTION chart_gt(chart, chart) IS 'implementation of > operator';
COMMENT ON FUNCTION chart_ge(chart, chart) IS 'implementation of >= operator';
COMMENT ON FUNCTION chart_cmp(chart, chart) IS 'less-equal-greater';
COMMENT ON FUNCTION chart_hash(chart) IS 'hash';
COMMENT ON FUNCTION chart_hash_extended(chart, int8) IS 'hash';

CREATE OPERATOR = (
	LEFTARG = chart, RIGHTARG = chart, FUNCTION = chart_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel,
	HASHES, MERGES
);
CREATE OPERATOR <> (
	LEFTARG = chart, RIGHTARG = chart, FUNCTION = chart_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
CREATE OPERATOR < (
	LEFTARG = chart, RIGHTARG = chart, FUNCTION = chart_lt,
	COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
CREATE OPERATOR <= (
	LEFTARG = chart, RIGHTARG = chart, FUNCTION = chart_le,
	COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
CREATE OPERATOR > (
	LEFTARG = chart, RIGHTARG = chart, FUNCTION = chart_gt,
	COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
CREATE OPERATOR >= (
	LEFTARG = chart, RIGHTARG = chart, FUNCTION = chart_ge,
	COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR = (chart, chart) IS 'equal: the same bodies at the same longitudes, and all else the same';
COMMENT ON OPERATOR <> (chart, chart) IS 'not equal';
COMMENT ON OPERATOR < (chart, chart) IS 'before in a total order without further meaning';
COMMENT ON OPERATOR <= (chart, chart) IS 'before in a total order without further meaning, or equal';
COMMENT ON OPERATOR > (chart, chart) IS 'after in a total order without further meaning';
COMMENT ON OPERATOR >= (chart, chart) IS 'after in a total order without further meaning, or equal';

CREATE OPERATOR CLASS chart_ops DEFAULT FOR TYPE chart USING btree AS
	OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
	FUNCTION 1 chart_cmp(chart, chart);
COMMENT ON OPERATOR CLASS chart_ops USING btree IS 'total order of charts, for DISTINCT, merge joins and unique constraints';
CREATE OPERATOR CLASS chart_ops DEFAULT FOR TYPE chart USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 chart_hash(chart),
	FUNCTION 2 chart_hash_extended(chart, int8);
COMMENT ON OPERATOR CLASS chart_ops USING hash IS 'equality of charts';

--
-- What is in a chart
--

CREATE FUNCTION bodies(chart chart,
	OUT body text, OUT longitude float8, OUT sign text, OUT sign_degree float8,
	OUT retrograde bool, OUT speed float8, OUT declination float8,
	OUT house int4, OUT out_of_bounds bool) RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'chart_bodies'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 12;
COMMENT ON FUNCTION bodies(chart) IS 'a row per body: longitude and degree within the sign in degrees, speed in degrees a day, declination in degrees, house 1 to 12, out_of_bounds: a declination beyond the obliquity of the ecliptic at J2000, 23.4392794 degrees (IAU 2006), which bodies on the ecliptic never are; NULL where not known';

CREATE FUNCTION cusps(chart chart) RETURNS float8[]
	AS 'MODULE_PATHNAME', 'chart_cusps'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cusps(chart) IS 'the cusps of houses 1 to 12 in degrees, NULL if the chart has none';

CREATE FUNCTION longitude(chart chart, body text) RETURNS float8
	AS 'MODULE_PATHNAME', 'chart_longitude'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION longitude(chart, text) IS 'longitude of a body in degrees, NULL if the chart does not have it; an error for a name that does not exist';

--
-- Houses
--

CREATE FUNCTION house_overlay(guest chart, host chart,
	OUT body text, OUT longitude float8, OUT house int4) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 12;
COMMENT ON FUNCTION house_overlay(chart, chart) IS 'the houses of the host in which the bodies of the guest fall, a row per body in the order of the registry; a body on a cusp is in the house that opens there; no rows if the host has no cusps';

CREATE FUNCTION whole_sign_cusps(chart chart) RETURNS float8[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION whole_sign_cusps(chart) IS 'cusps of whole-sign houses, for with_cusps(): the first house is the sign of the ascendant; NULL if the chart has no ascendant';

CREATE FUNCTION equal_cusps(chart chart) RETURNS float8[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION equal_cusps(chart) IS 'cusps of equal houses, for with_cusps(): every 30 degrees from the ascendant; NULL if the chart has no ascendant';

CREATE FUNCTION porphyry_cusps(chart chart) RETURNS float8[]
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION porphyry_cusps(chart) IS 'cusps of Porphyry''s houses, for with_cusps(): the quadrants between ascendant and midheaven divided in three, to the nearest 1e-8 degrees; NULL if the chart lacks either, an error if the ascendant is not less than 180 degrees after the midheaven';

--
-- Aspects between two charts
--

CREATE FUNCTION aspect_matrix(a chart, b chart,
	aspects aspect_set DEFAULT 'synastry') RETURNS aspect_matrix
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 15;
COMMENT ON FUNCTION aspect_matrix(chart, chart, aspect_set) IS 'all aspects between two charts';

CREATE FUNCTION aspects(a chart, b chart, aspects aspect_set DEFAULT 'synastry',
	OUT body_a text, OUT body_b text, OUT aspect text, OUT angle float8,
	OUT separation float8, OUT orb float8, OUT max_orb float8,
	OUT strength float8, OUT nature text, OUT longitude_a float8,
	OUT longitude_b float8, OUT out_of_sign bool, OUT certain bool)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'aspects_of_charts'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200 ROWS 25;
COMMENT ON FUNCTION aspects(chart, chart, aspect_set) IS 'a row per aspect between two charts, in the order of the registry of bodies: angles in degrees, strength 1 - orb/max_orb, nature harmonious, challenging or neutral; out_of_sign NULL where the angle is not a whole number of signs; certain whether the row holds at all birth times that the uncertainties of the charts allow, at the speeds of the bodies (never for angles and lots if a time is uncertain by more than two minutes), NULL where such a speed is not known';

CREATE FUNCTION aspects(matrix aspect_matrix,
	OUT body_a text, OUT body_b text, OUT aspect text, OUT angle float8,
	OUT separation float8, OUT orb float8, OUT max_orb float8,
	OUT strength float8, OUT nature text) RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'aspects_of_matrix'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200 ROWS 25;
COMMENT ON FUNCTION aspects(aspect_matrix) IS 'a row per aspect of a matrix: angles in degrees';

CREATE FUNCTION transpose(matrix aspect_matrix) RETURNS aspect_matrix
	AS 'MODULE_PATHNAME', 'aspect_matrix_transpose'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 15;
COMMENT ON FUNCTION transpose(aspect_matrix) IS 'the same matrix with A and B exchanged';

CREATE FUNCTION aspect_grid(matrix aspect_matrix) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION aspect_grid(aspect_matrix) IS 'the grid that astrologers draw: a row per body of A, a column per body of B, cells with glyph and orb';

CREATE FUNCTION aspect_grid(matrix aspect_matrix, color bool) RETURNS text
	AS 'MODULE_PATHNAME', 'aspect_grid_in_color'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION aspect_grid(aspect_matrix, bool) IS 'the same grid, in colour for terminals: harmonious cyan, challenging red, neutral yellow (psql shows the colours in unaligned output)';

CREATE FUNCTION aspect_grid_svg(matrix aspect_matrix) RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2000;
COMMENT ON FUNCTION aspect_grid_svg(aspect_matrix) IS 'the same grid as a picture, SVG 1.1: colours by nature, the ground by strength';

CREATE FUNCTION synastry_svg(a chart, b chart,
	aspects aspect_set DEFAULT 'synastry') RETURNS text
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5000;
COMMENT ON FUNCTION synastry_svg(chart, chart, aspect_set) IS 'two charts around one zodiac as a picture, SVG 1.1: A inside with its ascendant on the left and its houses, B around it, lines for the aspects: harmonious blue, challenging orange and dashed, neutral grey and dotted, the stronger the thicker';

CREATE FUNCTION jsonb(matrix aspect_matrix) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'aspect_matrix_to_jsonb'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION jsonb(aspect_matrix) IS '{"a": names, "b": names, "aspects": the set, "cells": n rows of m times null or {aspect, orb, nature}}';
CREATE CAST (aspect_matrix AS jsonb) WITH FUNCTION jsonb(aspect_matrix) AS ASSIGNMENT;
COMMENT ON CAST (aspect_matrix AS jsonb) IS 'the matrix for front ends: n rows of m times null or {aspect, orb, nature}';

CREATE FUNCTION aspect_codes(matrix aspect_matrix) RETURNS int4[]
	AS 'MODULE_PATHNAME', 'aspect_matrix_codes'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION aspect_codes(aspect_matrix) IS 'n x m codes: 0 no aspect, else the rank of the aspect by ascending angle within its set';
CREATE CAST (aspect_matrix AS int4[]) WITH FUNCTION aspect_codes(aspect_matrix);
COMMENT ON CAST (aspect_matrix AS int4[]) IS 'n x m codes: 0 no aspect, else the rank of the aspect by ascending angle within its set';

--
-- Other contacts between two charts: declinations, antiscia, midpoints
--

CREATE FUNCTION declination_aspects(a chart, b chart, orb float8 DEFAULT 1,
	OUT body_a text, OUT body_b text, OUT aspect text,
	OUT declination_a float8, OUT declination_b float8, OUT orb float8)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 15;
COMMENT ON FUNCTION declination_aspects(chart, chart, float8) IS 'bodies of two charts with the same declination (parallel) or the opposite one (contraparallel) within orb degrees, inclusive (1 as in kerykeion 6 and Stellium); of both, near the equator, the tighter, and the parallel if they are equal; declinations and orb in degrees, to the last digit; bodies without declination make no row';

CREATE FUNCTION antiscia(a chart, b chart, orb float8 DEFAULT 1.5,
	OUT body_a text, OUT body_b text, OUT aspect text, OUT orb float8)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50 ROWS 5;
COMMENT ON FUNCTION antiscia(chart, chart, float8) IS 'bodies of two charts within orb degrees of each other''s antiscion (180 - longitude: the mirror image in the axis of the solstices) or contra_antiscion (360 - longitude: in that of the equinoxes); Lilly, "Christian Astrology"; the orb as in Stellium';

CREATE FUNCTION midpoint_contacts(a chart, b chart, orb float8 DEFAULT 1.5,
	OUT chart text, OUT body text, OUT midpoint_body_1 text,
	OUT midpoint_body_2 text, OUT aspect text, OUT orb float8)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 300 ROWS 30;
COMMENT ON FUNCTION midpoint_contacts(chart, chart, float8) IS 'bodies of one chart (''a'' or ''b'') within orb degrees of the midpoint of two bodies of the other (Ebertin, "The Combination of Stellar Influences"): conjunction with the nearer midpoint, as composite() has it, opposition to it; with either midpoint of exactly opposite bodies a conjunction';

--
-- Charts that move
--

CREATE FUNCTION natal_aspects(chart chart, aspects aspect_set DEFAULT 'modern',
	OUT body_a text, OUT body_b text, OUT aspect text, OUT angle float8,
	OUT separation float8, OUT orb float8, OUT max_orb float8,
	OUT strength float8, OUT nature text, OUT longitude_a float8,
	OUT longitude_b float8, OUT out_of_sign bool, OUT phase text,
	OUT days_to_exact float8, OUT certain bool) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200 ROWS 15;
COMMENT ON FUNCTION natal_aspects(chart, aspect_set) IS 'the aspects inside one chart, each pair of bodies once; phase applying, separating or static, NULL without speeds; days_to_exact at the speeds of the moment, negative in the past, NULL near stations; certain whether the row holds at all birth times that the uncertainty of the chart allows, as in aspects()';

CREATE FUNCTION transits(sky chart, natal chart,
	aspects aspect_set DEFAULT 'predictive',
	OUT body_a text, OUT body_b text, OUT aspect text, OUT angle float8,
	OUT separation float8, OUT orb float8, OUT max_orb float8,
	OUT strength float8, OUT nature text, OUT longitude_a float8,
	OUT longitude_b float8, OUT out_of_sign bool, OUT phase text,
	OUT days_to_exact float8, OUT certain bool) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200 ROWS 15;
COMMENT ON FUNCTION transits(chart, chart, aspect_set) IS 'the aspects of a moment (body_a, which moves) against a birth chart (body_b, which stands), with phase and days_to_exact as in natal_aspects(), certain as in aspects()';

CREATE FUNCTION chart_interpolate(c0 chart, t0 timestamptz, c1 chart,
	t1 timestamptz, at timestamptz) RETURNS chart
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION chart_interpolate(chart, timestamptz, chart, timestamptz, timestamptz) IS 'the chart of a moment between two rows of an ephemeris: the bodies that both have, by cubic Hermite interpolation where both know the speed, else linearly along the shorter way; cusps and uncertainty are left out';

--
-- Scores
--

CREATE FUNCTION synastry_score(a chart, b chart,
	model score_model DEFAULT 'personal') RETURNS float8
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION synastry_score(chart, chart, score_model) IS 'how well two charts match, in points: the sum over aspects of weight * worth * (1 - orb/max_orb); NULL without a common scoring cell';

CREATE FUNCTION score_cells(a chart, b chart,
	model score_model DEFAULT 'personal',
	OUT body_a text, OUT body_b text, OUT aspect text, OUT orb float8,
	OUT contribution float8) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200 ROWS 25;
COMMENT ON FUNCTION score_cells(chart, chart, score_model) IS 'the rows that explain a score: the contributions sum up to it exactly';

CREATE FUNCTION chart_mismatch(chart, chart) RETURNS float8
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION chart_mismatch(chart, chart) IS 'implementation of <~> operator';
CREATE OPERATOR <~> (
	LEFTARG = chart, RIGHTARG = chart, FUNCTION = chart_mismatch,
	COMMUTATOR = <~>
);
COMMENT ON OPERATOR <~> (chart, chart) IS 'minus synastry_score: smaller is a better match';

CREATE FUNCTION chart_query_mismatch(chart, score_query) RETURNS float8
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION chart_query_mismatch(chart, score_query) IS 'implementation of <~> operator';
CREATE OPERATOR <~> (
	LEFTARG = chart, RIGHTARG = score_query, FUNCTION = chart_query_mismatch
);
COMMENT ON OPERATOR <~> (chart, score_query) IS 'minus synastry_score by the model of the query: smaller is a better match';

--
-- The index for ORDER BY chart <~> $1 LIMIT 10
--

CREATE FUNCTION synastry_handler(internal) RETURNS index_am_handler
	AS 'MODULE_PATHNAME' LANGUAGE C;
COMMENT ON FUNCTION synastry_handler(internal) IS 'synastry index access method handler';
CREATE ACCESS METHOD synastry TYPE INDEX HANDLER synastry_handler;
COMMENT ON ACCESS METHOD synastry IS 'synastry index access method: the best matches of a chart, by any score model';

CREATE OPERATOR CLASS chart_ops DEFAULT FOR TYPE chart USING synastry AS
	OPERATOR 1 <~> (chart, chart) FOR ORDER BY float_ops,
	OPERATOR 2 <~> (chart, score_query) FOR ORDER BY float_ops;
COMMENT ON OPERATOR CLASS chart_ops USING synastry IS 'ORDER BY chart <~> $1 LIMIT n';
COMMENT ON OPERATOR FAMILY chart_ops USING synastry IS 'ORDER BY chart <~> $1 LIMIT n';

CREATE FUNCTION synastry_index_statistics(index regclass,
	OUT version int, OUT bodies text[], OUT charts bigint, OUT tail_charts bigint,
	OUT sparse_charts bigint, OUT null_charts bigint, OUT dead bigint, OUT segments int,
	OUT leaf_pages bigint, OUT code_pages bigint, OUT directory_pages bigint,
	OUT tail_pages bigint, OUT sparse_pages bigint, OUT null_pages bigint,
	OUT retired_pages bigint, OUT deleted_pages bigint) RETURNS record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION synastry_index_statistics(regclass) IS 'what an index of access method synastry consists of; reads all of its pages';

CREATE FUNCTION synastry_index_check(index regclass) RETURNS void
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION synastry_index_check(regclass) IS 'reads all pages of an index of access method synastry and compares them with each other; an error tells the first defect';

--
-- Compatibility, and the scores of other programs
--

CREATE FUNCTION compatibility(a chart, b chart, scale text DEFAULT 'births15_1',
	OUT overall float8, OUT emotional float8, OUT communication float8,
	OUT physical float8, OUT spiritual float8, OUT stability float8,
	OUT calibration text) RETURNS record
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION compatibility(chart, chart, text) IS 'how well two people match, 0 to 100, overall (score model ''personal'') and in five areas (models of these names); NULL without a common scoring cell. Scale births15_1: the percentage of random pairs of births of 1930 to 2029, at most 15 years apart, that match less well; cosmichub: the formula of CosmicHub (compatibility_utils.py)';

CREATE FUNCTION key_aspects(a chart, b chart, max_orb float8 DEFAULT 3,
	aspects aspect_set DEFAULT 'modern',
	OUT body_a text, OUT body_b text, OUT aspect text, OUT orb float8,
	OUT strength text, OUT nature text) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200 ROWS 15;
COMMENT ON FUNCTION key_aspects(chart, chart, float8, aspect_set) IS 'the aspects between two charts within max_orb degrees, tight first: strong up to 1.5 degrees, moderate beyond (CosmicHub, aspect_utils.py)';

CREATE FUNCTION peer_score(a chart, b chart, score text) RETURNS float8
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION peer_score(chart, chart, text) IS 'the score of another program by its own rule, NULL without a common scoring cell: discepolo (Ciro Discepolo as published: Sun-Moon conjunction 8 or 11, other aspects among Sun, Moon and ascendant 4, destiny signs 5), discepolo_k5 and discepolo_k6 (kerykeion 5 and 6), astrolog_power (Astrolog 7.80), stellium (Stellium, 0 to 100), soft_hard (trines and sextiles by squares and oppositions, from 1.5 smooth)';

CREATE FUNCTION peer_cells(a chart, b chart, score text,
	OUT body_a text, OUT body_b text, OUT aspect text, OUT orb float8,
	OUT points float8, OUT rule text) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200 ROWS 15;
COMMENT ON FUNCTION peer_cells(chart, chart, text) IS 'the rows that explain a peer_score: the points of discepolo, discepolo_k5, discepolo_k6 and astrolog_power sum up to it, those of stellium have it as (mean + 0.5) / 1.5 * 100, those of soft_hard are 1 and -1';

CREATE FUNCTION discepolo_tier(points float8) RETURNS text
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	RETURN CASE WHEN points < 5 THEN 'Minimal' WHEN points < 10 THEN 'Medium'
		WHEN points < 15 THEN 'Important' WHEN points < 20 THEN 'Very Important'
		WHEN points < 30 THEN 'Exceptional' ELSE 'Rare Exceptional' END;
COMMENT ON FUNCTION discepolo_tier(float8) IS 'what kerykeion calls so many points of Discepolo''s score (relationship_score_factory.py)';

CREATE FUNCTION element_balance(a chart, b chart,
	OUT element text, OUT bodies_a int4, OUT bodies_b int4, OUT share_a float8,
	OUT share_b float8, OUT harmony int4) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50 ROWS 4;
COMMENT ON FUNCTION element_balance(chart, chart) IS 'the planets of both charts by the element of their sign; harmony, 20 in all at most: 2 points for each two in the same element, 1 for each two of the rest in fire and air, or in earth and water (CosmicHub, but the same for both people); the sum of share_a * share_b is CosmicHub''s dot product; no rows if a chart has no planet';

CREATE FUNCTION modality_balance(a chart, b chart,
	OUT modality text, OUT bodies_a int4, OUT bodies_b int4, OUT share_a float8,
	OUT share_b float8) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50 ROWS 3;
COMMENT ON FUNCTION modality_balance(chart, chart) IS 'the planets of both charts by the modality of their sign: cardinal, fixed, mutable; no rows if a chart has no planet';

--
-- Patterns across charts
--

CREATE FUNCTION patterns(a chart, b chart,
	aspects aspect_set DEFAULT 'synastry, quincunx 3',
	OUT pattern text, OUT bodies text[], OUT charts int4[], OUT orb float8)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500 ROWS 10;
COMMENT ON FUNCTION patterns(chart, chart, aspect_set) IS 'aspect patterns in which both charts take part, of the bodies that the set lets take part on the side of their chart; charts says for each body whose it is, 1 (a) or 2 (b), orb is the widest. stellium: three bodies or more next to each other, each two conjunct, not part of a larger one; grand_trine: three bodies, each two in trine; t_square: an opposition and, last, a body that squares both ends; grand_cross: two oppositions, all their ends in square; yod: a sextile and, last, a body in quincunx to both; kite: a grand trine and, last, a body opposite to the first and in sextile to the other two';

CREATE FUNCTION group_patterns(members chart[],
	aspects aspect_set DEFAULT 'synastry, quincunx 3', min_charts int4 DEFAULT 2,
	OUT pattern text, OUT bodies text[], OUT charts int4[], OUT orb float8)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5000 ROWS 100;
COMMENT ON FUNCTION group_patterns(chart[], aspect_set, int4) IS 'the patterns() of a family or a team, group_patterns(array_agg(chart ORDER BY id)), in which at least min_charts of the charts take part; charts says for each body whose it is, by the position in the array; at most 1024 bodies in all';

--
-- The report
--

CREATE FUNCTION synastry_report(a chart, b chart,
	aspects aspect_set DEFAULT 'synastry', model score_model DEFAULT 'personal')
	RETURNS jsonb
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION synastry_report(chart, chart, aspect_set, score_model) IS 'what a page needs about two charts: {"rows": names, "columns": names, "aspects": n rows of m times null or {aspect, orb, type}, "interaspects": [{body_a, body_b, aspect, angle, separation, orb, max_orb, strength, type, out_of_sign}], "score": points, "score_cells": [{body_a, body_b, aspect, orb, contribution}], "bodies": {"a", "b": [{name, longitude, sign, sign_degree, house, retrograde}]}, "overlays": {"a_in_b", "b_in_a": [{body, house}]}, "composite": [{name, …}], "compatibility": {what compatibility() says, "key_aspects": the five tightest [{body_a, body_b, aspect, orb, strength}]}}; null where not known';

CREATE FUNCTION synastry(chart1 chart, chart2 chart, orb float8 DEFAULT 8,
	use_caching bool DEFAULT true, aspects aspect_set DEFAULT NULL)
	RETURNS jsonb
	AS 'MODULE_PATHNAME', 'synastry_with_metadata'
	LANGUAGE C VOLATILE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION synastry(chart, chart, float8, bool, aspect_set) IS 'synastry_report with the score model ''weighted'' and the aspects, or without them the five majors within the orb in degrees; and "metadata": {orb, cached, performance, optimization_enabled} of this very call';

--
-- Populations: aggregates
--

CREATE TYPE aspect_tally;

CREATE FUNCTION aspect_tally_in(cstring) RETURNS aspect_tally
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION aspect_tally_out(aspect_tally) RETURNS cstring
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION aspect_tally_recv(internal) RETURNS aspect_tally
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION aspect_tally_send(aspect_tally) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE aspect_tally (
	INPUT = aspect_tally_in,
	OUTPUT = aspect_tally_out,
	RECEIVE = aspect_tally_recv,
	SEND = aspect_tally_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE aspect_tally IS 'how often each aspect was found between each two bodies in many pairs of charts, and the sums of the orbs; carries its aspect set';
COMMENT ON FUNCTION aspect_tally_in(cstring) IS 'I/O';
COMMENT ON FUNCTION aspect_tally_out(aspect_tally) IS 'I/O';
COMMENT ON FUNCTION aspect_tally_recv(internal) IS 'I/O';
COMMENT ON FUNCTION aspect_tally_send(aspect_tally) IS 'I/O';

CREATE FUNCTION aspect_tally_accum(aspect_tally, chart, chart) RETURNS aspect_tally
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
CREATE FUNCTION aspect_tally_accum(aspect_tally, chart, chart, aspect_set)
	RETURNS aspect_tally
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
CREATE FUNCTION aspect_tally_combine(aspect_tally, aspect_tally)
	RETURNS aspect_tally
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION aspect_tally_accum(aspect_tally, chart, chart) IS 'aggregate transition function';
COMMENT ON FUNCTION aspect_tally_accum(aspect_tally, chart, chart, aspect_set) IS 'aggregate transition function';
COMMENT ON FUNCTION aspect_tally_combine(aspect_tally, aspect_tally) IS 'implementation of + operator, aggregate combine function';

CREATE OPERATOR + (
	LEFTARG = aspect_tally, RIGHTARG = aspect_tally,
	FUNCTION = aspect_tally_combine, COMMUTATOR = +
);
COMMENT ON OPERATOR + (aspect_tally, aspect_tally) IS 'the tally of the pairs of both; they must have the same aspect set';

CREATE AGGREGATE aspect_tally(a chart, b chart) (
	SFUNC = aspect_tally_accum, STYPE = aspect_tally, SSPACE = 16384,
	COMBINEFUNC = aspect_tally_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE aspect_tally(chart, chart) IS 'what pairs of charts have in common: how often each aspect of the set ''synastry'' is found between each two bodies; see tally_rows()';
CREATE AGGREGATE aspect_tally(a chart, b chart, aspects aspect_set) (
	SFUNC = aspect_tally_accum, STYPE = aspect_tally, SSPACE = 16384,
	COMBINEFUNC = aspect_tally_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE aspect_tally(chart, chart, aspect_set) IS 'what pairs of charts have in common: how often each aspect is found between each two bodies; see tally_rows()';

CREATE FUNCTION tally_rows(tally aspect_tally,
	OUT body_a text, OUT body_b text, OUT aspect text, OUT pairs int8,
	OUT count int8, OUT share float8, OUT mean_orb float8)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500 ROWS 500;
COMMENT ON FUNCTION tally_rows(aspect_tally) IS 'a row for each two bodies and each aspect that was found between them, in the order of the registry, then by angle: the pairs of charts that have both bodies, how many of them have the aspect, the share of these, their mean orb in degrees';

CREATE FUNCTION chart_agg_accum(chart, text, float8) RETURNS chart
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
CREATE FUNCTION chart_agg_accum(chart, text, float8, float8) RETURNS chart
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
CREATE FUNCTION chart_agg_accum(chart, text, float8, float8, float8)
	RETURNS chart
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 30;
CREATE FUNCTION chart_agg_combine(chart, chart) RETURNS chart
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION chart_agg_accum(chart, text, float8) IS 'aggregate transition function';
COMMENT ON FUNCTION chart_agg_accum(chart, text, float8, float8) IS 'aggregate transition function';
COMMENT ON FUNCTION chart_agg_accum(chart, text, float8, float8, float8) IS 'aggregate transition function';
COMMENT ON FUNCTION chart_agg_combine(chart, chart) IS 'aggregate combine function';

CREATE AGGREGATE chart_agg(body text, longitude float8) (
	SFUNC = chart_agg_accum, STYPE = chart, SSPACE = 1024,
	COMBINEFUNC = chart_agg_combine, PARALLEL = SAFE
);
CREATE AGGREGATE chart_agg(body text, longitude float8, speed float8) (
	SFUNC = chart_agg_accum, STYPE = chart, SSPACE = 1024,
	COMBINEFUNC = chart_agg_combine, PARALLEL = SAFE
);
CREATE AGGREGATE chart_agg(body text, longitude float8, speed float8,
	declination float8) (
	SFUNC = chart_agg_accum, STYPE = chart, SSPACE = 1024,
	COMBINEFUNC = chart_agg_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE chart_agg(text, float8) IS 'chart out of rows with one position each: body, longitude in degrees; rows without either are skipped';
COMMENT ON AGGREGATE chart_agg(text, float8, float8) IS 'chart out of rows with one position each: body, longitude in degrees, speed in degrees a day; rows without body or longitude are skipped';
COMMENT ON AGGREGATE chart_agg(text, float8, float8, float8) IS 'chart out of rows with one position each: body, longitude in degrees, speed in degrees a day, declination in degrees; rows without body or longitude are skipped';

CREATE FUNCTION composite(a chart, b chart, opposed_unknown bool DEFAULT false,
	anchor text DEFAULT 'midheaven') RETURNS chart
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 30;
CREATE FUNCTION composite(a chart, b chart, weight float8,
	opposed_unknown bool DEFAULT false, anchor text DEFAULT 'midheaven')
	RETURNS chart
	AS 'MODULE_PATHNAME', 'composite_weighted'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 30;
COMMENT ON FUNCTION composite(chart, chart, bool, text) IS 'the chart of the nearer midpoints of the bodies that both have, with mean speeds; of two midpoints of exactly opposite bodies the smaller longitude, or none if opposed_unknown; if both have cusps, the nearer midpoint of those at the anchor (midheaven: the tenth, ascendant: the first) and from there the mean of the arcs, so that they ascend (an angle is a body, too, and as such the nearer midpoint: the one that is not the anchor may be opposite its cusp); with anchor none each the nearer midpoint, in order or not';
COMMENT ON FUNCTION composite(chart, chart, float8, bool, text) IS 'the same with a weight of the second chart, 0 to 1: so far from a to b on the shorter arc, speeds likewise; 0.5 is composite(a, b)';

CREATE FUNCTION davison(time_a timestamptz, latitude_a float8,
	longitude_a float8, time_b timestamptz, latitude_b float8,
	longitude_b float8, OUT moment timestamptz, OUT latitude float8,
	OUT longitude float8) RETURNS record
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION davison(timestamptz, float8, float8, timestamptz, float8, float8) IS 'the Davison chart''s moment and place (R. C. Davison, "Synastry"), for an ephemeris: the mean of two times of birth and the middle of the shorter way between two places, in degrees north and east, to 6 decimals; latitude and longitude NULL for antipodes';

CREATE TYPE chart_group;

CREATE FUNCTION chart_group_in(cstring) RETURNS chart_group
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION chart_group_out(chart_group) RETURNS cstring
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION chart_group_recv(internal) RETURNS chart_group
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION chart_group_send(chart_group) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE chart_group (
	INPUT = chart_group_in,
	OUTPUT = chart_group_out,
	RECEIVE = chart_group_recv,
	SEND = chart_group_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE chart_group IS 'charts and an aspect set: the state of group_tally() and aspect_matrix_agg()';
COMMENT ON FUNCTION chart_group_in(cstring) IS 'I/O';
COMMENT ON FUNCTION chart_group_out(chart_group) IS 'I/O';
COMMENT ON FUNCTION chart_group_recv(internal) IS 'I/O';
COMMENT ON FUNCTION chart_group_send(chart_group) IS 'I/O';

CREATE FUNCTION group_tally_accum(chart_group, chart) RETURNS chart_group
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
CREATE FUNCTION group_tally_accum(chart_group, chart, aspect_set)
	RETURNS chart_group
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
CREATE FUNCTION group_tally_combine(chart_group, chart_group)
	RETURNS chart_group
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
CREATE FUNCTION group_tally_final(chart_group) RETURNS aspect_tally
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION group_tally_accum(chart_group, chart) IS 'aggregate transition function';
COMMENT ON FUNCTION group_tally_accum(chart_group, chart, aspect_set) IS 'aggregate transition function';
COMMENT ON FUNCTION group_tally_combine(chart_group, chart_group) IS 'aggregate combine function';
COMMENT ON FUNCTION group_tally_final(chart_group) IS 'aggregate final function';

CREATE AGGREGATE group_tally(chart chart) (
	SFUNC = group_tally_accum, STYPE = chart_group, SSPACE = 16384,
	FINALFUNC = group_tally_final,
	COMBINEFUNC = group_tally_combine, PARALLEL = SAFE
);
CREATE AGGREGATE group_tally(chart chart, aspects aspect_set) (
	SFUNC = group_tally_accum, STYPE = chart_group, SSPACE = 16384,
	FINALFUNC = group_tally_final,
	COMBINEFUNC = group_tally_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE group_tally(chart) IS 'what the members of a group have in common, by the aspect set ''synastry'': each two are compared once, and body_a comes before body_b in the registry, whichever of the two has it';
COMMENT ON AGGREGATE group_tally(chart, aspect_set) IS 'what the members of a group have in common: each two are compared once, and body_a comes before body_b in the registry, whichever of the two has it';

CREATE FUNCTION aspect_matrix_agg_accum(chart_group, text, float8, float8)
	RETURNS chart_group
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 40;
CREATE FUNCTION aspect_matrix_agg_accum(chart_group, text, float8, float8, aspect_set)
	RETURNS chart_group
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 40;
CREATE FUNCTION aspect_matrix_agg_combine(chart_group, chart_group)
	RETURNS chart_group
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
CREATE FUNCTION aspect_matrix_agg_final(chart_group) RETURNS aspect_matrix
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION aspect_matrix_agg_accum(chart_group, text, float8, float8) IS 'aggregate transition function';
COMMENT ON FUNCTION aspect_matrix_agg_accum(chart_group, text, float8, float8, aspect_set) IS 'aggregate transition function';
COMMENT ON FUNCTION aspect_matrix_agg_combine(chart_group, chart_group) IS 'aggregate combine function';
COMMENT ON FUNCTION aspect_matrix_agg_final(chart_group) IS 'aggregate final function';

CREATE AGGREGATE aspect_matrix_agg(body text, longitude_a float8,
	longitude_b float8) (
	SFUNC = aspect_matrix_agg_accum, STYPE = chart_group, SSPACE = 2048,
	FINALFUNC = aspect_matrix_agg_final,
	COMBINEFUNC = aspect_matrix_agg_combine, PARALLEL = SAFE
);
CREATE AGGREGATE aspect_matrix_agg(body text, longitude_a float8,
	longitude_b float8, aspects aspect_set) (
	SFUNC = aspect_matrix_agg_accum, STYPE = chart_group, SSPACE = 2048,
	FINALFUNC = aspect_matrix_agg_final,
	COMBINEFUNC = aspect_matrix_agg_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE aspect_matrix_agg(text, float8, float8) IS 'all aspects, by the set ''synastry'', between two charts that stand side by side in rows: body, its longitude in either in degrees, NULL where not known';
COMMENT ON AGGREGATE aspect_matrix_agg(text, float8, float8, aspect_set) IS 'all aspects between two charts that stand side by side in rows: body, its longitude in either in degrees, NULL where not known';

CREATE TYPE chart_sum;

CREATE FUNCTION chart_sum_in(cstring) RETURNS chart_sum
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION chart_sum_out(chart_sum) RETURNS cstring
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION chart_sum_recv(internal) RETURNS chart_sum
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION chart_sum_send(chart_sum) RETURNS bytea
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE chart_sum (
	INPUT = chart_sum_in,
	OUTPUT = chart_sum_out,
	RECEIVE = chart_sum_recv,
	SEND = chart_sum_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE chart_sum IS 'sums of the longitudes of many charts as vectors: the state of composite_agg()';
COMMENT ON FUNCTION chart_sum_in(cstring) IS 'I/O';
COMMENT ON FUNCTION chart_sum_out(chart_sum) IS 'I/O';
COMMENT ON FUNCTION chart_sum_recv(internal) IS 'I/O';
COMMENT ON FUNCTION chart_sum_send(chart_sum) IS 'I/O';

CREATE FUNCTION composite_agg_accum(chart_sum, chart) RETURNS chart_sum
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
CREATE FUNCTION composite_agg_combine(chart_sum, chart_sum) RETURNS chart_sum
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
CREATE FUNCTION composite_agg_final(chart_sum) RETURNS chart
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2000;
COMMENT ON FUNCTION composite_agg_accum(chart_sum, chart) IS 'aggregate transition function';
COMMENT ON FUNCTION composite_agg_combine(chart_sum, chart_sum) IS 'aggregate combine function';
COMMENT ON FUNCTION composite_agg_final(chart_sum) IS 'aggregate final function';

CREATE AGGREGATE composite_agg(chart chart) (
	SFUNC = composite_agg_accum, STYPE = chart_sum, SSPACE = 512,
	FINALFUNC = composite_agg_final,
	COMBINEFUNC = composite_agg_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE composite_agg(chart) IS 'the chart of the circular means of the bodies that all charts have; longitudes that cancel out have none';

--
-- Batches: a query or a relation instead of rows, with the caller's rights.  An
-- argument "id" of some type types the ids, which are text otherwise.
--

CREATE FUNCTION synastry_batch(pairs_query text,
	aspects aspect_set DEFAULT NULL, model score_model DEFAULT 'personal',
	OUT a_id text, OUT b_id text, OUT score float8, OUT matrix aspect_matrix)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE COST 100000 ROWS 10000;
CREATE FUNCTION synastry_batch(pairs_query text, id anyelement,
	aspects aspect_set DEFAULT NULL, model score_model DEFAULT 'personal',
	OUT a_id anyelement, OUT b_id anyelement, OUT score float8, OUT matrix aspect_matrix)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE COST 100000 ROWS 10000;
CREATE FUNCTION synastry_batch(pairs_query regclass,
	aspects aspect_set DEFAULT NULL, model score_model DEFAULT 'personal',
	OUT a_id text, OUT b_id text, OUT score float8, OUT matrix aspect_matrix)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE COST 100000 ROWS 10000;
CREATE FUNCTION synastry_batch(pairs_query regclass, id anyelement,
	aspects aspect_set DEFAULT NULL, model score_model DEFAULT 'personal',
	OUT a_id anyelement, OUT b_id anyelement, OUT score float8, OUT matrix aspect_matrix)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE COST 100000 ROWS 10000;
-- a literal may be aspects or id: of several candidates the one with text is taken
CREATE FUNCTION synastry_batch(pairs_query text,
	aspects text, model text DEFAULT 'personal',
	OUT a_id text, OUT b_id text, OUT score float8, OUT matrix aspect_matrix)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE COST 100000 ROWS 10000;
CREATE FUNCTION synastry_batch(pairs_query regclass,
	aspects text, model text DEFAULT 'personal',
	OUT a_id text, OUT b_id text, OUT score float8, OUT matrix aspect_matrix)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE COST 100000 ROWS 10000;
COMMENT ON FUNCTION synastry_batch(text, aspect_set, score_model) IS 'score in points and aspect matrix of every row (a_id, a, b_id, b) of a query: the matrix by aspects, or by the set of the model; NULL for a chart that is NULL';
COMMENT ON FUNCTION synastry_batch(text, anyelement, aspect_set, score_model) IS 'score in points and aspect matrix of every row (a_id, a, b_id, b) of a query, with ids of the type of id: the matrix by aspects, or by the set of the model; NULL for a chart that is NULL';
COMMENT ON FUNCTION synastry_batch(regclass, aspect_set, score_model) IS 'score in points and aspect matrix of every row (a_id, a, b_id, b) of a relation: the matrix by aspects, or by the set of the model; NULL for a chart that is NULL';
COMMENT ON FUNCTION synastry_batch(regclass, anyelement, aspect_set, score_model) IS 'score in points and aspect matrix of every row (a_id, a, b_id, b) of a relation, with ids of the type of id: the matrix by aspects, or by the set of the model; NULL for a chart that is NULL';
COMMENT ON FUNCTION synastry_batch(text, text, text) IS 'the same with a literal for the aspect set, and for the score model';
COMMENT ON FUNCTION synastry_batch(regclass, text, text) IS 'the same with a literal for the aspect set, and for the score model';

CREATE FUNCTION synastry_cross(left_query text, right_query text,
	top_k int4 DEFAULT NULL, min_score float8 DEFAULT NULL,
	model score_model DEFAULT 'personal', skip_same_id bool DEFAULT false,
	OUT left_id text, OUT right_id text, OUT score float8, OUT rank int8)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE COST 100000 ROWS 10000;
CREATE FUNCTION synastry_cross(left_query text, right_query text, id anyelement,
	top_k int4 DEFAULT NULL, min_score float8 DEFAULT NULL,
	model score_model DEFAULT 'personal', skip_same_id bool DEFAULT false,
	OUT left_id anyelement, OUT right_id anyelement, OUT score float8, OUT rank int8)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE COST 100000 ROWS 10000;
CREATE FUNCTION synastry_cross(left_query text, right_query regclass,
	top_k int4 DEFAULT NULL, min_score float8 DEFAULT NULL,
	model score_model DEFAULT 'personal', skip_same_id bool DEFAULT false,
	OUT left_id text, OUT right_id text, OUT score float8, OUT rank int8)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE COST 100000 ROWS 10000;
CREATE FUNCTION synastry_cross(left_query text, right_query regclass, id anyelement,
	top_k int4 DEFAULT NULL, min_score float8 DEFAULT NULL,
	model score_model DEFAULT 'personal', skip_same_id bool DEFAULT false,
	OUT left_id anyelement, OUT right_id anyelement, OUT score float8, OUT rank int8)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE COST 100000 ROWS 10000;
CREATE FUNCTION synastry_cross(left_query regclass, right_query text,
	top_k int4 DEFAULT NULL, min_score float8 DEFAULT NULL,
	model score_model DEFAULT 'personal', skip_same_id bool DEFAULT false,
	OUT left_id text, OUT right_id text, OUT score float8, OUT rank int8)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE COST 100000 ROWS 10000;
CREATE FUNCTION synastry_cross(left_query regclass, right_query text, id anyelement,
	top_k int4 DEFAULT NULL, min_score float8 DEFAULT NULL,
	model score_model DEFAULT 'personal', skip_same_id bool DEFAULT false,
	OUT left_id anyelement, OUT right_id anyelement, OUT score float8, OUT rank int8)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE COST 100000 ROWS 10000;
CREATE FUNCTION synastry_cross(left_query regclass, right_query regclass,
	top_k int4 DEFAULT NULL, min_score float8 DEFAULT NULL,
	model score_model DEFAULT 'personal', skip_same_id bool DEFAULT false,
	OUT left_id text, OUT right_id text, OUT score float8, OUT rank int8)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE COST 100000 ROWS 10000;
CREATE FUNCTION synastry_cross(left_query regclass, right_query regclass, id anyelement,
	top_k int4 DEFAULT NULL, min_score float8 DEFAULT NULL,
	model score_model DEFAULT 'personal', skip_same_id bool DEFAULT false,
	OUT left_id anyelement, OUT right_id anyelement, OUT score float8, OUT rank int8)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE COST 100000 ROWS 10000;
COMMENT ON FUNCTION synastry_cross(text, text, int4, float8, score_model, bool) IS 'every chart of the left query (id, chart) against every chart of the right query: score in points; the top_k best of each left chart with their rank, those with at least min_score, or all; charts that are NULL are skipped';
COMMENT ON FUNCTION synastry_cross(text, text, anyelement, int4, float8, score_model, bool) IS 'every chart of the left query (id, chart) against every chart of the right query, with ids of the type of id: score in points; the top_k best of each left chart with their rank, those with at least min_score, or all; charts that are NULL are skipped';
COMMENT ON FUNCTION synastry_cross(text, regclass, int4, float8, score_model, bool) IS 'every chart of the left query (id, chart) against every chart of the right relation: score in points; the top_k best of each left chart with their rank, those with at least min_score, or all; charts that are NULL are skipped';
COMMENT ON FUNCTION synastry_cross(text, regclass, anyelement, int4, float8, score_model, bool) IS 'every chart of the left query (id, chart) against every chart of the right relation, with ids of the type of id: score in points; the top_k best of each left chart with their rank, those with at least min_score, or all; charts that are NULL are skipped';
COMMENT ON FUNCTION synastry_cross(regclass, text, int4, float8, score_model, bool) IS 'every chart of the left relation (id, chart) against every chart of the right query: score in points; the top_k best of each left chart with their rank, those with at least min_score, or all; charts that are NULL are skipped';
COMMENT ON FUNCTION synastry_cross(regclass, text, anyelement, int4, float8, score_model, bool) IS 'every chart of the left relation (id, chart) against every chart of the right query, with ids of the type of id: score in points; the top_k best of each left chart with their rank, those with at least min_score, or all; charts that are NULL are skipped';
COMMENT ON FUNCTION synastry_cross(regclass, regclass, int4, float8, score_model, bool) IS 'every chart of the left relation (id, chart) against every chart of the right relation: score in points; the top_k best of each left chart with their rank, those with at least min_score, or all; charts that are NULL are skipped';
COMMENT ON FUNCTION synastry_cross(regclass, regclass, anyelement, int4, float8, score_model, bool) IS 'every chart of the left relation (id, chart) against every chart of the right relation, with ids of the type of id: score in points; the top_k best of each left chart with their rank, those with at least min_score, or all; charts that are NULL are skipped';

CREATE FUNCTION synastry_estimate_memory(n_left int8, n_right int8, bodies int4 DEFAULT 10,
	OUT materialized_bytes int8, OUT batched_bytes int8,
	OUT savings_percent float8, OUT chunk_rows int8)
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION synastry_estimate_memory(int8, int8, int4) IS 'memory in bytes of all pairs of charts with so many bodies as rows with matrices, and of synastry_cross() with the ten best under the current work_mem; how many left charts it takes at a time';

CREATE FUNCTION synastry_advise(n_pairs int8,
	OUT name text, OUT current text, OUT advised text, OUT reason text)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT PARALLEL SAFE ROWS 4;
COMMENT ON FUNCTION synastry_advise(int8) IS 'settings that fit a job of so many pairs on this server; measures the kernel for a millisecond';

--
-- The cache
--

CREATE FUNCTION synastry_cache_flush() RETURNS int8
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION synastry_cache_flush() IS 'writes what is new in the shared cache of this database to the table synastry_cache, as workers do every synastry.persist_interval; returns how many rows';

CREATE FUNCTION synastry_cache_reset() RETURNS int8
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION synastry_cache_reset() IS 'empties the cache of this database; returns how many results went';

CREATE FUNCTION synastry_cache_purge_expired() RETURNS int8
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION synastry_cache_purge_expired() IS 'removes results older than synastry.cache_ttl from the cache of this database; returns how many went';

CREATE FUNCTION synastry_cache_forget(chart chart) RETURNS int8
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION synastry_cache_forget(chart) IS 'removes every result that this chart takes part in from the cache of this database; returns how many went';

CREATE FUNCTION synastry_cache_warm(query text, orb float8 DEFAULT 8, aspects aspect_set DEFAULT NULL)
	RETURNS int8
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION synastry_cache_warm(text, float8, aspect_set) IS 'makes the reports that synastry() returns, with this orb in degrees or these aspects, for every row (a, b) of a query; returns how many';

CREATE FUNCTION synastry_cache_statistics(OUT tier text, OUT storage text,
	OUT entries int8, OUT dirty_entries int8, OUT bytes int8, OUT capacity int8,
	OUT hits int8, OUT misses int8, OUT inserts int8, OUT skipped int8,
	OUT refused int8, OUT evictions int8, OUT evictions_dirty int8,
	OUT expirations int8, OUT collisions int8, OUT damages int8,
	OUT flushes int8, OUT flush_errors int8, OUT loads int8, OUT loaded_entries int8,
	OUT missing_tables int8, OUT read_errors int8, OUT launch_failures int8,
	OUT last_flush timestamptz, OUT stats_reset timestamptz)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED ROWS 2;
COMMENT ON FUNCTION synastry_cache_statistics() IS 'implementation of pg_stat_synastry_cache';

CREATE VIEW pg_stat_synastry_cache AS
	SELECT tier, storage, entries, dirty_entries, bytes, capacity, hits, misses,
		hits::float8 / nullif(hits + misses, 0) AS hit_ratio,
		inserts, skipped, refused, evictions, evictions_dirty, expirations,
		collisions, damages, flushes, flush_errors, loads, loaded_entries,
		missing_tables, read_errors, launch_failures, last_flush, stats_reset
	FROM synastry_cache_statistics();
COMMENT ON VIEW pg_stat_synastry_cache IS 'the cache of reports, group tallies and large matrices: what is in it, how it answers, what it drops';
GRANT SELECT ON pg_stat_synastry_cache TO PUBLIC;

REVOKE ALL ON FUNCTION synastry_cache_flush(), synastry_cache_reset(), synastry_cache_purge_expired(),
	synastry_cache_forget(chart), synastry_cache_warm(text, float8, aspect_set) FROM PUBLIC;
GRANT ALL ON FUNCTION synastry_cache_flush(), synastry_cache_reset(), synastry_cache_purge_expired(),
	synastry_cache_forget(chart), synastry_cache_warm(text, float8, aspect_set)
	TO @extowner@ WITH GRANT OPTION;

--
-- The persistent tier of the cache: bytes, of which the library knows what they mean
--

CREATE UNLOGGED TABLE synastry_cache (
	hash uuid NOT NULL,
	key bytea NOT NULL,
	value bytea NOT NULL,
	format int2 NOT NULL,
	checksum int8 NOT NULL,
	created timestamptz NOT NULL,
	last_used timestamptz NOT NULL,
	size int4 NOT NULL,
	CONSTRAINT synastry_cache_pkey PRIMARY KEY (hash)
);
-- short rows, so that expiry and bounding read little; not compressed, which would take longer than
-- making many a value again
ALTER TABLE synastry_cache ALTER key SET STORAGE EXTERNAL, ALTER value SET STORAGE EXTERNAL;
CREATE INDEX synastry_cache_created ON synastry_cache (created);
CREATE INDEX synastry_cache_last_used ON synastry_cache (last_used);
REVOKE ALL ON synastry_cache FROM PUBLIC;
COMMENT ON TABLE synastry_cache IS 'the persistent tier of the cache, written by the workers of synastry; a crash empties it; keys contain birth charts, so only its owner may read it';
COMMENT ON COLUMN synastry_cache.hash IS 'XXH3-128 of the key';
COMMENT ON COLUMN synastry_cache.format IS 'version of the format; rows of another one are ignored';
COMMENT ON COLUMN synastry_cache.checksum IS 'XXH3-64 of format, key and value; damaged rows are ignored';
COMMENT ON COLUMN synastry_cache.created IS 'when the value was computed';
COMMENT ON COLUMN synastry_cache.last_used IS 'last use known, to the hour or so';
COMMENT ON COLUMN synastry_cache.size IS 'bytes of key and value';

--
-- Statistics
--

CREATE FUNCTION synastry_progress(OUT pid int4, OUT datid oid, OUT command text,
	OUT phase text, OUT charts_total int8, OUT charts_done int8,
	OUT pairs_total int8, OUT pairs_done int8, OUT memory_bytes int8,
	OUT peak_memory_bytes int8) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED ROWS 10;
COMMENT ON FUNCTION synastry_progress() IS 'implementation of pg_stat_progress_synastry';

CREATE VIEW pg_stat_progress_synastry AS
	SELECT p.pid, p.datid, d.datname, p.command, p.phase,
		p.charts_total, p.charts_done, p.pairs_total, p.pairs_done,
		p.memory_bytes, p.peak_memory_bytes
	FROM synastry_progress() AS p
		LEFT JOIN pg_catalog.pg_database AS d ON d.oid = p.datid;
COMMENT ON VIEW pg_stat_progress_synastry IS 'the batches that run in any database, how far they got and the memory that they take';
GRANT SELECT ON pg_stat_progress_synastry TO PUBLIC;

CREATE FUNCTION synastry_statistics(by_database bool, OUT datid oid, OUT operation text,
	OUT calls int8, OUT pairs int8, OUT cells int8, OUT rows int8, OUT pages int8,
	OUT cache_hits int8, OUT cache_misses int8, OUT cache_bypassed int8, OUT errors int8,
	OUT timed_calls int8, OUT total_time float8, OUT min_time float8, OUT max_time float8,
	OUT mean_time float8, OUT stddev_time float8, OUT p50 float8, OUT p95 float8, OUT p99 float8,
	OUT peak_memory int8, OUT stats_reset timestamptz)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED ROWS 20;
COMMENT ON FUNCTION synastry_statistics(bool) IS 'implementation of pg_stat_synastry and, not by database, of pg_stat_synastry_cluster';

CREATE VIEW pg_stat_synastry AS
	SELECT s.datid, d.datname, s.operation, s.calls, s.pairs, s.cells, s.rows, s.pages,
		s.cache_hits, s.cache_misses, s.cache_bypassed, s.errors, s.timed_calls,
		s.total_time, s.min_time, s.max_time, s.mean_time, s.stddev_time,
		s.p50, s.p95, s.p99, s.peak_memory, s.stats_reset
	FROM synastry_statistics(true) AS s
		LEFT JOIN pg_catalog.pg_database AS d ON d.oid = s.datid;
COMMENT ON VIEW pg_stat_synastry IS 'what was done in each database, by operation: counts, times in ms (of all calls, or with synastry.track_timing only), percentiles, memory in bytes; datid 0 stands for all but the 64 databases used last';

CREATE VIEW pg_stat_synastry_cluster AS
	SELECT s.operation, s.calls, s.pairs, s.cells, s.rows, s.pages,
		s.cache_hits, s.cache_misses, s.cache_bypassed, s.errors, s.timed_calls,
		s.total_time, s.min_time, s.max_time, s.mean_time, s.stddev_time,
		s.p50, s.p95, s.p99, s.peak_memory, s.stats_reset
	FROM synastry_statistics(false) AS s;
COMMENT ON VIEW pg_stat_synastry_cluster IS 'pg_stat_synastry of all databases together, percentiles included';

CREATE FUNCTION synastry_history(OUT interval_start timestamptz, OUT interval_end timestamptz,
	OUT operation text, OUT calls int8, OUT pairs int8, OUT mean_time float8,
	OUT p95 float8, OUT hit_ratio float8, OUT errors int8)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED ROWS 1000;
COMMENT ON FUNCTION synastry_history() IS 'implementation of pg_stat_synastry_history';

CREATE VIEW pg_stat_synastry_history AS
	SELECT interval_start, interval_end, operation, calls, pairs, mean_time, p95,
		hit_ratio, errors
	FROM synastry_history();
COMMENT ON VIEW pg_stat_synastry_history IS 'what was done in the whole cluster in each of the last synastry.history_size intervals, by operation; times in ms';

CREATE FUNCTION synastry_regressions(factor float8 DEFAULT 1.5, OUT operation text,
	OUT per text, OUT baseline_time float8, OUT recent_time float8, OUT ratio float8,
	OUT trend text, OUT intervals int4)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED ROWS 3;
COMMENT ON FUNCTION synastry_regressions(float8) IS 'timed operations that became slower by the history: whose mean time (ms per call, or per pair for groups, batches and crosses) in the newest quarter of at least four intervals, at most twelve, is above factor times the median of those before; and how it goes on: improving, stable, degrading';

CREATE FUNCTION synastry_info(OUT library_version text, OUT instruction_set text,
	OUT preloaded bool, OUT cache text, OUT statistics text, OUT stats_reset timestamptz,
	OUT persistent bool)
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION synastry_info() IS 'implementation of pg_stat_synastry_info';

CREATE VIEW pg_stat_synastry_info AS
	SELECT i.library_version, e.extversion AS sql_version, i.instruction_set, i.preloaded,
		i.cache, i.persistent, i.statistics,
		i.library_version <> e.extversion OR EXISTS (
			SELECT FROM pg_catalog.pg_settings AS s
			WHERE s.pending_restart
				AND (s.name = 'shared_preload_libraries' OR s.name LIKE 'synastry.%')
		) AS restart_needed,
		i.stats_reset
	FROM synastry_info() AS i
		JOIN pg_catalog.pg_extension AS e ON e.extname = 'synastry';
COMMENT ON VIEW pg_stat_synastry_info IS 'how this server runs synastry: versions of library and SQL, instruction set in use, where cache and statistics are, and whether a restart is needed for a new library or changed settings';

CREATE FUNCTION pg_stat_synastry_reset() RETURNS timestamptz
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION pg_stat_synastry_reset() IS 'has the figures of all databases, and those of the cache, begin anew; returns when; the history stays';
REVOKE ALL ON FUNCTION pg_stat_synastry_reset() FROM PUBLIC;
GRANT ALL ON FUNCTION pg_stat_synastry_reset() TO @extowner@ WITH GRANT OPTION;

GRANT SELECT ON pg_stat_synastry, pg_stat_synastry_cluster, pg_stat_synastry_history,
	pg_stat_synastry_info TO PUBLIC;

--
-- The registries
--

CREATE FUNCTION synastry_bodies(OUT id int4, OUT body text, OUT glyph text,
	OUT aliases text[]) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 170;
COMMENT ON FUNCTION synastry_bodies() IS 'the bodies that a chart may have, with the names that are understood';

CREATE FUNCTION synastry_aspect_sets(OUT name text, OUT aspects aspect_set,
	OUT source text) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 24;
COMMENT ON FUNCTION synastry_aspect_sets() IS 'the presets of aspect sets, expanded';
