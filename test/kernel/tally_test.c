/*
 * tally_test.c
 *		Many pairs counted at once, by every variant against the plain matrix;
 *		angles as vectors and back.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "unit_vector.h"
#include "variants.h"

#define BODIES	10
#define CODES	5
#define TRIES	20

static binary_angle sides[2][BODIES * TALLY_STRIDE];

/* near an exact aspect every other time, so that bounds are met */
static binary_angle
random_longitude(void)
{
	binary_angle sextant = random_below(12) * 357913941u;

	return random_below(2) ? random_bits() : sextant + random_below(3) * 99421541u - 1 + random_below(3);
}

static void
tally_with_matrix(const AspectTable *table, int n, int m, uint64_t *packed)
{
	for (int p = 0; p < TALLY_PAIRS; p++)
		for (int i = 0; i < n; i++)
			for (int j = 0; j < m; j++)
			{
				uint8_t		code;
				int32_t		deviation;

				scalar_kernel.matrix(table, &sides[0][i * TALLY_STRIDE + p], 1,
									 &sides[1][j * TALLY_STRIDE + p], 1, &code, &deviation);
				if (code != 0)
					packed[(i * m + j) * CODES + code - 1] += TALLY_ONE +
						(deviation < 0 ? -(uint32_t) deviation : (uint32_t) deviation);
			}
}

/* the largest orbs that can be tallied, all found: lanes must not overflow */
static void
prepare(AspectTable *table, bool wide)
{
	AspectRule	rules[CODES] = {
		{0, 99421541u, 1, 0}, {715827883u, 40000000u, 2, 0}, {1u << 30, 0, 3, 0},
		{1431655765u, 99421541u, 4, 0}, {HALF_TURN, 99421541u, 5, 0}
	};
	AspectTableOptions options = {false, false};

	rules[0].max_orb = wide ? (1u << BUCKET_SHIFT) - 2 : rules[0].max_orb;
	aspect_table_prepare(table, rules, CODES, options);
}

static void
test_tally(const Kernel *kernel)
{
	bool		same = true;

	for (int try = 0; try < scaled(TRIES); try++)
	{
		int			n = 1 + random_below(BODIES);
		int			m = 1 + random_below(BODIES);
		uint64_t	expected[BODIES * BODIES * CODES] = {0};
		uint64_t	packed[BODIES * BODIES * CODES] = {0};
		AspectTable table;

		prepare(&table, try == 0);
		same &= can_tally(&table);
		for (int k = 0; k < BODIES * TALLY_STRIDE; k++)
		{
			sides[0][k] = try == 0 ? (1u << BUCKET_SHIFT) - 3 : random_longitude();
			sides[1][k] = try == 0 ? 0 : random_longitude();
		}

		/* twice: what was there is added to */
		for (int again = 0; again < 2; again++)
		{
			tally_with_matrix(&table, n, m, expected);
			kernel->tally(&table, sides[0], n, sides[1], m, CODES, packed);
		}
		same &= memcmp(packed, expected, n * m * CODES * sizeof(uint64_t)) == 0;
	}
	report(kernel->name, "tally of many pairs", same);
}

static void
test_unit_vectors(void)
{
	const long double turn = 2 * 3.14159265358979323846264338327950288L;
	bool		exact = true;
	bool		back = true;
	bool		directed = true;

	for (int try = 0; try < scaled(200000); try++)
	{
		binary_angle angle = try < 24 ? ((uint32_t) try << 29) + try % 3 - 1 : random_bits();
		UnitVector	v = unit_vector(angle);
		int64_t		x = (int64_t) (((uint64_t) random_bits() << 32 | random_bits()) >> random_below(60)) - 1;
		int64_t		y = random_bits();
		long double error;

		exact &= fabsl(v.x - cosl(angle / 4294967296.0L * turn) * UNIT_LENGTH) < 0.501L;
		exact &= fabsl(v.y - sinl(angle / 4294967296.0L * turn) * UNIT_LENGTH) < 0.501L;
		back &= vector_direction(v.x, v.y) == angle;
		if (x == 0 && y == 0)
			continue;
		error = atan2l(y, x) / turn * 4294967296.0L - vector_direction(x, y);
		error -= 4294967296.0L * roundl(error / 4294967296.0L);
		directed &= fabsl(error) < 0.50001L;
	}
	report("vectors", "components are exact", exact);
	report("vectors", "an angle comes back", back);
	report("vectors", "directions are the nearest angle", directed);
}

void
test_tallies(void)
{
	test_unit_vectors();
	for (const Kernel *const *kernel = kernels; *kernel != NULL; kernel++)
		if ((*kernel)->supported())
			test_tally(*kernel);
#ifdef SYNASTRY_EMULATE_NEON
	test_tally(&neon_kernel);
#endif
}
