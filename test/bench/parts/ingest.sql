-- Loading 200,000 charts of ten planets, against ten float8 columns.
CREATE UNLOGGED TABLE loaded_charts (chart chart);
CREATE UNLOGGED TABLE loaded_columns (sun float8, moon float8, mercury float8, venus float8, mars float8,
	jupiter float8, saturn float8, uranus float8, neptune float8, pluto float8);
SELECT current_setting('data_directory') || '/bench_charts' AS charts_file,
	current_setting('data_directory') || '/bench_columns' AS columns_file \gset
CREATE UNLOGGED TABLE longitudes AS
SELECT ARRAY(SELECT longitude FROM bodies(chart)) AS l FROM charts WHERE id <= 200000;
COPY (SELECT l::text FROM longitudes) TO :'charts_file';
COPY (SELECT l[1], l[2], l[3], l[4], l[5], l[6], l[7], l[8], l[9], l[10] FROM longitudes) TO :'columns_file';
CREATE UNLOGGED TABLE source AS
SELECT l[1] AS sun, l[2] AS moon, l[3] AS mercury, l[4] AS venus, l[5] AS mars, l[6] AS jupiter,
	l[7] AS saturn, l[8] AS uranus, l[9] AS neptune, l[10] AS pluto
FROM longitudes;
VACUUM ANALYZE source;

INSERT INTO queries (part, name, baseline, rows, prepare, query) VALUES
	('ingest', 'COPY ten columns', NULL, 2e5, 'TRUNCATE loaded_columns',
		format('COPY loaded_columns FROM %L', :'columns_file')),
	('ingest', 'COPY charts', 'COPY ten columns', 2e5, 'TRUNCATE loaded_charts',
		format('COPY loaded_charts FROM %L', :'charts_file')),
	('ingest', 'INSERT ... SELECT ten columns', NULL, 2e5, 'TRUNCATE loaded_columns',
		'INSERT INTO loaded_columns SELECT * FROM source'),
	('ingest', 'INSERT ... SELECT chart(ten columns)', 'INSERT ... SELECT ten columns', 2e5, 'TRUNCATE loaded_charts',
		'INSERT INTO loaded_charts SELECT chart(sun, moon, mercury, venus, mars, jupiter, saturn, uranus, neptune, pluto) FROM source');
CALL measure('ingest');
DROP TABLE loaded_charts, loaded_columns, longitudes, source;
