-- Text is checked when bytes are read as text; bytes are bytes.
SELECT cache.clear_all() IS NOT NULL AS cleared;
SELECT cache.set_bytes('valid', 'Grüße'::text::bytea), cache.set_bytes('invalid', '\x47ff'), cache.set_bytes('zero', '\x6100'), cache.set_bytes('none', '');
SELECT cache.set_bytes('valid', convert_to('Grüße', 'UTF8')), cache.get('valid'), cache.get_bytes('invalid'), cache.get_bytes('zero'), cache.get('none') = '' AS empty;
SELECT cache.get_bytes('valid') = convert_to('Grüße', 'UTF8') AS same, cache.mget_bytes(ARRAY['valid', 'invalid', 'zero', 'none']);
SELECT cache.set('text', 'Grüße'), cache.get_bytes('text'), cache.strlen('text'), cache.getrange('text', 0, 3), cache.getrange('text', 4, -1), cache.getrange_bytes('text', 0, 2);
SELECT cache.append('text', ' aus Köln'), cache.get('text');
SELECT cache.append_bytes('text', '\xc3'), cache.append_bytes('text', '\xbc'), cache.get('text');
SELECT cache.set('over', 'aüb'), cache.setrange('over', 1, 'xy'), cache.get('over'), cache.setrange('over', 1, 'ü'), cache.get('over');
SELECT cache.set('Schlüssel', 'v'), cache.get('Schlüssel'), cache.keys('Schl?ssel');
SELECT length(repeat('ü', 512)), octet_length(repeat('ü', 512)), cache.set(repeat('ü', 512), 'longest'), cache.get(repeat('ü', 512));

CREATE FUNCTION pg_temp.fails(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	code text; message text; detail text; hint text;
BEGIN
	EXECUTE call;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(E'\n', code || ' ' || message, '  detail: ' || nullif(detail, ''), '  hint: ' || nullif(hint, ''));
END
$$;
\pset format unaligned
\pset tuples_only
SELECT pg_temp.fails($$SELECT cache.get('invalid')$$);
SELECT pg_temp.fails($$SELECT cache.get('zero')$$);
SELECT pg_temp.fails($$SELECT cache.get_json('invalid')$$);
SELECT pg_temp.fails($$SELECT * FROM cache.lookup('invalid')$$);
SELECT pg_temp.fails($$SELECT cache.mget(ARRAY['valid', 'invalid'])$$);
SELECT pg_temp.fails($$SELECT cache.getrange('text', 0, 2)$$);
SELECT pg_temp.fails($$SELECT cache.getex('invalid')$$);
-- nothing is lost when it cannot be returned
SELECT pg_temp.fails($$SELECT cache.getdel('invalid')$$), cache.get_bytes('invalid');
SELECT pg_temp.fails($$SELECT cache.getset('invalid', 'new')$$), cache.get_bytes('invalid');
-- a character that was cut
SELECT cache.set('cut', 'aüb'), cache.setrange('cut', 1, 'x');
SELECT pg_temp.fails($$SELECT cache.get('cut')$$), cache.get_bytes('cut');
\pset format aligned
\pset tuples_only off

-- databases with other encodings keep theirs, and their keys
CREATE DATABASE cache_latin1 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0;
SELECT current_database() AS back \gset
\c cache_latin1
CREATE EXTENSION cache;
SET client_encoding = 'UTF8';
SELECT cache.dbsize(), cache.get('text') IS NULL AS not_here;
SELECT cache.set('text', 'Grüße'), cache.get('text'), cache.strlen('text'), cache.get_bytes('text'), cache.set_bytes('b', '\xfc'), cache.get('b');
SELECT cache.keys('t???');
\c :back
SELECT cache.strlen('text');
DROP DATABASE cache_latin1;
