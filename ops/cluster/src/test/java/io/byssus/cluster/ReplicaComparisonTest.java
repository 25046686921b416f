package io.byssus.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.byssus.proto.internal.v1.DumpReplicaResponse;
import io.byssus.proto.internal.v1.DumpedRecord;
import io.byssus.proto.kv.v1.Key;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReplicaComparisonTest {
  private final ReplicaComparison comparison = new ReplicaComparison();

  @Test
  void equalContentIsEqualHoweverItIsCutIntoPieces() {
    assertEquals(
        Optional.empty(),
        comparison.difference(
            dump(7, 99, List.of("a", "b"), List.of("c")),
            dump(7, 99, List.of("a"), List.of(), List.of("b", "c"))));
    assertEquals(3, comparison.records());
  }

  @Test
  void emptyReplicasAreEqual() {
    assertEquals(
        Optional.empty(), comparison.difference(dump(7, 99, List.of()), dump(7, 99, List.of())));
  }

  @Test
  void aMissingAnAddedAndAChangedRecordAreFound() {
    assertEquals(
        Optional.of("one holds P/b (1 bytes, version 1), the other P/c (1 bytes, version 1)"),
        comparison.difference(dump(7, 99, List.of("a", "b", "c")), dump(7, 99, List.of("a", "c"))));
    assertEquals(
        Optional.of("one holds nothing more, the other P/b (1 bytes, version 1)"),
        comparison.difference(dump(7, 99, List.of("a")), dump(7, 99, List.of("a", "b"))));
    assertEquals(
        Optional.of("one holds P/b (1 bytes, version 1), the other nothing more"),
        comparison.difference(dump(7, 99, List.of("a", "b")), dump(7, 99, List.of("a"))));
    assertEquals(
        Optional.of("one holds P/a (1 bytes, version 1), the other P/a (1 bytes, version 2)"),
        comparison.difference(
            dump(7, 99, List.of("a")), List.of(last(7, 99, record("a", 2))).iterator()));
  }

  @Test
  void anotherPositionOrDigestIsADifference() {
    assertEquals(
        Optional.of("they stand at positions 7 and 8"),
        comparison.difference(dump(7, 99, List.of("a")), dump(8, 99, List.of("a"))));
    assertEquals(
        Optional.of("their records are equal, but the digests of all their state differ"),
        comparison.difference(dump(7, 99, List.of("a")), dump(7, 98, List.of("a"))));
  }

  @Test
  void aDumpWithoutItsLastPieceProvesNothing() {
    Iterator<DumpReplicaResponse> broken =
        List.of(DumpReplicaResponse.newBuilder().setPosition(7).build()).iterator();
    assertThrows(ClusterFailure.class, () -> comparison.difference(broken, dump(7, 99, List.of())));
  }

  @SafeVarargs
  private static Iterator<DumpReplicaResponse> dump(
      long position, long digest, List<String>... pieces) {
    DumpReplicaResponse[] dump = new DumpReplicaResponse[pieces.length];
    for (int i = 0; i < pieces.length; i++) {
      DumpedRecord[] records =
          pieces[i].stream().map(key -> record(key, 1)).toArray(DumpedRecord[]::new);
      dump[i] = last(position, digest, records);
      if (i < pieces.length - 1) {
        dump[i] = dump[i].toBuilder().clearEnd().clearDigest().build();
      }
    }
    return List.of(dump).iterator();
  }

  private static DumpReplicaResponse last(long position, long digest, DumpedRecord... records) {
    return DumpReplicaResponse.newBuilder()
        .setPosition(position)
        .addAllRecords(List.of(records))
        .setEnd(true)
        .setDigest(digest)
        .build();
  }

  private static DumpedRecord record(String key, long version) {
    return DumpedRecord.newBuilder()
        .setNamespaceId(1)
        .setKey(
            Key.newBuilder()
                .setPartitionKey(ByteString.copyFromUtf8("P"))
                .setSortKey(ByteString.copyFromUtf8(key)))
        .setValue(ByteString.copyFromUtf8("v"))
        .setVersion(version)
        .build();
  }
}
