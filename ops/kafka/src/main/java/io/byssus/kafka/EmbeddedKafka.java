package io.byssus.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server;
import kafka.server.SharedServer;
import org.apache.kafka.common.utils.Time;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running broker with a data directory of its own, reachable on loopback only.
 *
 * <p>Topics, records and the cluster id live in the data directory: a broker started there again,
 * also after SIGKILL, has everything that the operating system had been given. Topics are never
 * created by use; records up to 6 MiB are accepted; every internal topic has one replica.
 *
 * <p>The broker is put together from the parts that {@code KafkaRaftServer} uses, with two
 * differences that matter inside a JVM which does other things too: the sockets are bound before
 * anything starts, so that a taken port is an ordinary exception and two brokers starting at once
 * never race for one; and a fatal fault is remembered and logged instead of halting the JVM.
 *
 * <p>Thread-safe. Several may run in one JVM.
 */
public final class EmbeddedKafka implements AutoCloseable {
  /** What a JVM that runs nothing but a broker should be given. */
  public static final List<String> JVM_FLAGS =
      List.of("-Xms64m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private static final Logger log = LoggerFactory.getLogger(EmbeddedKafka.class);

  private final BrokerDirectory directory;
  private final BrokerSockets sockets;
  private final BrokerFaults faults;
  private final String clusterId;
  private final BrokerServer broker;
  private final ControllerServer controller;
  private final AtomicBoolean closed = new AtomicBoolean();

  private EmbeddedKafka(
      BrokerDirectory directory, BrokerSockets sockets, int advertisedPort, BrokerFaults faults) {
    this.directory = directory;
    this.sockets = sockets;
    this.faults = faults;
    var config =
        new KafkaConfig(BrokerSettings.of(directory.logs(), sockets, advertisedPort), false);
    var formatted = KafkaRaftServer.initializeLogDirs(config, log, "");
    this.clusterId = formatted._1().clusterId().orElseThrow();
    var shared =
        new SharedServer(
            config,
            formatted._1(),
            Time.SYSTEM,
            Server.initializeMetrics(config, Time.SYSTEM, clusterId),
            CompletableFuture.completedFuture(
                Map.of(BrokerSettings.NODE_ID, loopback(sockets.controllerPort()))),
            List.of(),
            faults,
            sockets);
    this.broker = new BrokerServer(shared);
    this.controller = new ControllerServer(shared, KafkaRaftServer.configSchema(), formatted._2());
  }

  /** Like {@link #start(Path, int)} on a port that is free now. */
  public static EmbeddedKafka start(Path data) throws IOException {
    return start(data, 0);
  }

  /** Like {@link #start(Path, int, int)}; clients are told the port on which it listens. */
  public static EmbeddedKafka start(Path data, int port) throws IOException {
    return start(data, port, 0);
  }

  /**
   * Starts a broker and returns when it answers clients. Takes 2 to 4 s cold.
   *
   * @param data the broker's directory, created if need be; one broker at a time
   * @param port the loopback port for clients, or 0 for any that is free
   * @param advertisedPort the loopback port that clients are told to use, where something stands
   *     before the broker; 0: the port on which it listens
   * @throws IOException if the directory is in use by another broker or cannot be used, if the port
   *     is taken, or if the broker fails to start; everything is released again
   */
  public static EmbeddedKafka start(Path data, int port, int advertisedPort) throws IOException {
    var directory = BrokerDirectory.open(data);
    BrokerSockets sockets = null;
    EmbeddedKafka kafka = null;
    try {
      sockets = BrokerSockets.bind(port);
      directory.formatOnce();
      int advertised = advertisedPort == 0 ? sockets.clientPort() : advertisedPort;
      kafka = new EmbeddedKafka(directory, sockets, advertised, new BrokerFaults());
      kafka.controller.startup();
      kafka.broker.startup();
      log.info(
          "embedded Kafka started address={} cluster_id={} data={}",
          kafka.bootstrapServers(),
          kafka.clusterId,
          data);
      return kafka;
    } catch (Exception e) {
      release(directory, sockets, kafka);
      throw e instanceof IOException io
          ? io
          : new IOException("embedded Kafka failed to start on " + data, e);
    }
  }

  /** The address for clients, {@code 127.0.0.1:port}. */
  public String bootstrapServers() {
    return BrokerSettings.HOST + ":" + port();
  }

  /** The port for clients. */
  public int port() {
    return sockets.clientPort();
  }

  /** The id given when the directory was first used; it never changes. */
  public String clusterId() {
    return clusterId;
  }

  /** Completes with the first fault after which this broker cannot be relied on. */
  public CompletableFuture<Throwable> fault() {
    return faults.first();
  }

  /** Stops the broker in good order, within a few seconds, and frees port and directory. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release(directory, sockets, this);
    }
  }

  private static void release(
      BrokerDirectory directory, BrokerSockets sockets, EmbeddedKafka kafka) {
    try (directory;
        sockets) {
      if (kafka != null) {
        // The broker says goodbye to the controller, so it goes first.
        try {
          kafka.broker.shutdown();
        } finally {
          kafka.controller.shutdown();
        }
      }
    } catch (Exception e) {
      log.warn("embedded Kafka did not stop cleanly", e);
    }
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }
}
