package io.byssus.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.byssus.proto.admin.v1.NamespaceSpec;
import io.byssus.proto.admin.v1.ReadDefaults;
import io.byssus.proto.kv.v1.Consistency;
import io.byssus.proto.log.v1.ConflictRule;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code byssus admin namespaces}, from the words to what the cluster is asked. */
class NamespaceCommandTest {
  private final CommandRun command = new CommandRun();
  private ScriptedDispatcher dispatcher;

  @BeforeEach
  void start() throws IOException {
    dispatcher = new ScriptedDispatcher();
  }

  @AfterEach
  void stop() {
    dispatcher.close();
  }

  private void run(int exit, String words) {
    command.expect(exit, dispatcher.address(), ("admin namespaces " + words).split(" "));
  }

  @Test
  void everythingThatCanBeDeclaredIsAsked() {
    run(
        0,
        "create signals --conflict-rule version --default-ttl 30m --tombstone-retention 2d"
            + " --max-versions 5 --read-level bounded:2s --eventual-max-age 1m --cache 250ms");
    assertEquals("namespace signals is created, id 1\n", command.text());
    assertEquals(
        NamespaceSpec.newBuilder()
            .setName("signals")
            .setConflictRule(ConflictRule.VERSION)
            .setDefaultTtlMs(1_800_000)
            .setTombstoneRetentionMs(172_800_000)
            .setMaxVersions(5)
            .setReadDefaults(
                ReadDefaults.newBuilder()
                    .setConsistency(Consistency.BOUNDED)
                    .setMaxStalenessMs(2_000)
                    .setEventualMaxAgeMs(60_000)
                    .setCacheMs(250))
            .build(),
        dispatcher.namespaces.spec("signals"));
  }

  @Test
  void anUpdateChangesWhatItNamesAndNothingElse() {
    run(0, "create places --default-ttl 30m --read-level bounded:2s --max-versions 3");
    run(0, "update places --default-ttl none --read-level linearizable");
    assertEquals("namespace places is updated, rules version 2\n", command.text());
    NamespaceSpec spec = dispatcher.namespaces.spec("places");
    assertEquals(0, spec.getDefaultTtlMs());
    assertEquals(3, spec.getMaxVersions());
    assertEquals(Consistency.LINEARIZABLE, spec.getReadDefaults().getConsistency());
    assertEquals(0, spec.getReadDefaults().getMaxStalenessMs());
    run(3, "update cities --max-versions 2");
  }

  @Test
  void aDeletedNamespaceIsListedWhereAskedForAndComesBack() throws IOException {
    run(0, "create places");
    run(0, "delete places");
    assertEquals(
        "namespace places is deleted; it can be undeleted until 2023-11-15T22:13:20Z\n",
        command.text());
    run(0, "list");
    assertEquals("there is no namespace\n", command.errors());
    run(0, "list --deleted --json");
    JsonNode deleted = command.json().get(0);
    assertEquals("DELETED", deleted.get("state").asText());
    assertEquals("2023-11-15T22:13:20Z", deleted.get("undelete_until").asText());
    run(3, "describe places");
    run(0, "undelete places");
    assertEquals("namespace places is back\n", command.text());
    run(3, "undelete places");
  }

  @Test
  void aDescriptionTellsSettingsAndSizes() throws IOException {
    run(0, "create places --default-ttl 90m --cache 250ms --read-level session");
    run(0, "describe places");
    for (String line :
        new String[] {
          "default ttl          90m",
          "read level           SESSION",
          "cache                250ms",
          "records              about 20, counted on 3 of 4 shards"
        }) {
      assertTrue(command.text().contains(line), command::text);
    }
    run(0, "describe places --json");
    JsonNode namespace = command.json();
    assertEquals(5_400_000, namespace.get("default_ttl_ms").asLong());
    assertEquals("SESSION", namespace.get("read_defaults").get("level").asText());
    assertEquals(4096, namespace.get("sizes").get("disk_bytes").asLong());
  }
}
