--
-- stress_workers.sql
--    What the workers of 080_stress.pl do, each call for a while: values that tell whose and whole they are, and
--    invariants over several keys. Whatever does not hold is an error that begins with BROKEN.
--
CREATE SCHEMA stress;
SET search_path = stress;

-- A value that carries its key, its database and a checksum; nearly any length.
CREATE FUNCTION value_of(key text, bytes int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	body text := repeat(md5(random()::text), bytes / 32);
BEGIN
	RETURN current_database() || '|' || key || '|' || md5(current_database() || key || body) || '|' || body;
END $$;

CREATE FUNCTION check_value(wanted text, value text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF value IS NULL THEN
		RETURN;
	END IF;
	IF split_part(value, '|', 1) <> current_database() OR split_part(value, '|', 2) <> wanted
		OR md5(current_database() || wanted || split_part(value, '|', 4)) <> split_part(value, '|', 3)
	THEN
		RAISE EXCEPTION 'BROKEN: key % has % bytes: %', wanted, length(value), left(value, 200);
	END IF;
END $$;

-- Mostly small, sometimes large; a few of them longer than what a page holds.
CREATE FUNCTION some_bytes() RETURNS int LANGUAGE sql AS $$
	SELECT CASE WHEN dice < 0.6 THEN random() * 200 WHEN dice < 0.85 THEN random() * 10000
		WHEN dice < 0.97 THEN random() * 60000 ELSE random() * 700000 END::int
	FROM (SELECT random() AS dice) AS thrown
$$;

CREATE FUNCTION some_ttl() RETURNS float8 LANGUAGE sql AS $$
	SELECT CASE WHEN random() < 0.5 THEN NULL ELSE 0.02 + random() * 2 END
$$;

-- One key: written, read, changed and removed in every way.
CREATE FUNCTION single(until timestamptz, conserving boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	key text;
	value text;
	old text;
	dice int;
BEGIN
	WHILE clock_timestamp() < until LOOP
		key := 'v:' || (random() * 1000)::int;
		dice := random() * 20;
		BEGIN
			CASE
				WHEN dice < 6 THEN
					PERFORM check_value(key, cache.get(key));
				WHEN dice < 10 THEN
					PERFORM cache.set(key, value_of(key, some_bytes()), ex => some_ttl());
				WHEN dice < 11 THEN
					PERFORM cache.set_bytes(key, convert_to(value_of(key, some_bytes()), 'UTF8'), nx => true);
				WHEN dice < 12 THEN
					PERFORM check_value(key, cache.getdel(key));
				WHEN dice < 13 THEN
					PERFORM check_value(key, convert_from(cache.getdel_bytes(key), 'UTF8'));
				WHEN dice < 14 THEN
					PERFORM check_value(key, cache.getset(key, value_of(key, some_bytes())));
				WHEN dice < 15 THEN
					PERFORM check_value(key, cache.getex(key, ex => 0.5));
				WHEN dice < 16 THEN
					value := cache.get(key);
					PERFORM check_value(key, value);
					PERFORM cache.set(key, value_of(key, 50), if_equals => value);
				WHEN dice < 17 THEN
					PERFORM cache.del(key), cache.unlink('v:' || (random() * 1000)::int);
				WHEN dice < 18 THEN
					PERFORM cache.expire(key, ex => random()), cache.persist('v:' || (random() * 1000)::int);
				WHEN dice < 19 THEN
					-- the checksum stands behind the same number of bytes in all values of the key
					value := cache.getrange(key, 0, length(current_database() || key) + 33);
					IF value <> '' AND value NOT LIKE current_database() || '|' || key || '|%' THEN
						RAISE EXCEPTION 'BROKEN: range of % is %', key, value;
					END IF;
				ELSE
					PERFORM cache.exists(key), cache.ttl(key), cache.expiretime(key), cache.type(key), cache.strlen(key),
						cache.object_encoding(key), cache.memory_usage(key), cache.touch(key), cache.randomkey();
			END CASE;
		EXCEPTION WHEN out_of_memory THEN
			-- the region is full and nothing may be evicted: the cache's own error
			PERFORM cache.del(key);
		END;
	END LOOP;
END $$;

-- Two keys that are only ever set and removed together hold the same. Where nothing is evicted both are there or none.
CREATE FUNCTION pairs(until timestamptz, conserving boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	pair int;
	keys text[];
	vals text[];
	value text;
	dice int;
BEGIN
	WHILE clock_timestamp() < until LOOP
		pair := random() * 20;
		keys := ARRAY['pair:' || pair || ':a', 'pair:' || pair || ':b', 'pair:' || pair || ':c'];
		dice := random() * 10;
		BEGIN
			IF dice < 4 THEN
				value := value_of('pair:' || pair, some_bytes() / 4);
				PERFORM cache.mset(keys, ARRAY[value, value, value]);
			ELSIF dice < 5 AND NOT conserving THEN
				value := value_of('pair:' || pair, 100);
				PERFORM cache.mset(keys, ARRAY[value, value, value], ex => 0.1);
			ELSIF dice < 6 THEN
				PERFORM cache.del_many(keys);
			ELSE
				vals := cache.mget(keys);
				PERFORM check_value('pair:' || pair, vals[1]);
				IF vals[1] <> vals[2] OR vals[2] <> vals[3] OR vals[1] <> vals[3]
					OR conserving AND num_nulls(vals[1], vals[2], vals[3]) IN (1, 2)
				THEN
					RAISE EXCEPTION 'BROKEN: % are %', keys, (SELECT array_agg(left(v, 90)) FROM unnest(vals) AS v);
				END IF;
				IF conserving AND cache.exists_many(keys) NOT IN (0, 3) THEN
					RAISE EXCEPTION 'BROKEN: some of % exist', keys;
				END IF;
			END IF;
		EXCEPTION WHEN out_of_memory THEN
			PERFORM cache.del_many(keys);
		END;
	END LOOP;
END $$;

-- A token moves between slots by renamenx: it is never in two places, and where nothing is evicted always in one.
CREATE FUNCTION tokens(until timestamptz, conserving boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	token int;
	slots text[];
	vals text[];
	found int;
BEGIN
	WHILE clock_timestamp() < until LOOP
		token := random() * 5;
		slots := ARRAY(SELECT 'token:' || token || ':' || slot FROM generate_series(1, 6) AS slot);
		IF random() < 0.6 THEN
			BEGIN
				PERFORM cache.renamenx(slots[1 + (random() * 5)::int], slots[1 + (random() * 5)::int]);
			EXCEPTION WHEN out_of_memory THEN
				NULL;
			END;
		ELSE
			vals := cache.mget(slots);
			found := num_nonnulls(VARIADIC vals);
			PERFORM check_value('token:' || token, v) FROM unnest(vals) AS v;
			IF found > 1 OR conserving AND found <> 1 THEN
				RAISE EXCEPTION 'BROKEN: token % is in % places', token, found;
			END IF;
			IF found = 0 AND NOT conserving THEN
				-- evicted: whoever comes first makes it anew, in the one place where it begins
				PERFORM cache.set('token:' || token || ':1', value_of('token:' || token, 5000 * token), nx => true)
				WHERE pg_try_advisory_xact_lock(token) AND num_nonnulls(VARIADIC cache.mget(slots)) = 0;
				RETURN;
			END IF;
		END IF;
	END LOOP;
END $$;

-- Records of sixteen bytes are appended and overwritten at their own places; copies are as good.
CREATE FUNCTION records(until timestamptz, conserving boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	key text;
	value text;
	dice int;
	len bigint;
BEGIN
	WHILE clock_timestamp() < until LOOP
		key := 'rec:' || (random() * 10)::int;
		dice := random() * 10;
		BEGIN
			IF dice < 4 THEN
				len := cache.append(key, repeat('[' || to_char(random() * 1e13, 'FM00000000000000') || ']', 1 + (random() * 200)::int));
				IF len % 16 <> 0 THEN
					RAISE EXCEPTION 'BROKEN: % is now % bytes', key, len;
				END IF;
				IF len > 300000 THEN
					PERFORM cache.del(key);
				END IF;
			ELSIF dice < 6 THEN
				len := cache.strlen(key) / 16;
				PERFORM cache.setrange(key, 16 * floor(random() * len)::bigint, '[' || to_char(random() * 1e13, 'FM00000000000000') || ']');
			ELSIF dice < 7 THEN
				PERFORM cache.copy(key, 'rec:' || (random() * 10)::int, replace => true);
			ELSE
				-- a record that was written behind the end of what was meanwhile removed is preceded by zero bytes
				value := encode(CASE WHEN dice < 9 THEN cache.get_bytes(key)
					ELSE cache.getrange_bytes(key, 16, 16 * 1000 - 1) END, 'escape');
				value := regexp_replace(value, '^((\\000){16}|\[\d{14}\])*', '');
				IF value <> '' THEN
					RAISE EXCEPTION 'BROKEN: % holds %', key, left(value, 200);
				END IF;
			END IF;
		EXCEPTION WHEN out_of_memory THEN
			PERFORM cache.del(key);
		END;
	END LOOP;
END $$;

-- Walks over all keys: no name that nobody gave.
CREATE FUNCTION walk(until timestamptz, conserving boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	page record;
	name text;
	at text := '0';
BEGIN
	WHILE clock_timestamp() < until LOOP
		page := cache.scan(at, max_count => 50);
		at := page.cursor;
		FOREACH name IN ARRAY page.keys LOOP
			IF name !~ '^(v:\d+|pair:\d+:[abc]|token:\d+:\d|rec:\d+|account:\d|counter|window:\d+|hot:\d|twin:\d+)$' THEN
				RAISE EXCEPTION 'BROKEN: there is a key "%"', left(name, 100);
			END IF;
		END LOOP;
		PERFORM cache.dbsize();
		IF NOT conserving AND random() < 0.002 THEN
			PERFORM cache.clear_all();
		END IF;
	END LOOP;
END $$;

-- Counters that begin anew all the time never go backwards within one life, nor outlive it.
CREATE FUNCTION windows(until timestamptz, conserving boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	key text;
	n bigint;
BEGIN
	WHILE clock_timestamp() < until LOOP
		key := 'window:' || (random() * 30)::int;
		BEGIN
			n := cache.incr(key, ex => 0.05 + random() / 10);
			IF n < 1 OR cache.ttl(key) > '200 ms' THEN
				RAISE EXCEPTION 'BROKEN: window % is % for %', key, n, cache.ttl(key);
			END IF;
		EXCEPTION WHEN out_of_memory THEN
			NULL;
		END;
	END LOOP;
END $$;

-- A few keys that are overwritten as fast as can be, also in place, while others read them: a read of two writes is
-- seen, since each value is of one letter.
CREATE FUNCTION letters() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
	SELECT array_agg(repeat(chr(96 + i), 7000)) FROM generate_series(1, 8) AS i
$$;

CREATE FUNCTION hot_writes(until timestamptz, conserving boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	vals text[] := letters();
BEGIN
	WHILE clock_timestamp() < until LOOP
		BEGIN
			PERFORM cache.set('hot:1', vals[1 + i % 8]), cache.setrange('hot:2', 0, vals[1 + i % 8]), cache.set('hot:3', vals[1 + i % 8]),
				cache.del('hot:3')
			FROM generate_series(1, 1000) AS i;
		EXCEPTION WHEN out_of_memory THEN
			NULL;
		END;
	END LOOP;
END $$;

CREATE FUNCTION hot_reads(until timestamptz, conserving boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	vals text[] := letters();
	torn text;
BEGIN
	WHILE clock_timestamp() < until LOOP
		SELECT value INTO torn
		FROM generate_series(1, 3000) AS i, cache.get('hot:' || 1 + i % 3) AS value
		WHERE value <> ALL (vals) LIMIT 1;
		IF FOUND THEN
			RAISE EXCEPTION 'BROKEN: a value of % bytes has parts of several: % …', length(torn), left(torn, 1) || left(ltrim(torn, left(torn, 1)), 20);
		END IF;
	END LOOP;
END $$;

-- A hundred keys are always set together: any two of them are alike.
CREATE FUNCTION twin_writes(until timestamptz, conserving boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	keys text[] := ARRAY(SELECT 'twin:' || i FROM generate_series(1, 100) AS i);
BEGIN
	WHILE clock_timestamp() < until LOOP
		BEGIN
			PERFORM cache.mset(keys, array_fill(i::text, ARRAY[100])) FROM generate_series(1, 100) AS i;
			PERFORM cache.del_many(keys);
		EXCEPTION WHEN out_of_memory THEN
			NULL;
		END;
	END LOOP;
END $$;

CREATE FUNCTION twin_reads(until timestamptz, conserving boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	seen text[];
BEGIN
	WHILE clock_timestamp() < until LOOP
		SELECT vals INTO seen
		FROM generate_series(1, 5000) AS i, cache.mget(ARRAY['twin:' || 1 + i % 100, 'twin:' || 1 + i * 37 % 100]) AS vals
		WHERE vals[1] <> vals[2] OR conserving AND num_nulls(vals[1], vals[2]) = 1 LIMIT 1;
		IF FOUND THEN
			RAISE EXCEPTION 'BROKEN: twins are %', seen;
		END IF;
	END LOOP;
END $$;

-- Nobody disturbs these: what is taken from one account is put into another. Returns how often it counted.
CREATE FUNCTION bank(until timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	taken bigint;
	counted bigint := 0;
	done boolean;
BEGIN
	WHILE clock_timestamp() < until LOOP
		taken := cache.getset('account:' || (random() * 4)::int, '0')::bigint;
		done := false;
		WHILE NOT done LOOP
			BEGIN
				PERFORM cache.incrby('account:' || (random() * 4)::int, taken);
				done := true;
			EXCEPTION WHEN out_of_memory THEN
				NULL;
			END;
		END LOOP;
		PERFORM cache.incr('counter');
		counted := counted + 1;
	END LOOP;
	RETURN counted;
END $$;

-- Cancels and terminates the others at random, the maintenance worker now and then; returns how often.
CREATE FUNCTION disturb(until timestamptz, OUT cancels int, OUT terminations int) LANGUAGE plpgsql AS $$
DECLARE
	victim int;
BEGIN
	-- a victim that is gone by itself is no cause for a warning
	SET LOCAL client_min_messages = error;
	cancels := 0;
	terminations := 0;
	WHILE clock_timestamp() < until LOOP
		PERFORM pg_stat_clear_snapshot(), pg_sleep(0.03);
		SELECT pid INTO victim FROM pg_stat_activity
		WHERE application_name = 'stressed' OR backend_type = 'cache maintenance' AND random() < 0.05
		ORDER BY random() LIMIT 1;
		IF random() < 0.8 THEN
			cancels := cancels + coalesce(pg_cancel_backend(victim)::int, 0);
		ELSE
			terminations := terminations + coalesce(pg_terminate_backend(victim)::int, 0);
		END IF;
	END LOOP;
END $$;
