-- An application's page: how two people relate; some pairs are asked for often.
\set a random_zipfian(1, 2000, 1.1)
\set b random_zipfian(1, 2000, 1.1)
SELECT synastry(a.chart, b.chart) FROM people a, people b WHERE a.id = :a AND b.id = :b;
