package io.byssus.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ProcessConfigTest {
  private static final HostPort LISTEN = new HostPort("127.0.0.1", 7400);
  private static final HostPort METRICS = new HostPort("127.0.0.1", 7480);

  @Test
  void listensOnLoopbackAndAdvertisesTheSameUnlessToldOtherwise() {
    assertEquals(new ProcessConfig(LISTEN, LISTEN, METRICS), read(""));
  }

  @Test
  void refusesToBeReachedFromElsewhereUnlessTheFileSaysInsecure() {
    String open = "listen: 192.0.2.7:7400\nmetrics-listen: 0.0.0.0:9000\n";
    var refused = assertThrows(ConfigException.class, () -> read(open));
    assertEquals(2, refused.problems().size(), refused::getMessage);
    assertTrue(
        refused.getMessage().contains("line 1: listen: 192.0.2.7:7400"), refused::getMessage);
    assertTrue(refused.getMessage().contains("line 2: metrics-listen: 0.0.0.0:9000"));
    assertEquals(new HostPort("192.0.2.7", 7400), read(open + "insecure: true").listen());
  }

  @Test
  void aWildcardNeedsAnAddressToTellOthers() {
    String wildcard = "listen: 0.0.0.0:7400\ninsecure: true\n";
    var refused = assertThrows(ConfigException.class, () -> read(wildcard));
    assertTrue(refused.getMessage().contains("advertise: missing"), refused::getMessage);
    var config = read(wildcard + "advertise: 192.0.2.7:7400\n");
    assertEquals(new HostPort("192.0.2.7", 7400), config.advertise());
  }

  @Test
  void aHostWithoutAnAddressIsNamed() {
    var refused =
        assertThrows(ConfigException.class, () -> read("listen: no-such-host.invalid:7400"));
    assertEquals(1, refused.problems().size(), refused::getMessage);
    assertTrue(refused.getMessage().contains("no-such-host.invalid"), refused::getMessage);
  }

  private static ProcessConfig read(String yaml) {
    return ConfigReader.read(
        "test.yaml", Path.of("."), yaml, r -> ProcessConfig.read(r, LISTEN, METRICS));
  }
}
