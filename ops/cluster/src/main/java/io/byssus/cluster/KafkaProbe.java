package io.byssus.cluster;

import io.byssus.kafka.KafkaAdmin;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** Asks a broker whether it is there. */
final class KafkaProbe {
  private static final int ANSWER_MILLIS = 1_000;

  private final String address;

  KafkaProbe(String address) {
    this.address = address;
  }

  /** Whether it answers within a second. */
  boolean serving() throws InterruptedException {
    Map<String, Object> settings =
        Map.of(
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_MILLIS,
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MILLIS);
    try (KafkaAdmin admin = KafkaAdmin.connect(address, settings)) {
      return !admin
          .client()
          .describeCluster()
          .nodes()
          .get(ANSWER_MILLIS, TimeUnit.MILLISECONDS)
          .isEmpty();
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }
}
