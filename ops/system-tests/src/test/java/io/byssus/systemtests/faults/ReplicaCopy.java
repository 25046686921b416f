package io.byssus.systemtests.faults;

import io.byssus.proto.internal.v1.DumpReplicaResponse;
import io.byssus.proto.internal.v1.DumpedRecord;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * All that one replica holds, as of one position.
 *
 * @param shard the shard
 * @param node the node that holds the replica
 * @param position the position, packed
 * @param digest the replica's own digest of all its logical state
 * @param state the records
 */
record ReplicaCopy(
    int shard, String node, long position, long digest, Map<StoredKey, StoredState> state) {

  /** Reads a dump to its end. */
  static ReplicaCopy read(int shard, String node, Iterator<DumpReplicaResponse> dump) {
    Map<StoredKey, StoredState> state = new HashMap<>();
    while (dump.hasNext()) {
      DumpReplicaResponse piece = dump.next();
      for (DumpedRecord record : piece.getRecordsList()) {
        state.put(StoredKey.of(record), new StoredState(record.getValue(), record.getVersion()));
      }
      if (piece.getEnd()) {
        return new ReplicaCopy(shard, node, piece.getPosition(), piece.getDigest(), state);
      }
    }
    throw new IllegalStateException("the dump of shard " + shard + " on " + node + " broke off");
  }

  String name() {
    return "shard " + shard + " on " + node;
  }
}
