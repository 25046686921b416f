package io.byssus.server;

import io.byssus.clustermap.ClusterImage;
import io.byssus.model.ByssusException;
import io.byssus.storage.DeadLetter;
import io.byssus.storage.Shard;
import io.byssus.wal.DeadLetterAppender;
import io.byssus.wal.WalConfig;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies undecodable log records to the dead-letter topic, once a second, for the shards whose feed
 * owner this server is. A record is forgotten when its copy is durable; so each is copied at least
 * once.
 */
final class DeadLetterLoop implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DeadLetterLoop.class);

  private final String nodeId;
  private final ReplicaHost host;
  private final Supplier<ClusterImage> map;
  private final WalConfig kafka;
  private final ScheduledExecutorService clock;
  private DeadLetterAppender appender;

  DeadLetterLoop(String nodeId, ReplicaHost host, Supplier<ClusterImage> map, WalConfig kafka) {
    this.nodeId = nodeId;
    this.host = host;
    this.map = map;
    this.kafka = kafka;
    this.clock =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "dead-letters");
              thread.setDaemon(true);
              return thread;
            });
    clock.scheduleWithFixedDelay(this::copyAll, 1, 1, TimeUnit.SECONDS);
  }

  private void copyAll() {
    for (Replica replica : host.replicas()) {
      try {
        Optional<Shard> shard = replica.shardIfOpen();
        if (shard.isPresent() && shard.get().deadLetters() > 0 && owns(replica.shard())) {
          copy(replica.shard(), shard.get());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (ExecutionException | TimeoutException | ByssusException e) {
        log.warn(
            "dead letters wait to be copied: shard={} reason={}", replica.shard(), e.toString());
      } catch (RuntimeException e) {
        log.error("dead letters could not be copied: shard={}", replica.shard(), e);
      }
    }
  }

  private boolean owns(int shard) {
    return map.get().shard(shard).map(s -> s.getFeedOwner().equals(nodeId)).orElse(false);
  }

  private void copy(int number, Shard shard)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (appender == null) {
      appender =
          new DeadLetterAppender(kafka, host.logIdentity().orElseThrow().getDeadLetterTopic());
    }
    for (DeadLetter letter : shard.oldestDeadLetters()) {
      appender
          .append(number, letter.offset(), letter.why(), letter.bytes())
          .get(10, TimeUnit.SECONDS);
      shard.deadLetterCopied(letter.offset());
      log.warn(
          "an undecodable record was copied to the dead-letter topic: shard={} offset={}"
              + " why=\"{}\"",
          number,
          letter.offset(),
          letter.why());
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
    try {
      clock.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (appender != null) {
      appender.close();
    }
  }
}
