// try-signatures.js
//    The same calls through node-pg, which sends text without types. Run by try-signatures.sh in a scratch database
//    whose functions note their calls in trial.call.
const { Client } = require("pg");

const cases = [
	["select cache.set($1, $2)", ["k", "v"], "set key=k value=v"],
	["select cache.set($1, $2)", ["k", null], "set key=k"],
	["select cache.set($1, $2)", ["k", 5], "set key=k value=5"],
	["select cache.set($1, $2)", ["k", true], "set key=k value=true"],
	["select cache.set($1, $2)", ["k", 1.5], "set key=k value=1.5"],
	// An object goes as its json, an array as an array literal; both are text to set.
	["select cache.set($1, $2)", ["k", { a: 1 }], 'set key=k value={"a":1}'],
	["select cache.set($1, $2)", ["k", ["a", "b"]], 'set key=k value={"a","b"}'],
	["select cache.set_json($1, $2)", ["k", { a: 1 }], 'set_json key=k value={"a": 1}'],
	["select cache.set_json($1, $2)", ["k", JSON.stringify([1, 2])], "set_json key=k value=[1, 2]"],
	["select cache.set_json($1, $2)", ["k", [1, 2]], "!"],
	["select cache.set_bytes($1, $2)", ["k", Buffer.from([0, 97])], "set_bytes key=k value=\\x0061"],
	// A Buffer is not sent as text: a zero byte is no text, an error rather than another value.
	["select cache.set($1, $2)", ["k", Buffer.from([0, 97])], "!"],
	["select cache.set($1, $2, $3)", ["k", "v", "1 min"], "set key=k value=v ttl=00:01:00"],
	["select cache.set($1, $2, $3)", ["k", "v", 10], "set key=k value=v ttl=00:00:10"],
	["select cache.set($1, $2, ex => $3)", ["k", "v", 10], "set key=k value=v ex=10"],
	["select cache.set($1, $2, at => $3)", ["k", "v", new Date(Date.UTC(2030, 0, 1))], "set key=k value=v at=2030-01-01 00:00:00+00"],
	["select cache.set($1, $2, nx => $3)", ["k", "v", true], "set key=k value=v nx"],
	["select cache.get($1)", ["k"], "get key=k"],
	["select cache.mget($1)", [["a", "b"]], "mget keys={a,b}"],
	["select cache.mget($1)", [[]], "mget keys={}"],
	["select cache.mset($1, $2)", [["a", "b"], ["1", null]], "mset keys={a,b} vals={1,NULL}"],
	["select cache.mset($1, $2)", [["a"], [1]], "mset keys={a} vals={1}"],
	["select cache.mset_object($1)", [{ a: 1 }], 'mset_object entries={"a": 1}'],
	["select cache.del_many($1)", [["a"]], "del_many keys={a}"],
	["select cache.incrby($1, $2)", ["k", 5], "incrby key=k increment=5"],
	["select cache.incrby($1, $2)", ["k", 1.5], "!"],
	["select cache.expire($1, $2)", ["k", 10], "expire key=k ttl=00:00:10"],
	["select cache.hset($1, $2, $3)", ["h", "f", 5], "hset key=h field=f value=5"],
	["select cache.hset_many($1, $2)", ["h", { a: 1 }], 'hset_many key=h fields={"a": 1}'],
	["select cache.sadd($1, $2)", ["s", 5], "sadd key=s member=5"],
	["select cache.zadd($1, $2, $3)", ["z", 1.5, "m"], "zadd key=z score=1.5 member=m"],
	["select cache.zadd_many($1, $2, $3)", ["z", [1, 2], ["a", "b"]], "zadd_many key=z scores={1,2} members={a,b}"],
	["select cache.xadd($1, $2)", ["x", { a: 1 }], 'xadd key=x fields={"a": 1} id=*'],
	["select cache.lock($1, wait => $2)", ["n", "5 s"], "lock name=n wait=00:00:05"],
];

(async () => {
	const client = new Client();
	await client.connect();
	let passed = 0;
	let failed = 0;
	for (const [query, values, want] of cases) {
		let got;
		let why = "";
		await client.query("delete from trial.call");
		try {
			await client.query(query, values);
			got = (await client.query("select coalesce(string_agg(call, '; ' order by n), '') as call from trial.call")).rows[0].call;
		} catch (error) {
			got = "!";
			why = ` (${error.message})`;
		}
		if (got === want) passed++;
		else {
			failed++;
			console.log(`node-pg: ${query} ${JSON.stringify(values)}\n  expected ${want}\n  got      ${got}${why}`);
		}
	}
	console.log(`count node-pg ${passed} ${failed}`);
	await client.end();
})();
