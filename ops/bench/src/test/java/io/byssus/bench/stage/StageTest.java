package io.byssus.bench.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.byssus.bench.load.Records;
import io.byssus.client.ByssusClient;
import io.byssus.client.NamespaceNotFoundException;
import io.byssus.cluster.LocalCluster;
import io.byssus.cluster.LocalClusterConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StageTest {
  private static final Records RECORDS = new Records(10, 10);

  @TempDir Path directory;

  @Test
  void aClusterThatDoesNotStartIsTriedOnce() throws Exception {
    Path notAFolder = Files.createFile(directory.resolve("file"));
    StagePlan plan =
        new StagePlan("no.such.Main", notAFolder, Optional.empty(), RECORDS, Extent.USUAL);
    List<String> told = new ArrayList<>();
    try (Stage stage = new Stage(plan, told::add)) {
      IOException first = assertThrows(IOException.class, () -> stage.newLog("first"));
      assertEquals(first, assertThrows(IOException.class, () -> stage.newLog("second")));
      assertEquals(first, assertThrows(IOException.class, stage::direct));
    }
    assertEquals(List.of("starting a cluster"), told);
  }

  @Test
  void aNamespaceThatCannotBeDeletedIsToldAndTheOthersGo() throws Exception {
    LocalClusterConfig shape =
        new LocalClusterConfig(directory.resolve("data"), OptionalInt.of(1), OptionalInt.of(4), 0);
    try (LocalCluster cluster = LocalCluster.start(shape);
        ByssusClient client = ByssusClient.connect(cluster.endpoint())) {
      LoadedNamespace loaded = LoadedNamespace.load(List.of(cluster.endpoint()), RECORDS);
      String gone = loaded.another().name();
      loaded.another();
      client.admin().deleteNamespace(gone);

      NamespaceNotFoundException failure =
          assertThrows(NamespaceNotFoundException.class, loaded::close);
      assertEquals(0, failure.getSuppressed().length);
      assertEquals(List.of(), client.admin().listNamespaces());
    }
  }
}
