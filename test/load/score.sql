-- Who in a range of the table matches well.
\set first random(1, 49000)
SELECT count(*) FROM people WHERE id BETWEEN :first AND :first + 1000
	AND synastry_score(chart, (SELECT chart FROM people WHERE id = 1)) > 20;
