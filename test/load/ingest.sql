-- People arrive, as many leave.
\set day random(0, 25567)
WITH arrived AS (
	INSERT INTO arrivals (chart) VALUES (born(:day)), (born(:day + 0.3)), ('{"sun": 196.27, "moon": 303.55}') RETURNING id)
DELETE FROM arrivals USING arrived WHERE arrivals.id = arrived.id - 6000;
