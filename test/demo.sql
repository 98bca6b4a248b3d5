-- Who is here
SELECT count(*) AS people, count(chart) AS charts FROM people;

SELECT name, birth::date AS born, chart
FROM people
ORDER BY id
LIMIT 3;
