'use strict';

// The map from a partition key to its shard, as byssus' protocol defines it, without Java.

const MASK = (1n << 64n) - 1n;
const P1 = 0x9e3779b185ebca87n;
const P2 = 0xc2b2ae3d27d4eb4fn;
const P3 = 0x165667b19e3779f9n;
const P4 = 0x85ebca77c2b2ae63n;
const P5 = 0x27d4eb2f165667c5n;

const mul = (a, b) => (a * b) & MASK;
const add = (a, b) => (a + b) & MASK;
const rotl = (x, n) => ((x << n) | (x >> (64n - n))) & MASK;
const round = (lane, input) => mul(rotl(add(lane, mul(input, P2)), 31n), P1);
const merge = (hash, lane) => add(mul(hash ^ round(0n, lane), P1), P4);

/** The 64-bit xxHash with seed 0, unsigned. */
function xxHash64(bytes) {
  let at = 0;
  let hash = P5;
  if (bytes.length >= 32) {
    const lanes = [add(P1, P2), P2, 0n, (0n - P1) & MASK];
    for (; at + 32 <= bytes.length; at += 32) {
      for (let i = 0; i < 4; i++) {
        lanes[i] = round(lanes[i], bytes.readBigUInt64LE(at + 8 * i));
      }
    }
    hash = [1n, 7n, 12n, 18n].reduce((sum, n, i) => add(sum, rotl(lanes[i], n)), 0n);
    hash = lanes.reduce(merge, hash);
  }
  hash = add(hash, BigInt(bytes.length));
  for (; at + 8 <= bytes.length; at += 8) {
    hash = add(mul(rotl(hash ^ round(0n, bytes.readBigUInt64LE(at)), 27n), P1), P4);
  }
  if (at + 4 <= bytes.length) {
    hash = add(mul(rotl(hash ^ mul(BigInt(bytes.readUInt32LE(at)), P1), 23n), P2), P3);
    at += 4;
  }
  for (; at < bytes.length; at++) {
    hash = mul(rotl(hash ^ mul(BigInt(bytes[at]), P5), 11n), P1);
  }
  hash = mul(hash ^ (hash >> 33n), P2);
  hash = mul(hash ^ (hash >> 29n), P3);
  return hash ^ (hash >> 32n);
}

/** The unsigned hash of a partition key in a namespace. */
function partitionHash(namespaceId, partitionKey) {
  const id = Buffer.alloc(4);
  id.writeUInt32BE(namespaceId);
  return xxHash64(Buffer.concat([id, partitionKey]));
}

/** floor(hash * count / 2^64). */
function shardOf(hash, count) {
  return Number((hash * BigInt(count)) >> 64n);
}

module.exports = { partitionHash, shardOf };
