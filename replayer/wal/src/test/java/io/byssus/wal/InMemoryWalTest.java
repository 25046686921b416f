package io.byssus.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class InMemoryWalTest extends WalContract {
  private final InMemoryWal wal = new InMemoryWal(2, System::currentTimeMillis);

  @Override
  Wal wal() {
    return wal;
  }

  @Override
  List<LogEntry> read(int shard, long from, int count) {
    return wal.read(shard, from);
  }

  @Override
  long end(int shard) {
    return wal.read(shard, 0).size();
  }

  @Test
  void whileItHoldsItsAnswersRecordsAreThereAndNobodyKnows() throws Exception {
    wal.hold();
    CompletableFuture<Long> answer = wal.append(0, Records.small(1));
    assertFalse(answer.isDone());
    assertEquals(1, wal.read(0, 0).size());
    wal.release();
    assertEquals(0, answer.get());
  }
}
