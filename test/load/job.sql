-- A job: the best for each of a few, and a batch of pairs.
\set first random(1, 40000)
SELECT count(*), sum(score) FROM synastry_cross(
	format('SELECT id, chart FROM people WHERE chart IS NOT NULL AND id BETWEEN %s AND %s', :first::int, :first::int + 20),
	format('SELECT id, chart FROM people WHERE chart IS NOT NULL AND id BETWEEN %s AND %s', :first::int, :first::int + 500), 3);
SELECT count(*), sum(score) FROM synastry_batch(format(
	'SELECT a.id AS a_id, a.chart AS a, b.id AS b_id, b.chart AS b FROM people a JOIN people b ON b.id = a.id + 1
	WHERE a.chart IS NOT NULL AND b.chart IS NOT NULL AND a.id BETWEEN %s AND %s', :first::int, :first::int + 200));
