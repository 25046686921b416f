package io.byssus.bench.load;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.proto.log.v1.LogRecord;
import io.byssus.wal.DecodedRecord.Readable;
import io.byssus.wal.LogRecordCodec;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class BacklogTest {
  private static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(7_000), ZoneOffset.UTC);
  private static final Records RECORDS = new Records(10, 100);
  private static final Backlog BACKLOG = new Backlog(RECORDS, 4, "c", CLOCK);

  @Test
  void everyLogRecordCanBeReadAndEachShardsBeginsAnIncarnation() {
    assertEquals(14, BACKLOG.size());
    for (int number = 0; number < BACKLOG.size(); number++) {
      assertEquals(number < 4, record(number).hasIncarnationStart(), "number " + number);
    }
    assertEquals("c", record(3).getIncarnationStart().getClusterId());
  }

  @Test
  void theWritesArePutsOfTheRecordsNumberedShardByShard() {
    LogRecord record = record(9);
    assertEquals(2, record.getStamp().getSequence());
    assertEquals(307_000, record.getStamp().getAcceptUntilMs());
    assertArrayEquals(RECORDS.key(5), record.getWrite().getPartitionKey().toByteArray());
    assertArrayEquals(RECORDS.value(5), record.getWrite().getOperations(0).getPut().toByteArray());
    assertTrue(record(7).hasNamespaceRules() && !record.hasNamespaceRules());
  }

  @Test
  void theLastOffsetsAreThoseOfAllRecords() {
    // 14 log records: 4 in shards 0 and 1, 3 in shards 2 and 3.
    assertEquals(3, BACKLOG.lastOffset(0));
    assertEquals(3, BACKLOG.lastOffset(1));
    assertEquals(2, BACKLOG.lastOffset(2));
    assertEquals(2, BACKLOG.lastOffset(3));
  }

  private static LogRecord record(int number) {
    return assertInstanceOf(Readable.class, LogRecordCodec.decode(BACKLOG.bytes(number))).record();
  }
}
