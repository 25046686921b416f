package io.byssus.client.admin;

import io.byssus.model.Position;
import java.util.Optional;

/**
 * A replica, as its node last reported it.
 *
 * @param nodeId the node that holds it
 * @param state what it does
 * @param haltReason why it is halted: a name in capitals, a colon and a sentence; else empty
 * @param applied the position applied; empty for none
 * @param lagRecords how many records it is behind the log's end, as far as it knows
 * @param recordsEstimate how many records it holds, estimated
 * @param diskBytes how many bytes it has on disk
 */
public record ReplicaDescription(
    String nodeId,
    ReplicaState state,
    String haltReason,
    Optional<Position> applied,
    long lagRecords,
    long recordsEstimate,
    long diskBytes) {}
