package io.byssus.dispatcher.writes;

import io.byssus.dispatcher.calls.DispatcherMetrics;
import io.byssus.proto.log.v1.NamespaceRules;

/**
 * The way of writes of one namespace into one shard's log, as it was found at one moment: what is
 * the same for all of them. Taken from one map, so that shard and incarnation agree.
 *
 * @param shard the shard
 * @param incarnation its log's incarnation
 * @param rules the namespace's rules
 * @param announcing whether records must carry the rules
 * @param meters what counts the shard's writes
 */
record WriteLane(
    int shard,
    int incarnation,
    NamespaceRules rules,
    boolean announcing,
    DispatcherMetrics.Shard meters) {}
