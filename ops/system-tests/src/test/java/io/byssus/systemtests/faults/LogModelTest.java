package io.byssus.systemtests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import io.byssus.model.Position;
import io.byssus.proto.log.v1.Delete;
import io.byssus.proto.log.v1.IncarnationStart;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Write;
import io.byssus.proto.log.v1.WriterStamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LogModelTest {
  private static final StoredKey KEY =
      new StoredKey(1, ByteString.copyFromUtf8("p"), ByteString.copyFromUtf8("s"));

  private final List<String> effects = new ArrayList<>();
  private final LogModel model =
      new LogModel(
          new LogModel.Effects() {
            @Override
            public void put(StoredKey key, StoredState state) {
              effects.add("put " + state.value().toStringUtf8());
            }

            @Override
            public void remove(StoredKey key) {
              effects.add("remove");
            }
          });
  private long offset;

  LogModelTest() {
    replay(
        LogRecord.newBuilder()
            .setIncarnationStart(IncarnationStart.newBuilder().setIncarnation(1))
            .setWriterTimeMs(1_000));
  }

  @Test
  void theLaterWriteWins() {
    write(1, 1, "a");
    write(2, 2, "b");
    assertEquals(
        Map.of(KEY, new StoredState(ByteString.copyFromUtf8("b"), Position.pack(1, 2))),
        model.state());
  }

  @Test
  void aSecondCopyHasNoEffect() {
    write(1, 1, "a");
    write(2, 1, "b");
    write(1, 1, "a");
    assertEquals(List.of("put a", "put b"), effects);
    assertEquals(1, model.copies());
  }

  @Test
  void aCopyBelowTheFloorHasNoEffect() {
    write(2, 2, "b");
    write(1, 1, "a");
    assertEquals(List.of("put b"), effects);
  }

  @Test
  void aCopyAfterItsTimeHasNoEffect() {
    replay(write(1, 1, 5_000, "a"), 5_001);
    assertEquals(List.of(), effects);
  }

  @Test
  void aRemovalLeavesNothing() {
    write(1, 1, "a");
    replay(
        record(2, 2, 9_000)
            .setWrite(
                Write.newBuilder()
                    .setPartitionKey(KEY.partition())
                    .addOperations(
                        Operation.newBuilder()
                            .setSortKey(KEY.sort())
                            .setDelete(Delete.getDefaultInstance()))));
    assertEquals(Map.of(), model.state());
    assertEquals(List.of("put a", "remove"), effects);
  }

  @Test
  void bytesThatAreNoRecordHaveNoEffect() {
    model.replay(offset++, 1_000, new byte[] {-1, -1, -1});
    write(1, 1, "a");
    assertEquals(List.of("put a"), effects);
  }

  private void write(long sequence, long lowestOpen, String value) {
    replay(write(sequence, lowestOpen, 9_000, value), 1_000);
  }

  private static LogRecord.Builder write(
      long sequence, long lowestOpen, long acceptUntil, String value) {
    return record(sequence, lowestOpen, acceptUntil)
        .setWrite(
            Write.newBuilder()
                .setPartitionKey(KEY.partition())
                .addOperations(
                    Operation.newBuilder()
                        .setSortKey(KEY.sort())
                        .setPut(ByteString.copyFromUtf8(value))));
  }

  private static LogRecord.Builder record(long sequence, long lowestOpen, long acceptUntil) {
    return LogRecord.newBuilder()
        .setNamespaceId(1)
        .setWriterTimeMs(1_000)
        .setStamp(
            WriterStamp.newBuilder()
                .setWriterHigh(7)
                .setSequence(sequence)
                .setLowestOpen(lowestOpen)
                .setAcceptUntilMs(acceptUntil));
  }

  private void replay(LogRecord.Builder record) {
    replay(record, 1_000);
  }

  private void replay(LogRecord.Builder record, long appendTimeMillis) {
    model.replay(offset++, appendTimeMillis, record.build().toByteArray());
  }
}
