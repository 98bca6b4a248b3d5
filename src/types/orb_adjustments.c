/*
 * orb_adjustments.c
 *		Orbs by body and by pair as they are stored: sorted, each said once.
 *
 * The order is: bodies before pairs, by id, by kind, by the lowest aspect.
 * Aspects for which the same is said share an adjustment, so that the same
 * rules have the same bytes however they were written.
 */
#include "postgres.h"

#include "types/decimal.h"
#include "types/orbs.h"

/* those of one body or pair and one kind lie together, what wins comes last */
static int
compare_drafts(const void *a, const void *b)
{
	const OrbDraft *x = a;
	const OrbDraft *y = b;

	if ((x->second == ANY_BODY) != (y->second == ANY_BODY))
		return x->second == ANY_BODY ? -1 : 1;
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	if (x->second != y->second)
		return x->second < y->second ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	return x->number < y->number ? -1 : 1;
}

static bool
same_subject(const OrbDraft *x, const OrbDraft *y)
{
	return x->first == y->first && x->second == y->second && x->kind == y->kind;
}

const char *
orb_subject_name(int id)
{
	if (id == WHILE_APPLYING)
		return "applying";
	return id == WHILE_SEPARATING ? "separating" : body_name(id);
}

static bool
report_twice(const OrbDraft *draft, Node *escontext)
{
	static const char *const what[] = {"orb", "addition", "maximum", "exclusion", "cast", "reception"};

	ereturn(escontext, false,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 draft->second == ANY_BODY
			 ? errmsg("%s of \"%s\" is given twice", what[draft->kind],
					  orb_subject_name(draft->first))
			 : errmsg("%s of \"%s-%s\" is given twice", what[draft->kind],
					  body_name(draft->first), body_name(draft->second)),
			 errhint("What is said of a name may be said once for each aspect.")));
}

/* Bits by place in the list become bits by rank. */
static uint32
rank_aspects(uint32 aspects, const int *ranks, int n_aspects)
{
	uint32		ranked = 0;

	for (int i = 0; i < n_aspects; i++)
		if (aspects & (UINT32_C(1) << i))
			ranked |= UINT32_C(1) << ranks[i];
	return ranked;
}

static OrbAdjustment *
add_adjustment(OrbAdjustment *to, const OrbDraft *subject, uint32 aspects, int64 degrees)
{
	memset(to, 0, sizeof(OrbAdjustment));
	to->first = subject->first;
	to->second = subject->second;
	to->kind = subject->kind;
	to->aspects = aspects;
	to->degrees = (int32) degrees;
	return to + 1;
}

/* What counts of the drafts of one subject; NULL after an error. */
static OrbAdjustment *
settle_subject(const OrbDraft *drafts, int n, const int *ranks, int n_aspects,
			   OrbAdjustment *to, Node *escontext)
{
	int64		degrees[MAX_ASPECTS];
	uint32		said = 0;
	bool		is_list = drafts->kind == CASTS || drafts->kind == RECEIVES;

	for (int i = 0; i < n; i++)
	{
		uint32		aspects = rank_aspects(drafts[i].aspects, ranks, n_aspects);

		for (int j = i - 1; j >= 0 && drafts[j].priority == drafts[i].priority; j--)
			if (drafts[i].final && (is_list || (drafts[j].aspects & drafts[i].aspects)))
			{
				report_twice(&drafts[i], escontext);
				return NULL;
			}
		said = is_list ? aspects : said | aspects;
		for (int k = 0; k < n_aspects; k++)
			if (aspects & (UINT32_C(1) << k))
				degrees[k] = drafts[i].degrees;
	}
	if (is_list)
		return add_adjustment(to, drafts, said, 0);

	for (int k = 0; k < n_aspects; k++)
	{
		uint32		same = 0;

		for (int other = k; other < n_aspects; other++)
			if ((said & (UINT32_C(1) << other)) && (said & (UINT32_C(1) << k)) &&
				degrees[other] == degrees[k])
				same |= UINT32_C(1) << other;
		if (same != 0)
			to = add_adjustment(to, drafts, same, degrees[k]);
		said &= ~same;
	}
	return to;
}

int
settle_orbs(OrbDrafts *drafts, const int *ranks, int n_aspects,
			OrbAdjustment **adjustments, Node *escontext)
{
	OrbAdjustment *to;

	if (drafts->n == 0)
		return 0;
	qsort(drafts->items, drafts->n, sizeof(OrbDraft), compare_drafts);

	/* a draft says one number, so no more adjustments come of them */
	to = *adjustments = palloc(drafts->n * sizeof(OrbAdjustment));
	for (int begin = 0, end; begin < drafts->n; begin = end)
	{
		for (end = begin + 1; end < drafts->n; end++)
			if (!same_subject(&drafts->items[begin], &drafts->items[end]))
				break;
		to = settle_subject(&drafts->items[begin], end - begin, ranks, n_aspects, to,
							escontext);
		if (to == NULL)
			return -1;
	}
	return to - *adjustments;
}

static int
compare_adjustments(const void *a, const void *b)
{
	const OrbAdjustment *x = a;
	const OrbAdjustment *y = b;

	if ((x->second == ANY_BODY) != (y->second == ANY_BODY))
		return x->second == ANY_BODY ? -1 : 1;
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	if (x->second != y->second)
		return x->second < y->second ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;

	/* by the lowest aspect, which differs */
	return (x->aspects & -x->aspects) < (y->aspects & -y->aspects) ? -1 : 1;
}

void
transpose_orbs(AspectSet *set)
{
	OrbAdjustment *adjustments = (OrbAdjustment *) aspect_set_adjustments(set);

	for (int i = 0; i < set->n_adjustments; i++)
		if (adjustments[i].kind == CASTS || adjustments[i].kind == RECEIVES)
			adjustments[i].kind = adjustments[i].kind == CASTS ? RECEIVES : CASTS;
	qsort(adjustments, set->n_adjustments, sizeof(OrbAdjustment), compare_adjustments);
}

/*
 * Output
 */

static void
append_aspects(StringInfo text, const AspectSet *set, uint32 aspects)
{
	const char *separator = " (";

	for (int k = 0; k < set->n; k++)
		if (aspects & (UINT32_C(1) << k))
		{
			char	   *name = aspect_set_name(set, k);

			appendStringInfo(text, "%s%s", separator, name);
			separator = ", ";
			pfree(name);
		}
	appendStringInfoChar(text, ')');
}

static void
append_adjustment(StringInfo text, const AspectSet *set, const OrbAdjustment *adjustment)
{
	uint32		all = ALL_ASPECTS >> (MAX_ASPECTS - set->n);
	char		number[SCALED_TEXT_SIZE];

	appendStringInfoString(text, orb_subject_name(adjustment->first));
	if (adjustment->second != ANY_BODY)
		appendStringInfo(text, "-%s", body_name(adjustment->second));
	if (adjustment->kind == CASTS || adjustment->kind == RECEIVES)
	{
		appendStringInfoString(text, adjustment->kind == CASTS ? " casts" : " receives");
		if (adjustment->aspects == 0)
			appendStringInfoString(text, " none");
		else
			append_aspects(text, set, adjustment->aspects);
		return;
	}

	if (adjustment->aspects != all)
		append_aspects(text, set, adjustment->aspects);
	scaled_to_text(adjustment->degrees, ORB_PLACES, number);
	switch ((OrbKind) adjustment->kind)
	{
		case ORB_ADDITION:
			appendStringInfo(text, adjustment->degrees < 0 ? " %s" : " +%s", number);
			break;
		case ORB_MAXIMUM:
			appendStringInfo(text, " max %s", number);
			break;
		case NO_ORB:
			appendStringInfoString(text, " none");
			break;
		default:
			appendStringInfo(text, " %s", number);
	}
}

void
append_orbs(StringInfo text, const AspectSet *set)
{
	static const char *const combinations[] = {"mean", "max", "min", "sum"};
	static const char *const additions[] = {"sum", "max", "min"};
	const OrbAdjustment *adjustments = aspect_set_adjustments(set);

	for (int i = 0; i < set->n_adjustments; i++)
	{
		appendStringInfoString(text, i == 0 ? "; " : ", ");
		append_adjustment(text, set, &adjustments[i]);
	}
	if (aspect_set_orb_combination(set) != MEAN_OF_ORBS)
		appendStringInfo(text, "; orbs %s", combinations[aspect_set_orb_combination(set)]);
	if (aspect_set_addition_combination(set) != SUM_OF_ADDITIONS)
		appendStringInfo(text, "; additions %s",
						 additions[aspect_set_addition_combination(set)]);
}
