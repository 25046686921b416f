package io.byssus.systemtests.history;

import io.byssus.cluster.NodeRole;
import io.byssus.testkit.Seed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One kind of fault on one kind of node.
 *
 * @param role the kind of node
 * @param kind what happens to it
 */
record NodeFault(NodeRole role, FaultKind kind) {
  /** Every kind on every kind of node, once. */
  static List<NodeFault> all() {
    List<NodeFault> all = new ArrayList<>();
    for (FaultKind kind : FaultKind.values()) {
      for (NodeRole role : NodeRole.values()) {
        all.add(new NodeFault(role, kind));
      }
    }
    return all;
  }

  /** A few of them, among which are every kind of fault and every kind of node. */
  static List<NodeFault> sample(int count, Seed seed) {
    RandomGenerator random = seed.random();
    List<FaultKind> kinds = new ArrayList<>(List.of(FaultKind.values()));
    List<NodeRole> roles = new ArrayList<>(List.of(NodeRole.values()));
    List<NodeFault> sample = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (i % kinds.size() == 0) {
        shuffle(kinds, random);
      }
      if (i % roles.size() == 0) {
        shuffle(roles, random);
      }
      sample.add(new NodeFault(roles.get(i % roles.size()), kinds.get(i % kinds.size())));
    }
    return sample;
  }

  private static void shuffle(List<?> list, RandomGenerator random) {
    for (int i = list.size() - 1; i > 0; i--) {
      Collections.swap(list, i, random.nextInt(i + 1));
    }
  }

  @Override
  public String toString() {
    return kind + " of " + role;
  }
}
