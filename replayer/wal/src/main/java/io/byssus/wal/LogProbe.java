package io.byssus.wal;

import io.byssus.wal.LogIdentityCheck.Verdict;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the log once a second while a gate is shut, and every five seconds while all are open,
 * and tells the gates what it saw.
 */
final class LogProbe implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LogProbe.class);
  private static final int LOOKS_APART_WHILE_OPEN = 5;

  private final LogIdentityCheck<long[]> check;
  private final ShardGate[] gates;
  private final ScheduledExecutorService clock;
  private final CompletableFuture<Void> firstLook = new CompletableFuture<>();
  private Verdict.Kind lastKind;
  private int ticksSinceLook;

  LogProbe(LogIdentityCheck<long[]> check, ShardGate[] gates) {
    this.check = check;
    this.gates = gates;
    this.clock =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "wal-probe");
              thread.setDaemon(true);
              return thread;
            });
    clock.scheduleWithFixedDelay(this::tick, 0, 1, TimeUnit.SECONDS);
  }

  /** Completes when the gates have been told what the first look saw, or that it failed. */
  CompletableFuture<Void> firstLook() {
    return firstLook;
  }

  private void tick() {
    try {
      ticksSinceLook++;
      if (anyShut() || ticksSinceLook >= LOOKS_APART_WHILE_OPEN) {
        ticksSinceLook = 0;
        look();
        firstLook.complete(null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.error("the log could not be looked at; shut shards stay shut", e);
      firstLook.complete(null);
    }
  }

  private void look() throws InterruptedException {
    long[] knownBefore = new long[gates.length];
    for (int shard = 0; shard < gates.length; shard++) {
      knownBefore[shard] = gates[shard].known();
    }
    tell(check.look(knownBefore));
  }

  private boolean anyShut() {
    for (ShardGate gate : gates) {
      if (gate.needsProbe(System.nanoTime())) {
        return true;
      }
    }
    return false;
  }

  private void tell(Verdict<long[]> verdict) {
    if (verdict.kind() != lastKind) {
      switch (verdict.kind()) {
        case OURS -> log.info("the log answers and is ours");
        case NOT_OURS -> log.error("the log is refused: {}", verdict.why());
        case UNKNOWN -> log.warn("the log does not answer: {}", verdict.why());
      }
      lastKind = verdict.kind();
    }
    switch (verdict.kind()) {
      case OURS ->
          verdict
              .ends()
              .forEach(
                  (shard, end) ->
                      gates[shard].seenOurs(end.offset(), end.asked()[shard], System.nanoTime()));
      case NOT_OURS -> {
        for (ShardGate gate : gates) {
          gate.seenNotOurs(verdict.why());
        }
      }
      case UNKNOWN -> {
        // Nothing is known: open gates stay open until a record goes unanswered.
      }
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
    check.close();
  }
}
