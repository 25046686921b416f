/**
 * A single real Kafka broker (KRaft, combined with its controller) inside one JVM: for local mode,
 * tests and the demo. It knows nothing of Byssus. Production brings its own Kafka.
 */
package io.byssus.kafka;
