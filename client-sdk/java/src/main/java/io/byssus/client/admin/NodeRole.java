package io.byssus.client.admin;

/** What a node does. */
public enum NodeRole {
  /** Holds replicas. */
  SERVER,
  /** Takes calls. */
  DISPATCHER,
  /** Takes part in the control plane. */
  CONTROL_PLANE,
  /** Something that this release of the SDK does not know. */
  UNKNOWN
}
