package io.byssus.systemtests.simulation;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.wal.GateSeat;
import io.byssus.wal.Wal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The log as one process reaches it, with all that Kafka's producer may do to a record: append it
 * late, lose it, append it though it was reported as failed, append it twice, lose the answer. Two
 * records may overtake each other. Behind the real door, and with the codes of {@link Wal}.
 */
final class SimulatedWal implements Wal {
  private static final long BYTES_IN_FLIGHT = 16L << 20;
  private static final long PROBE_NANOS = 1_000_000_000L;

  private final SimulatedProcess process;
  private final Schedule schedule;
  private final List<LogPartition> partitions;
  private final List<GateSeat> gates = new ArrayList<>();
  private final boolean[] probing;
  private final Calm calm;

  /** Whether nothing goes wrong any more. */
  interface Calm {
    boolean calm();
  }

  SimulatedWal(SimulatedProcess process, List<LogPartition> partitions, Calm calm) {
    this.process = process;
    this.schedule = process.schedule();
    this.partitions = partitions;
    this.calm = calm;
    this.probing = new boolean[partitions.size()];
    for (LogPartition partition : partitions) {
      gates.add(new GateSeat(partition.shard(), BYTES_IN_FLIGHT));
      probe(partition, schedule.between(1, 30));
    }
  }

  private void probe(LogPartition partition, long delay) {
    int shard = partition.shard();
    if (probing[shard]) {
      return;
    }
    probing[shard] = true;
    process.after(
        delay,
        "probe",
        () -> {
          probing[shard] = false;
          GateSeat gate = gates.get(shard);
          if (partition.awayNanos() > 0) {
            probe(partition, partition.awayNanos() + PROBE_NANOS);
          } else {
            gate.seenOurs(partition.end(), gate.known(), process.nanoTime());
            if (gate.needsProbe(process.nanoTime())) {
              probe(partition, PROBE_NANOS);
            }
          }
        });
  }

  @Override
  public CompletableFuture<Long> append(int shard, LogRecord record) {
    byte[] bytes = record.toByteArray();
    LogPartition partition = partitions.get(shard);
    GateSeat gate = gates.get(shard);
    GateSeat.Passage passage;
    try {
      passage = gate.enter(bytes.length, process.nanoTime());
    } catch (ByssusException e) {
      probe(partition, PROBE_NANOS);
      return CompletableFuture.failedFuture(e);
    }
    Sending sending = new Sending(partition, gate, passage, bytes);
    int chance = calm.calm() ? 1_000 : schedule.random().nextInt(1_000);
    if (chance < 20) {
      sending.fail(schedule.between(100, 30_000));
    } else if (chance < 60) {
      sending.arriveLateThoughFailed();
    } else if (chance < 80) {
      sending.arrive(quick(), false);
      sending.fail(schedule.between(100, 30_000));
    } else if (chance < 100) {
      sending.arrive(schedule.between(0, 60_000), chance % 2 == 0);
      sending.arrive(quick(), true);
    } else {
      sending.arrive(chance < 140 ? schedule.between(20, 4_000) : quick(), true);
    }
    return sending.result;
  }

  private long quick() {
    return schedule.between(0.2, 5);
  }

  private final class Sending {
    private final LogPartition partition;
    private final GateSeat gate;
    private final GateSeat.Passage passage;
    private final byte[] bytes;
    private final CompletableFuture<Long> result = new CompletableFuture<>();
    private final int life = process.life();

    Sending(LogPartition partition, GateSeat gate, GateSeat.Passage passage, byte[] bytes) {
      this.partition = partition;
      this.gate = gate;
      this.passage = passage;
      this.bytes = bytes;
    }

    /** The failure comes first, and the record after it. */
    void arriveLateThoughFailed() {
      long failure = schedule.between(100, 20_000);
      fail(failure);
      arrive(failure + schedule.between(0, 60_000), false);
    }

    /** What has left the process arrives without it, if it has left. */
    void arrive(long delay, boolean answer) {
      schedule.after(
          delay,
          "log append",
          () -> {
            if (partition.awayNanos() > 0) {
              arrive(partition.awayNanos() + quick(), answer);
            } else if (life == process.life() || !schedule.oneIn(2)) {
              long offset = partition.append(bytes);
              if (answer) {
                process.after(quick(), "log answer", () -> acknowledge(offset));
              }
            }
          });
    }

    private void acknowledge(long offset) {
      if (result.isDone()) {
        return;
      }
      if (gate.acknowledged(passage, offset)) {
        result.complete(offset);
      } else {
        result.completeExceptionally(
            new ByssusException(ErrorCode.INDETERMINATE, "the log lost what it had acknowledged"));
      }
    }

    void fail(long delay) {
      process.after(
          delay,
          "log failure",
          () -> {
            if (!result.isDone()) {
              gate.failed(passage);
              result.completeExceptionally(
                  new ByssusException(ErrorCode.INDETERMINATE, "the log did not answer"));
            }
          });
    }
  }

  @Override
  public CompletableFuture<Void> firstLook() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void close() {}
}
