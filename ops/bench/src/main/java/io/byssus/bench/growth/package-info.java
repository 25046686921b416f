/**
 * How cost grows: throughput and latency of point reads and streamed writes against the number of
 * namespaces and shards, the size of values, and the number of versions kept.
 */
package io.byssus.bench.growth;
