package io.byssus.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BrokerSettingsTest {
  @Test
  void clientsAreToldTheAdvertisedPortAndTheBrokerListensOnItsOwn() throws IOException {
    try (var sockets = BrokerSockets.bind(0)) {
      Map<String, String> settings = BrokerSettings.of(Path.of("logs"), sockets, 20_001);
      assertEquals("CLIENT://127.0.0.1:20001", settings.get("advertised.listeners"));
      String listeners = settings.get("listeners");
      assertEquals(0, listeners.indexOf("CLIENT://127.0.0.1:" + sockets.clientPort() + ","));
    }
  }
}
