package io.byssus.bench.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.bench.load.Records;
import io.byssus.client.ByssusClient;
import io.byssus.client.Namespace;
import io.byssus.client.ScanAll;
import io.byssus.client.ScanAllCursor;
import io.byssus.cluster.LocalCluster;
import io.byssus.cluster.LocalClusterConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpreadRecordsTest {
  private static final Records RECORDS = new Records(205, 10);

  @TempDir Path directory;

  @Test
  void recordsLieEvenlyInTheNamespacesAndAreFoundThere() throws Exception {
    LocalClusterConfig shape =
        new LocalClusterConfig(directory, OptionalInt.of(1), OptionalInt.of(4), 0);
    try (LocalCluster cluster = LocalCluster.start(shape);
        ByssusClient client = ByssusClient.connect(cluster.endpoint());
        SpreadRecords loaded =
            SpreadRecords.load(
                List.of(cluster.endpoint()), new Spreading(4, 20, 1, RECORDS), line -> {})) {
      assertEquals(20, client.admin().listNamespaces().size());
      for (int i = 0; i < 20; i++) {
        assertEquals(i < 5 ? 11 : 10, count(loaded.throughDispatcher(i)), "namespace " + i);
      }
      for (long i = 0; i < RECORDS.count(); i++) {
        assertTrue(loaded.throughDispatcher(i).get(loaded.key(i)).isPresent());
        assertTrue(loaded.direct(i).get(loaded.key(i)).isPresent());
      }
    }
  }

  @Test
  void thereAreNotMoreNamespacesThanRecords() {
    assertThrows(IllegalArgumentException.class, () -> new Spreading(4, 206, 1, RECORDS));
  }

  private static int count(Namespace namespace) {
    int records = 0;
    try (ScanAllCursor all = namespace.scanAll(ScanAll.defaults())) {
      while (all.hasNext()) {
        all.next();
        records++;
      }
    }
    return records;
  }
}
