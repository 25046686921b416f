package io.byssus.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaTest {
  @TempDir Path dir;

  @Test
  void keepsTopicsRecordsAndIdentityOverARestartOnTheSamePort() throws Exception {
    String clusterId;
    int port;
    try (var kafka = EmbeddedKafka.start(dir)) {
      clusterId = kafka.clusterId();
      port = kafka.port();
      Topic.create(kafka.bootstrapServers(), "t", 3)
          .append("one".getBytes(UTF_8), "two".getBytes(UTF_8));
    }
    try (var kafka = EmbeddedKafka.start(dir, port)) {
      assertEquals(clusterId, kafka.clusterId());
      assertEquals("127.0.0.1:" + port, kafka.bootstrapServers());
      var topic = new Topic(kafka.bootstrapServers(), "t");
      topic.append("three".getBytes(UTF_8));
      var values = topic.read(3).stream().map(v -> new String(v, UTF_8)).toList();
      assertEquals(List.of("one", "two", "three"), values);
      assertFalse(kafka.fault().isDone());
    }
  }

  @Test
  void takesRecordsOfSixMebibytesAndRefusesLargerOnes() throws Exception {
    try (var kafka = EmbeddedKafka.start(dir)) {
      var topic = Topic.create(kafka.bootstrapServers(), "large", 1);
      var large = new byte[(6 << 20) - 1024];
      large[large.length - 1] = 7;
      topic.append(large);
      assertArrayEquals(large, topic.read(1).get(0));
      var refused =
          assertThrows(ExecutionException.class, () -> topic.append(new byte[(6 << 20) + 1024]));
      assertTrue(refused.getCause() instanceof RecordTooLargeException, refused::toString);
    }
  }

  @Test
  void neverCreatesATopicByUse() throws Exception {
    try (var kafka = EmbeddedKafka.start(dir)) {
      var topic = new Topic(kafka.bootstrapServers(), "nobody-made-it");
      assertTrue(topic.partitions().isEmpty());
      try (var admin = topic.admin()) {
        assertTrue(admin.client().listTopics().names().get().isEmpty());
      }
    }
  }

  @Test
  void twoBrokersRunInOneJvmAndASecondOnTheSameDirectoryIsRefused() throws Exception {
    try (var one = EmbeddedKafka.start(dir.resolve("one"));
        var two = EmbeddedKafka.start(dir.resolve("two"))) {
      assertNotEquals(one.clusterId(), two.clusterId());
      var refused = assertThrows(IOException.class, () -> EmbeddedKafka.start(dir.resolve("one")));
      assertTrue(refused.getMessage().contains(dir.resolve("one").toString()), refused::toString);
      // Refusing touched nothing: the first still serves.
      Topic.create(one.bootstrapServers(), "t", 1).append("still here".getBytes(UTF_8));
    }
  }

  @Test
  void aTakenPortIsRefusedByNumberAndTheDirectoryStaysUsable() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      int port = taken.getLocalPort();
      var refused = assertThrows(IOException.class, () -> EmbeddedKafka.start(dir, port));
      assertTrue(refused.getMessage().contains("127.0.0.1:" + port), refused::toString);
    }
    EmbeddedKafka.start(dir).close();
  }
}
