package io.byssus.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.controlplane.node.ControlPlaneConfig;
import io.byssus.dispatcher.DispatcherConfig;
import io.byssus.process.ConfigReader;
import io.byssus.server.ServerConfig;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The samples in ops/deploy are files that the roles read. */
class SampleConfigTest {
  private static final Path SAMPLES = Path.of("..", "deploy");

  @Test
  void controlPlane() {
    ControlPlaneConfig config =
        ConfigReader.read(SAMPLES.resolve("control-plane.yaml"), ControlPlaneConfig::read);
    assertEquals(3, config.members().size());
    assertEquals("0.0.0.0:7403", config.raftListen().toString());
    assertEquals(Duration.ofHours(24), config.namespaceGrace());
    assertEquals("cp-1.byssus.internal:7402", config.process().advertise().toString());
  }

  @Test
  void server() {
    ServerConfig config = ConfigReader.read(SAMPLES.resolve("server.yaml"), ServerConfig::read);
    assertEquals("0.0.0.0:9401", config.process().metrics().toString());
    assertEquals(8L << 30, config.storage().blockCacheBytes());
    assertTrue(config.kafka().properties().containsKey("sasl.jaas.config"));
  }

  @Test
  void dispatcher() {
    DispatcherConfig config = DispatcherConfig.read(SAMPLES.resolve("dispatcher.yaml"));
    assertEquals(3, config.controlPlane().size());
    assertTrue(config.data().isPresent());
  }
}
