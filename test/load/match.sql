-- The ten best matches of somebody in a country.
\set person random(0, 999)
\set country random(0, 19)
SELECT chart AS own FROM people WHERE id = :person * 50 + 1 \gset
SELECT id, chart <~> :own::chart FROM people WHERE country = :country ORDER BY chart <~> :own::chart LIMIT 10;
