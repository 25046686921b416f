package io.byssus.storage;

import static io.byssus.storage.LogBuilder.NAMESPACE;
import static io.byssus.storage.LogBuilder.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.proto.internal.v1.OutcomeKind;
import io.byssus.proto.log.v1.Lifetime;
import io.byssus.proto.log.v1.NamespaceRules;
import io.byssus.proto.log.v1.WriterStamp;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a shard knows of namespaces, and how they go. */
class NamespacesTest {
  private static final NamespaceRules.Builder OTHER =
      LogBuilder.rules(NAMESPACE + 1, 1).toBuilder().setMaxVersions(2);

  @TempDir Path directory;
  private TestShard shard;

  @BeforeEach
  void open() {
    shard = new TestShard(directory, TestShard.rules());
  }

  @AfterEach
  void close() {
    shard.close();
  }

  @Test
  void aDropRemovesEverythingAndLaterWritesApplyAsNothing() {
    shard.write(
        "k", put("", "x").toBuilder().setLifetime(Lifetime.newBuilder().setTtlMs(1_000)).build());
    shard.under(OTHER).write("k", put("", "one"));
    shard.write("k", put("", "two"));
    assertEquals(Set.of(NAMESPACE, NAMESPACE + 1), shard.shard().namespaces());

    shard.drop();
    assertEquals(Set.of(NAMESPACE + 1), shard.shard().namespaces());
    assertEquals(null, shard.value("k"));
    assertEquals(OptionalLong.empty(), shard.shard().nextDueMillis());
    assertEquals(2, shard.remembered(), "what the other namespace holds");

    shard.restart();
    WriterStamp late = shard.under(TestShard.rules()).write("k", put("", "late"));
    assertEquals(null, shard.value("k"));
    assertEquals(OutcomeKind.OUTCOME_NOT_APPLIED, shard.shard().outcome(late).getKind());
    assertEquals(Set.of(NAMESPACE + 1), shard.shard().namespaces());
    assertEquals(1, shard.shard().counts().dropped());
  }

  @Test
  void aDropOfWhatTheShardNeverHeardOfIsRememberedToo() {
    shard.drop();
    shard.write("k", put("", "x"));
    assertEquals(null, shard.value("k"));
    assertEquals(Set.of(), shard.shard().namespaces());
  }

  @Test
  void sizesOfANamespaceAreAboutRight() {
    int records = 5_000;
    for (int i = 0; i < records; i++) {
      shard.log.write(shard.nextStamp(), false, "k" + i, put("", "value " + i));
    }
    shard.replay();
    shard.under(OTHER).write("k", put("", "one"));
    for (int i = 0; i < 2; i++) {
      SizeEstimate size = shard.shard().namespaceSize(NAMESPACE);
      assertTrue(
          size.records() > records / 2 && size.records() < records * 2, () -> size.toString());
      assertTrue(size.bytes() > records * 10L && size.bytes() < records * 200L, size::toString);
      assertTrue(shard.shard().namespaceSize(NAMESPACE + 1).records() < records / 10);
      assertEquals(new SizeEstimate(0, 0), shard.shard().namespaceSize(NAMESPACE + 2));
      shard.shard().flush();
    }
  }
}
