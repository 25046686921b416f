package io.byssus.controlplane.node;

import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.util.Endpoint;
import io.byssus.process.HostPort;

/**
 * A member of the control plane.
 *
 * @param id its node id
 * @param address where others reach its gRPC services
 * @param raft where the other members reach it
 */
public record Member(String id, HostPort address, HostPort raft) {
  PeerId peer() {
    return new PeerId(new Endpoint(raft.host(), raft.port()), 0);
  }
}
