package io.byssus.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.log.v1.LogRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every log promises its writers. */
abstract class WalContract {
  /** A log with two shards or more, open. */
  abstract Wal wal();

  /** The entries of a shard from an offset on, once there are at least so many. */
  abstract List<LogEntry> read(int shard, long from, int count);

  /** The offset that the shard's next record gets. */
  abstract long end(int shard);

  @Test
  void recordsGetOffsetsThatFollowOneAnotherInTheOrderOfTheirHandOver() throws Exception {
    long first = end(0);
    List<CompletableFuture<Long>> answers = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      answers.add(wal().append(0, Records.small(i)));
    }
    for (int i = 0; i < 500; i++) {
      assertEquals(first + i, answers.get(i).get(30, TimeUnit.SECONDS));
    }
    List<LogEntry> entries = read(0, first, 500);
    for (int i = 0; i < 500; i++) {
      assertEquals(first + i, entries.get(i).offset());
      assertEquals(Records.small(i), LogRecord.parseFrom(entries.get(i).bytes()));
    }
  }

  @Test
  void shardsAreApart() throws Exception {
    long first = end(1);
    wal().append(0, Records.small(1)).get(30, TimeUnit.SECONDS);
    assertEquals(first, wal().append(1, Records.small(2)).get(30, TimeUnit.SECONDS));
  }

  @Test
  void entriesCarryTheTimeAtWhichTheyWereAppended() throws Exception {
    long before = System.currentTimeMillis();
    long offset = wal().append(0, Records.small(1)).get(30, TimeUnit.SECONDS);
    long time = read(0, offset, 1).get(0).appendTimeMillis();
    assertTrue(time >= before - 1_000 && time <= System.currentTimeMillis() + 1_000);
  }

  @Test
  void afterItIsClosedNothingIsHandedOver() {
    wal().close();
    ExecutionException failure =
        assertThrows(
            ExecutionException.class,
            () -> wal().append(0, Records.small(1)).get(30, TimeUnit.SECONDS));
    assertEquals(ErrorCode.LOG_UNAVAILABLE, ((ByssusException) failure.getCause()).code());
  }
}
