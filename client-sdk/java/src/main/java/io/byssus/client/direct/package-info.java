/**
 * Direct mode: reads that go straight to the servers. {@link io.byssus.client.direct.DirectReads}
 * follows the shard map at the dispatchers and the replicas at the servers, and offers a channel on
 * which the reads of the key-value API are calls like those to a dispatcher. What it cannot carry
 * out as a dispatcher would, it refuses; the SDK then asks a dispatcher.
 */
package io.byssus.client.direct;
