'use strict';

// A client that is not Java: put, get, scan and an error, with stubs loaded from proto/.
//
//   npm install
//   node kv.test.js 127.0.0.1:7400

const assert = require('node:assert/strict');
const { randomBytes } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { after, before, test } = require('node:test');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');
const { partitionHash, shardOf } = require('./shard_hash.js');

const ENDPOINT = process.argv[2];
if (!ENDPOINT) {
  console.error('usage: node kv.test.js HOST:PORT');
  process.exit(2);
}

const PROTO = path.resolve(__dirname, '../../../../../proto');
const LOADING = { longs: String, enums: String, defaults: true, oneofs: true };
const SETTLE_MS = 10_000;

const load = (file) =>
  grpc.loadPackageDefinition(
    protoLoader.loadSync(file, {
      ...LOADING,
      includeDirs: [path.join(PROTO, 'src/main/protobuf')],
    }),
  ).byssus;

const rpc = protoLoader.loadSync(path.join(__dirname, 'google_rpc.proto'), LOADING);
const insecure = grpc.credentials.createInsecure();
const kv = new (load('byssus/kv/v1/kv.proto').kv.v1.KvService)(ENDPOINT, insecure);
const admin = new (load('byssus/admin/v1/admin.proto').admin.v1.AdminService)(ENDPOINT, insecure);

const namespace = `node-${randomBytes(6).toString('hex')}`;

/** A unary call as a promise; every call has a deadline. */
function call(client, method, request, metadata = new grpc.Metadata()) {
  return new Promise((resolve, reject) => {
    client[method](request, metadata, { deadline: Date.now() + 10_000 }, (error, response) =>
      error ? reject(error) : resolve(response),
    );
  });
}

function key(partitionKey, sortKey) {
  return { partitionKey: Buffer.from(partitionKey), sortKey: Buffer.from(sortKey) };
}

/** All pieces of a scan. */
function scan(request) {
  return new Promise((resolve, reject) => {
    const pieces = [];
    const stream = kv.scan(request, { deadline: Date.now() + 10_000 });
    stream.on('data', (piece) => pieces.push(piece));
    stream.on('error', reject);
    stream.on('end', () => resolve(pieces));
  });
}

/** The failure of a call, with the details that came with it, by the name of their type. */
async function failure(promise) {
  const error = await promise.then(
    () => assert.fail('the call should have failed'),
    (e) => e,
  );
  const [packed] = error.metadata.get('grpc-status-details-bin');
  assert.ok(packed, `no details came with: ${error.message}`);
  const details = {};
  for (const any of rpc['google.rpc.Status'].deserialize(packed).details) {
    const type = any.type_url.slice(any.type_url.lastIndexOf('/') + 1);
    if (rpc[type]) {
      details[type] = rpc[type].deserialize(any.value);
    }
  }
  return { code: error.code, details };
}

/** The partition key of a test vector: written out, or some bytes so many times. */
function partitionKeyOf({ partition_key_hex: hex, partition_key_repeat: repeat }) {
  return repeat
    ? Buffer.from(repeat.hex.repeat(repeat.times), 'hex')
    : Buffer.from(hex, 'hex');
}

before(async () => {
  await call(admin, 'createNamespace', { spec: { name: namespace } });
  // Dispatchers follow the control plane; wait for this one, within a limit.
  const until = Date.now() + SETTLE_MS;
  for (;;) {
    try {
      await call(kv, 'resolve', { namespace });
      return;
    } catch (error) {
      if (error.code !== grpc.status.NOT_FOUND || Date.now() > until) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
});

after(() => {
  kv.close();
  admin.close();
});

test('a value that is put is read back, and an absent record is an answer', async () => {
  const put = await call(kv, 'put', {
    namespace,
    key: key('北京', 'emoji 🦪'),
    value: Buffer.from('значение'),
    options: { acknowledgement: 'APPLIED' },
  });
  assert.notEqual(put.position, '0');
  const got = await call(kv, 'get', {
    namespace,
    key: key('北京', 'emoji 🦪'),
    options: { consistency: 'SESSION', sessionToken: { [put.shard]: put.position } },
  });
  assert.equal(got.record.value.toString(), 'значение');
  assert.equal(got.record.version, put.version);
  assert.equal(got.context.shard, put.shard);

  const absent = await call(kv, 'get', { namespace, key: key('北京', 'nowhere') });
  assert.equal(absent.record, null);
});

test('a scan streams a prefix in the order of bytes and goes on from a page token', async () => {
  const names = ['a', 'am', 'amé', 'ams', 'b'];
  let token = {};
  for (const name of [...names].reverse()) {
    const put = await call(kv, 'put', { namespace, key: key('NL', name), value: Buffer.from(name) });
    token = { [put.shard]: put.position };
  }
  const request = {
    namespace,
    partitionKey: Buffer.from('NL'),
    prefix: Buffer.from('am'),
    options: { consistency: 'SESSION', sessionToken: token },
  };
  const all = (await scan(request)).flatMap((piece) => piece.records);
  assert.deepEqual(
    all.map((record) => record.sortKey.toString()),
    ['am', 'ams', 'amé'],
  );
  const first = await scan({ ...request, limit: 2 });
  const pageToken = first.at(-1).nextPageToken;
  assert.ok(pageToken.length > 0);
  const rest = (await scan({ ...request, pageToken })).flatMap((piece) => piece.records);
  assert.deepEqual(
    rest.map((record) => record.sortKey.toString()),
    ['amé'],
  );
});

test('a bad request names the reason, its number, the field and the limit', async () => {
  const { code, details } = await failure(
    call(kv, 'put', { namespace, key: key('', 'x'), value: Buffer.alloc(1_048_577) }),
  );
  assert.equal(code, grpc.status.INVALID_ARGUMENT);
  assert.equal(details['google.rpc.ErrorInfo'].domain, 'byssus');
  assert.equal(details['google.rpc.ErrorInfo'].reason, 'INVALID_REQUEST');
  assert.equal(details['google.rpc.ErrorInfo'].metadata.number, '1');
  const fields = details['google.rpc.BadRequest'].fieldViolations;
  assert.ok(fields.some((f) => f.field === 'key.partition_key'), JSON.stringify(fields));
  assert.ok(fields.some((f) => f.field === 'value' && f.description.includes('1048576')));
});

test('an unknown namespace is told by name', async () => {
  const { code, details } = await failure(
    call(kv, 'get', { namespace: 'nobody-made-this', key: key('a', 'b') }),
  );
  assert.equal(code, grpc.status.NOT_FOUND);
  assert.equal(details['google.rpc.ErrorInfo'].reason, 'NAMESPACE_NOT_FOUND');
});

test('the shard hash is that of the vectors, and of the cluster', async () => {
  const file = path.join(PROTO, 'vectors/shard-hash.json');
  const { vectors } = JSON.parse(fs.readFileSync(file, 'utf8'));
  assert.ok(vectors.length > 10);
  assert.ok(vectors.some((v) => v.hash_hex >= '8'));
  for (const vector of vectors) {
    const hash = partitionHash(vector.namespace_id, partitionKeyOf(vector));
    assert.equal(hash.toString(16).padStart(16, '0'), vector.hash_hex);
    for (const [count, shard] of Object.entries(vector.shards)) {
      assert.equal(shardOf(hash, Number(count)), shard);
    }
  }
  const { namespaceId, shardCount } = await call(kv, 'resolve', { namespace });
  for (const name of ['NL', '北京', 'a longer partition key, of more than thirty-two bytes']) {
    const put = await call(kv, 'put', { namespace, key: key(name, ''), value: Buffer.from('x') });
    assert.equal(put.shard, shardOf(partitionHash(namespaceId, Buffer.from(name)), shardCount));
  }
});
