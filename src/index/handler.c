/*
 * handler.c
 *		The access method, as PostgreSQL knows it.
 */
#include "postgres.h"

#include "access/amapi.h"
#include "access/amvalidate.h"
#include "access/htup_details.h"
#include "catalog/pg_amop.h"
#include "catalog/pg_amproc.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_opfamily.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/vacuum.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/syscache.h"

#include "compat.h"
#include "index/build.h"
#include "index/options.h"
#include "index/scan.h"

PG_FUNCTION_INFO_V1(synastry_handler);

/* chart <~> chart, chart <~> score_query */
#define STRATEGIES	2

/*
 * The access method computes what the operators do, so they must be these: by
 * strategy, what implements them.
 */
static const char *const operator_functions[STRATEGIES + 1] = {
	NULL, "chart_mismatch", "chart_query_mismatch"
};

/* Says what is wrong with an operator family; as PostgreSQL's own methods do. */
static bool
complain(const char *family, const char *what)
{
	ereport(INFO,
			(errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
			 errmsg("operator family \"%s\" of access method synastry %s", family, what)));
	return false;
}

static char *
family_name(Oid family_id)
{
	HeapTuple	tuple = SearchSysCache1(OPFAMILYOID, ObjectIdGetDatum(family_id));
	char	   *name;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for operator family %u", family_id);
	name = pstrdup(NameStr(((Form_pg_opfamily) GETSTRUCT(tuple))->opfname));
	ReleaseSysCache(tuple);
	return name;
}

static bool
is_implemented_by(Oid operator, const char *function)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(get_opcode(operator)));
	bool		is;
	bool		null;
	Datum		source;

	if (!HeapTupleIsValid(tuple))
		return false;
	source = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_prosrc, &null);
	is = !null && strcmp(TextDatumGetCString(source), function) == 0;
	ReleaseSysCache(tuple);
	return is;
}

static bool
operator_is_valid(Form_pg_amop operator, const char *family, Oid type)
{
	const char *name = format_operator(operator->amopopr);

	if (operator->amopstrategy < 1 || operator->amopstrategy > STRATEGIES)
		return complain(family, psprintf("contains operator %s with invalid strategy number %d",
										 name, operator->amopstrategy));
	if (operator->amoppurpose != AMOP_ORDER)
		return complain(family, psprintf("contains operator %s for search, but orders only", name));
	if (operator->amoplefttype != type)
		return complain(family, psprintf("contains operator %s whose left side is not what is indexed",
										 name));
	if ((operator->amoprighttype == type) != (operator->amopstrategy == 1))
		return complain(family, psprintf("contains operator %s whose right side does not fit its strategy",
										 name));
	if (!check_amop_signature(operator->amopopr, FLOAT8OID, operator->amoplefttype,
							  operator->amoprighttype))
		return complain(family, psprintf("contains operator %s with wrong signature", name));
	if (!opfamily_can_sort_type(operator->amopsortfamily, FLOAT8OID))
		return complain(family, psprintf("contains invalid ORDER BY specification for operator %s",
										 name));
	if (!is_implemented_by(operator->amopopr, operator_functions[operator->amopstrategy]))
		return complain(family, psprintf("contains operator %s, which it cannot compute", name));
	return true;
}

static bool
family_is_valid(Oid family_id, Oid type)
{
	CatCList   *operators = SearchSysCacheList1(AMOPSTRATEGY, ObjectIdGetDatum(family_id));
	CatCList   *functions = SearchSysCacheList1(AMPROCNUM, ObjectIdGetDatum(family_id));
	const char *family = family_name(family_id);
	bool		valid = true;
	bool		has_first = false;

	for (int i = 0; i < operators->n_members; i++)
	{
		Form_pg_amop operator = (Form_pg_amop) GETSTRUCT(&operators->members[i]->tuple);

		valid &= operator_is_valid(operator, family, type);
		has_first |= operator->amopstrategy == 1;
	}
	if (!has_first)
		valid = complain(family, "lacks the operator of strategy 1");
	if (functions->n_members > 0)
		valid = complain(family, "contains support functions, of which there are none");
	ReleaseCatCacheList(functions);
	ReleaseCatCacheList(operators);
	return valid;
}

static bool
validate_class(Oid class_id)
{
	HeapTuple	tuple = SearchSysCache1(CLAOID, ObjectIdGetDatum(class_id));
	Form_pg_opclass class;
	bool		valid;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for operator class %u", class_id);
	class = (Form_pg_opclass) GETSTRUCT(tuple);
	valid = family_is_valid(class->opcfamily, class->opcintype);
	if (OidIsValid(class->opckeytype) && class->opckeytype != class->opcintype)
		valid = complain(NameStr(class->opcname), "stores another type than it indexes");
	ReleaseSysCache(tuple);
	return valid;
}

/* Of what cannot be told without looking into the access method. */
static bool
property(Oid index, int attribute, IndexAMProperty asked, const char *name, bool *result,
		 bool *null)
{
	if (attribute == 0 || asked != AMPROP_DISTANCE_ORDERABLE)
		return false;
	*result = true;
	return true;
}

Datum
synastry_handler(PG_FUNCTION_ARGS)
{
	IndexAmRoutine *routine = makeNode(IndexAmRoutine);

	routine->amstrategies = STRATEGIES;
	routine->amsupport = 0;
	routine->amcanorderbyop = true;
	routine->amoptionalkey = true;
	routine->amusemaintenanceworkmem = true;
	routine->amparallelvacuumoptions = VACUUM_OPTION_PARALLEL_BULKDEL | VACUUM_OPTION_PARALLEL_CLEANUP;
	routine->amkeytype = InvalidOid;

	routine->ambuild = index_build_charts;
	routine->ambuildempty = index_build_empty;
	routine->ambuildphasename = index_build_phase;
	routine->aminsert = index_insert_chart;
	routine->ambulkdelete = index_delete_charts;
	routine->amvacuumcleanup = index_clean_up;

	routine->amcostestimate = index_search_cost;
	routine->amoptions = index_options;
	routine->amproperty = property;
	routine->amvalidate = validate_class;

	routine->ambeginscan = index_search_begin;
	routine->amrescan = index_search_rescan;
	routine->amgettuple = index_search_next;
	routine->amendscan = index_search_end;

	PG_RETURN_POINTER(routine);
}
