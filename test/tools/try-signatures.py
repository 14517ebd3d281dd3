"""try-signatures.py
The same calls through Python's drivers and through libpq without parameter types, as in most other languages' drivers.
Run by try-signatures.sh in a scratch database whose functions note their calls in trial.call."""

import asyncio
import ctypes
import datetime
import decimal
import importlib
import os
import uuid

NOW = datetime.datetime(2030, 1, 1, tzinfo=datetime.timezone.utc)
MINUTE = datetime.timedelta(minutes=1)
ID = uuid.UUID(int=1)

# (query with %s, arguments, {driver: what is reached}); "" is for the drivers not named. "!" is an error of any kind: the
# driver's or the server's. A driver "simple" sends literals or types by value; the others ask the server for types.
CASES = [
    ("select cache.set(%s, %s)", ("k", "v"), {"": "set key=k value=v"}),
    ("select cache.set(%s, %s)", ("k", None), {"": "set key=k"}),
    ("select cache.set(%s, %s)", ("k", '{"a": 1}'), {"": 'set key=k value={"a": 1}'}),
    ("select cache.set(%s, %s)", ("k", 5), {"psycopg2": "set key=k value:integer=5", "psycopg": "set key=k value:smallint=5",
        "pg8000": "set key=k value=5", "libpq": "set key=k value=5", "asyncpg": "!"}),
    ("select cache.set(%s, %s)", ("k", True), {"psycopg2": "set key=k value:boolean=true", "psycopg": "set key=k value:boolean=true",
        "pg8000": "set key=k value:boolean=true", "libpq": "set key=k value=true", "asyncpg": "!"}),
    ("select cache.set(%s, %s)", ("k", decimal.Decimal("1.50")), {"psycopg2": "set key=k value:numeric=1.50",
        "psycopg": "set key=k value:numeric=1.50", "pg8000": "set key=k value:numeric=1.50", "libpq": "set key=k value=1.50", "asyncpg": "!"}),
    ("select cache.set(%s, %s)", ("k", b"\x00a"), {"psycopg2": "set key=k value:bytea=\\x0061", "psycopg": "set key=k value:bytea=\\x0061",
        "pg8000": "set key=k value:bytea=\\x0061", "libpq": None, "asyncpg": "!"}),
    ("select cache.set(%s, %s)", ("k", NOW), {"psycopg2": "set key=k value:timestamp with time zone=2030-01-01 00:00:00+00",
        "psycopg": "set key=k value:timestamp with time zone=2030-01-01 00:00:00+00",
        "pg8000": "set key=k value:timestamp with time zone=2030-01-01 00:00:00+00", "libpq": None, "asyncpg": "!"}),
    ("select cache.set(%s, %s)", ("k", ID), {"psycopg2": None, "psycopg": f"set key=k value:uuid={ID}",
        "pg8000": f"set key=k value:uuid={ID}", "libpq": f"set key=k value={ID}", "asyncpg": "!"}),
    # A list: an error where the driver says that it is one; psycopg sends an untyped literal, which is text.
    ("select cache.set(%s, %s)", ("k", ["a", "b"]), {"": "!", "psycopg": "set key=k value={a,b}", "libpq": None}),
    ("select cache.set(%s, %s, %s)", ("k", "v", MINUTE), {"": "set key=k value=v ttl=00:01:00", "libpq": None}),
    ("select cache.set(%s, %s, %s)", ("k", "v", "1 min"), {"": "set key=k value=v ttl=00:01:00", "asyncpg": "!"}),
    ("select cache.set(%s, %s, %s)", ("k", "v", 10), {"": "!", "pg8000": "set key=k value=v ttl=00:00:10",
        "libpq": "set key=k value=v ttl=00:00:10"}),
    ("select cache.set(%s, %s, ex => %s)", ("k", "v", 10), {"": "set key=k value=v ex=10"}),
    ("select cache.set(%s, %s, ex => %s)", ("k", "v", 0.5), {"": "set key=k value=v ex=0.5"}),
    ("select cache.set(%s, %s, at => %s)", ("k", "v", NOW), {"": "set key=k value=v at=2030-01-01 00:00:00+00", "libpq": None}),
    ("select cache.set(%s, %s, nx => %s)", ("k", "v", True), {"": "set key=k value=v nx"}),
    ("select cache.set(%s, %s, ttl => %s, if_equals => %s)", ("k", "v", None, "old"), {"": "set key=k value=v if_equals=old"}),
    ("select cache.set_bytes(%s, %s)", ("k", b"\x00a"), {"": "set_bytes key=k value=\\x0061", "libpq": None}),
    ("select cache.set_json(%s, %s)", ("k", '{"a": 1}'), {"": 'set_json key=k value={"a": 1}'}),
    ("select cache.get(%s)", ("k",), {"": "get key=k"}),
    ("select * from cache.lookup(%s)", ("k",), {"": "lookup key=k"}),
    ("select cache.getset(%s, %s)", ("k", "5"), {"": "getset key=k value=5"}),
    ("select cache.getset(%s, %s)", ("k", 5), {"": "!", "pg8000": "getset key=k value=5", "libpq": "getset key=k value=5"}),
    ("select cache.mget(%s)", (["a", "b"],), {"": "mget keys={a,b}", "libpq": None}),
    ("select cache.mget(%s)", ("{a,b}",), {"": "mget keys={a,b}", "asyncpg": "!"}),
    ("select cache.mget(%s)", ([],), {"": "mget keys={}", "libpq": None, "pg8000": "!"}),
    ("select cache.mset(%s, %s)", (["a", "b"], ["1", None]), {"": "mset keys={a,b} vals={1,NULL}", "libpq": None}),
    ("select cache.mset(%s, %s)", (["a"], [1]), {"": "!", "libpq": None}),
    ("select cache.mset_bytes(%s, %s)", (["a"], [b"\x00"]), {"": 'mset_bytes keys={a} vals={"\\\\x00"}', "libpq": None, "pg8000": "!"}),
    ("select cache.mset_object(%s)", ('{"a": 1}',), {"": 'mset_object entries={"a": 1}'}),
    ("select cache.del_many(%s)", (["a"],), {"": "del_many keys={a}", "libpq": None}),
    ("select cache.incr(%s)", ("k",), {"": "incr key=k"}),
    ("select cache.incr(%s, %s)", ("k", MINUTE), {"": "incr key=k ttl=00:01:00", "libpq": None}),
    ("select cache.incrby(%s, %s)", ("k", 5), {"": "incrby key=k increment=5"}),
    ("select cache.incrbyfloat(%s, %s)", ("k", 0.5), {"": "incrbyfloat key=k increment=0.5"}),
    ("select cache.expire(%s, %s)", ("k", MINUTE), {"": "expire key=k ttl=00:01:00", "libpq": None}),
    ("select cache.expire(%s, ex => %s)", ("k", 10), {"": "expire key=k ex=10"}),
    ("select cache.expireat(%s, %s)", ("k", NOW), {"": "expireat key=k at=2030-01-01 00:00:00+00", "libpq": None}),
    ("select cache.getrange(%s, %s, %s)", ("k", 0, -1), {"": "getrange key=k start=0 stop=-1"}),
    ("select * from cache.scan(%s, %s, %s)", ("0", "u:*", 10), {"": "scan cursor=0 pattern=u:* max_count=10"}),
    ("select cache.lock(%s, wait => %s)", ("n", MINUTE), {"": "lock name=n wait=00:01:00", "libpq": None}),
    ("select cache.unlock(%s, %s)", ("n", 7), {"": "unlock name=n token=7"}),
    ("select allowed from cache.throttle(%s, %s, %s)", ("n", 5, MINUTE), {"": "throttle name=n max_count=5 period=00:01:00 quantity=1", "libpq": None}),
    ("select cache.hset(%s, %s, %s)", ("h", "f", "v"), {"": "hset key=h field=f value=v"}),
    ("select cache.hset_many(%s, %s)", ("h", '{"a": 1}'), {"": 'hset_many key=h fields={"a": 1}'}),
    ("select cache.hmget(%s, %s)", ("h", ["a"]), {"": "hmget key=h fields={a}", "libpq": None}),
    ("select cache.lpush_many(%s, %s)", ("l", ["a"]), {"": "lpush_many key=l vals={a}", "libpq": None}),
    ("select cache.sadd(%s, %s)", ("s", "m"), {"": "sadd key=s member=m"}),
    ("select cache.sadd_bytes(%s, %s)", ("s", b"m"), {"": "sadd_bytes key=s member=\\x6d", "libpq": None}),
    ("select cache.zadd(%s, %s, %s)", ("z", 1.5, "m"), {"": "zadd key=z score=1.5 member=m"}),
    ("select cache.zadd(%s, %s, %s)", ("z", 1, "m"), {"": "zadd key=z score=1 member=m"}),
    ("select cache.zadd_many(%s, %s, %s)", ("z", [1.5], ["m"]), {"": "zadd_many key=z scores={1.5} members={m}", "libpq": None}),
    ("select cache.zadd_many(%s, %s::float8[], %s)", ("z", [1], ["m"]), {"": "zadd_many key=z scores={1} members={m}", "libpq": None}),
    ("select member from cache.zrangebyscore(%s, %s, %s)", ("z", 1, 5), {"": "zrangebyscore key=z min=1 max=5 skip=0"}),
    ("select cache.xadd(%s, %s)", ("x", '{"a": 1}'), {"": 'xadd key=x fields={"a": 1} id=*'}),
    ("select cache.attach(%s)", ("trial.call",), {"": "attach relation=trial.call tags={} write=around"}),
    ("select cache.fetch(%s, %s, %s)", ("f", "select 1", ["5"]), {"": "fetch key=f query=select 1 args={5} tags={}", "libpq": None}),
]
GOT = "select coalesce(string_agg(call, '; ' order by n), '') from trial.call"


def judge(driver, attempt):
    """Run all cases through attempt(query, arguments) -> what was reached; print the count."""
    passed = failed = 0
    for query, arguments, wants in CASES:
        want = wants.get(driver, wants[""] if "" in wants else None)
        if want is None:
            continue
        try:
            got = attempt(query, arguments)
        except Exception as error:  # an expected refusal is a result like any other
            got = "!"
            why = f" ({type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''})"
        else:
            why = ""
        if got == want:
            passed += 1
        else:
            failed += 1
            print(f"{driver}: {query} {arguments!r}\n  expected {want}\n  got      {got}{why}")
    print(f"count {driver} {passed} {failed}")


def dbapi(connection):
    connection.autocommit = True

    def attempt(query, arguments):
        cursor = connection.cursor()
        cursor.execute("delete from trial.call")
        cursor.execute(query, arguments)
        cursor.fetchall()
        cursor.execute(GOT)
        return cursor.fetchone()[0]

    return attempt


def numbered(query):
    parts = query.split("%s")
    return parts[0] + "".join(f"${n}{part}" for n, part in enumerate(parts[1:], 1))


def libpq():
    """PQexecParams with text values and no types: what most drivers that let the server infer types do."""
    lib = ctypes.CDLL("libpq.so.5")
    for name in ("PQconnectdb", "PQexec", "PQexecParams"):
        getattr(lib, name).restype = ctypes.c_void_p
    for name in ("PQresultErrorMessage", "PQgetvalue", "PQerrorMessage"):
        getattr(lib, name).restype = ctypes.c_char_p
    connection = ctypes.c_void_p(lib.PQconnectdb(b""))
    if lib.PQstatus(connection) != 0:
        raise RuntimeError(lib.PQerrorMessage(connection).decode())

    def run(query, values=()):
        texts = [None if v is None else str(v).lower().encode() if isinstance(v, bool) else str(v).encode() for v in values]
        array = (ctypes.c_char_p * max(len(texts), 1))(*texts)
        result = ctypes.c_void_p(lib.PQexecParams(connection, query.encode(), len(texts), None, array, None, None, 0))
        if lib.PQresultStatus(result) not in (1, 2):
            raise RuntimeError(lib.PQresultErrorMessage(result).decode())
        answer = lib.PQgetvalue(result, 0, 0).decode() if lib.PQntuples(result) else None
        lib.PQclear(result)
        return answer

    def attempt(query, arguments):
        run("delete from trial.call")
        run(numbered(query), arguments)
        return run(GOT)

    return attempt


def asyncpg(module):
    loop = asyncio.new_event_loop()
    connection = loop.run_until_complete(module.connect(server_settings=settings()))

    def attempt(query, arguments):
        loop.run_until_complete(connection.execute("delete from trial.call"))
        loop.run_until_complete(connection.fetch(numbered(query), *arguments))
        return loop.run_until_complete(connection.fetchval(GOT))

    return attempt


def settings():
    return dict(item.split("=") for item in os.environ.get("PGOPTIONS", "").replace("-c ", "").split())


def pg8000(module):
    host = os.environ.get("PGHOST", "/var/run/postgresql")
    where = {"unix_sock": f"{host}/.s.PGSQL.{os.environ.get('PGPORT', '5432')}"} if host.startswith("/") else \
        {"host": host, "port": int(os.environ.get("PGPORT", "5432"))}
    connection = module.connect(user=os.environ.get("PGUSER", "postgres"), database=os.environ["PGDATABASE"], **where)
    attempt = dbapi(connection)
    for name, value in settings().items():
        connection.cursor().execute(f"set {name} = '{value}'")
    return attempt


for driver, connect in (("libpq", lambda _: libpq()), ("psycopg2", lambda m: dbapi(m.connect(""))),
                        ("psycopg", lambda m: dbapi(m.connect(""))), ("asyncpg", asyncpg), ("pg8000", pg8000)):
    try:
        module = importlib.import_module(driver) if driver != "libpq" else None
    except ImportError:
        print(f"{driver}: not here")
        continue
    judge(driver, connect(module))
