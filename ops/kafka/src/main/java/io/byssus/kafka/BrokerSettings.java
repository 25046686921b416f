package io.byssus.kafka;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The broker's properties: small, durable enough to be killed, and with Byssus' record size. */
final class BrokerSettings {
  static final int NODE_ID = 1;
  static final String HOST = "127.0.0.1";
  static final String CLIENT_LISTENER = "CLIENT";
  static final String CONTROLLER_LISTENER = "CONTROLLER";

  private static final int MIB = 1 << 20;

  private BrokerSettings() {}

  static Map<String, String> of(Path logs, BrokerSockets sockets, int advertisedPort) {
    var settings = new HashMap<String, String>();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", Integer.toString(NODE_ID));
    settings.put("log.dirs", logs.toString());
    listeners(settings, sockets, advertisedPort);
    topics(settings);
    internalTopics(settings);
    session(settings);
    threads(settings);
    return settings;
  }

  private static void listeners(
      Map<String, String> settings, BrokerSockets sockets, int advertisedPort) {
    String client = CLIENT_LISTENER + "://" + HOST + ":" + sockets.clientPort();
    String controller = CONTROLLER_LISTENER + "://" + HOST + ":" + sockets.controllerPort();
    settings.put("listeners", client + "," + controller);
    settings.put("advertised.listeners", CLIENT_LISTENER + "://" + HOST + ":" + advertisedPort);
    settings.put(
        "listener.security.protocol.map",
        CLIENT_LISTENER + ":PLAINTEXT," + CONTROLLER_LISTENER + ":PLAINTEXT");
    settings.put("inter.broker.listener.name", CLIENT_LISTENER);
    settings.put("controller.listener.names", CONTROLLER_LISTENER);
    settings.put("controller.quorum.voters", NODE_ID + "@" + HOST + ":" + sockets.controllerPort());
  }

  private static void topics(Map<String, String> settings) {
    settings.put("auto.create.topics.enable", "false");
    settings.put("message.max.bytes", Integer.toString(6 * MIB));
    settings.put("replica.fetch.max.bytes", Integer.toString(8 * MIB));
    // What was written since the last checkpoint is read again after a kill: keep that short.
    settings.put("log.segment.bytes", Integer.toString(128 * MIB));
    settings.put("log.index.size.max.bytes", Integer.toString(MIB));
    settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(4 * MIB));
  }

  private static void internalTopics(Map<String, String> settings) {
    settings.put("default.replication.factor", "1");
    settings.put("min.insync.replicas", "1");
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("offsets.topic.num.partitions", "4");
    settings.put("transaction.state.log.replication.factor", "1");
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("transaction.state.log.num.partitions", "4");
    settings.put("share.coordinator.state.topic.replication.factor", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
    settings.put("share.coordinator.state.topic.num.partitions", "4");
    settings.put("group.initial.rebalance.delay.ms", "0");
  }

  /**
   * After a kill the controller takes the broker's last life for alive until its session ends, and
   * refuses the new one. Three seconds keep that wait short, and still outlast a busy machine.
   */
  private static void session(Map<String, String> settings) {
    settings.put("broker.session.timeout.ms", "3000");
    settings.put("broker.heartbeat.interval.ms", "500");
  }

  private static void threads(Map<String, String> settings) {
    settings.put("num.network.threads", "2");
    settings.put("num.io.threads", "4");
    settings.put("background.threads", "2");
    settings.put("num.recovery.threads.per.data.dir", "2");
  }
}
