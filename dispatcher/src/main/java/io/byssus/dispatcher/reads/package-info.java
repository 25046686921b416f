/**
 * The reads: how strong one is, which of a shard's replicas are asked and what is done when one
 * fails or is slow, which reads share an answer, and how scans and reads of many keys are put
 * together from the answers of several servers. Start reading at {@link
 * io.byssus.dispatcher.reads.ReadPath}. Knows nothing of the log.
 */
package io.byssus.dispatcher.reads;
