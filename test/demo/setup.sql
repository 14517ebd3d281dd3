-- The data of the demo: see README.md in test/data. Runs where places.csv is.
CREATE EXTENSION cache;

CREATE TABLE places (
	geonameid  integer PRIMARY KEY,
	name       text NOT NULL,
	country    text NOT NULL,
	admin      text,
	population integer NOT NULL,
	lat        float8 NOT NULL,
	lon        float8 NOT NULL
);
\copy places FROM 'places.csv' WITH (FORMAT csv, HEADER)

CREATE FUNCTION km(lat1 float8, lon1 float8, lat2 float8, lon2 float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 12742 * asin(sqrt(sin(radians(lat2 - lat1) / 2) ^ 2
	+ cos(radians(lat1)) * cos(radians(lat2)) * sin(radians(lon2 - lon1) / 2) ^ 2));

-- For each place of a country its nearest city of more than a million people; the five that serve most.
CREATE FUNCTION nearest_cities(of_country text) RETURNS jsonb
LANGUAGE sql STABLE
RETURN (
	SELECT jsonb_agg(jsonb_build_object('city', city, 'serves', places, 'average_km', average_km) ORDER BY places DESC)
	FROM (
		SELECT city, count(*) AS places, round(avg(distance)) AS average_km
		FROM (
			SELECT DISTINCT ON (p.geonameid) c.name AS city, km(p.lat, p.lon, c.lat, c.lon) AS distance
			FROM places p, places c
			WHERE p.country = of_country AND c.population > 1000000
			ORDER BY p.geonameid, distance
		) AS nearest
		GROUP BY city
		ORDER BY places DESC
		LIMIT 5
	) AS busiest
);

-- Cache-aside: found, or computed and kept for an hour.
CREATE FUNCTION cached_nearest_cities(of_country text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	answer jsonb := cache.get_json('nearest:' || of_country);
BEGIN
	IF answer IS NULL THEN
		answer := nearest_cities(of_country);
		PERFORM cache.set_json('nearest:' || of_country, answer, ttl => '1 hour');
	END IF;
	RETURN answer;
END $$;

VACUUM ANALYZE places;
