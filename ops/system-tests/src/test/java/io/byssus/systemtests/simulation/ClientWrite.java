package io.byssus.systemtests.simulation;

import com.google.protobuf.ByteString;
import io.byssus.client.ClientSeat;
import io.byssus.client.stamps.WriterSeat;
import io.byssus.model.Position;
import io.byssus.model.ShardHash;
import io.byssus.proto.kv.v1.Acknowledgement;
import io.byssus.proto.kv.v1.ResolveResponse;
import io.byssus.proto.kv.v1.WriteOptions;
import io.byssus.proto.kv.v1.WriteResponse;
import io.byssus.proto.kv.v1.WriterStamp;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Write;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

/**
 * One write of a client, the way the SDK takes it: its records' turn, the namespace, room in the
 * window, one stamp, and attempts through one dispatcher and the next until the deadline.
 */
final class ClientWrite {
  private static final int MAX_STAMPS = 5;

  private final Simulation simulation;
  private final SimulatedClient client;
  private final String namespace;
  private final Write write;
  private final boolean applied;
  private final long deadlineNanos;
  private final WriterSeat.Turn turn;
  private final Runnable done;
  private int number;
  private int stamps;
  private int shard;
  private int namespaceId;
  private WriterStamp stamp;
  private boolean maybeHandedOver;
  private boolean asking;
  private boolean ended;
  private boolean tookEffect;

  ClientWrite(
      Simulation simulation,
      SimulatedClient client,
      String namespace,
      Write write,
      boolean applied,
      long allowedNanos,
      Runnable done) {
    this.simulation = simulation;
    this.client = client;
    this.namespace = namespace;
    this.write = write;
    this.applied = applied;
    this.deadlineNanos = client.process().nanoTime() + allowedNanos;
    this.done = done;
    List<io.byssus.client.Key> records =
        write.getOperationsList().stream()
            .map(operation -> ClientSeat.key(write.getPartitionKey(), operation.getSortKey()))
            .toList();
    this.turn = client.writer().turn(records, this::begin);
  }

  void start() {
    client.writer().join(turn);
    client.process().after(remaining(), "write deadline", this::passed);
  }

  private long remaining() {
    return Math.max(0, deadlineNanos - client.process().nanoTime());
  }

  private void passed() {
    if (!ended) {
      simulation.count(Tally.Sight.WRITE_GIVEN_UP);
      end("was given up");
      // What is still being asked may be handed over yet.
      giveBack(maybeHandedOver || asking);
      client.tryAgain(namespace, write);
    }
  }

  private void begin() {
    number = client.nextNumber();
    resolve();
  }

  private void resolve() {
    if (ended) {
      return;
    }
    SimulatedDispatcher dispatcher = simulation.anyDispatcher();
    Duration allowed = Duration.ofNanos(Math.min(remaining(), 1_500_000_000L) + 1);
    simulation.then(
        simulation
            .network()
            .call(
                client.process(),
                dispatcher.process(),
                "resolve",
                allowed.toNanos(),
                () -> dispatcher.resolve(namespace, allowed)),
        (resolved, failure) -> {
          if (ended) {
            return;
          }
          if (failure != null) {
            later(this::resolve);
          } else {
            client.writer().dispatcherTime(resolved.getDispatcherTimeMs());
            open(resolved);
          }
        });
  }

  private void open(ResolveResponse resolved) {
    namespaceId = resolved.getNamespaceId();
    shard =
        ShardHash.shard(
            namespaceId, write.getPartitionKey().toByteArray(), resolved.getShardCount());
    int opened = shard;
    client
        .writer()
        .open(
            opened,
            issued -> {
              if (ended) {
                client.writer().close(opened, issued);
                return;
              }
              take(issued);
              attempt();
            });
  }

  private void take(WriterStamp issued) {
    stamp = issued;
    stamps++;
    simulation.checks().issued(shard, toLog(issued), this);
  }

  /** A stamp as the log has it. */
  static io.byssus.proto.log.v1.WriterStamp toLog(WriterStamp stamp) {
    ByteBuffer writer = stamp.getWriterId().asReadOnlyByteBuffer();
    return io.byssus.proto.log.v1.WriterStamp.newBuilder()
        .setWriterHigh(writer.getLong())
        .setWriterLow(writer.getLong())
        .setSequence(stamp.getSequence())
        .setLowestOpen(stamp.getLowestOpen())
        .setAcceptUntilMs(stamp.getAcceptUntilMs())
        .build();
  }

  private void attempt() {
    if (ended) {
      return;
    }
    SimulatedDispatcher dispatcher = simulation.anyDispatcher();
    Duration allowed =
        Duration.ofNanos(
            Math.min(remaining(), simulation.schedule().between(300, 5_000)) + 1_000_000);
    WriteOptions options =
        WriteOptions.newBuilder()
            .setStamp(stamp)
            .setNamespaceId(namespaceId)
            .setAcknowledgement(applied ? Acknowledgement.APPLIED : Acknowledgement.LOGGED)
            .build();
    WriterStamp sent = stamp;
    asking = true;
    simulation.then(
        simulation
            .network()
            .call(
                client.process(),
                dispatcher.process(),
                "write",
                allowed.toNanos(),
                () -> dispatcher.write(namespace, write, options, allowed)),
        (answer, failure) -> {
          asking = false;
          if (ended || stamp != sent) {
            return;
          }
          if (failure == null) {
            acknowledged(answer);
          } else {
            failed(SimulatedDispatcher.unwrapped(failure));
          }
        });
  }

  private void acknowledged(WriteResponse answer) {
    client.writer().dispatcherTime(answer.getDispatcherTimeMs());
    simulation.checks().acknowledged(shard, answer.getPosition(), write, toString());
    if (applied) {
      simulation.checks().outcome(shard, toLog(stamp), answer, toString());
    }
    if (!simulation.planted(PlantedBug.WRITES_NOT_IN_SESSION)) {
      client.seat().saw(shard, answer.getPosition());
    }
    client.wrote(shard, answer.getPosition() & Position.MAX_OFFSET);
    end("is acknowledged");
    giveBack(false);
  }

  private void failed(Throwable failure) {
    ClientSeat.Verdict verdict = ClientSeat.verdict(failure);
    maybeHandedOver |= verdict.maybeHandedOver();
    if (verdict.needsNewStamp() && !maybeHandedOver && stamps < MAX_STAMPS) {
      client.writer().close(shard, stamp);
      stamp = null;
      later(this::resolve);
    } else if (verdict.retryable()) {
      if (simulation.planted(PlantedBug.NEW_STAMP_FOR_RETRY) && maybeHandedOver) {
        client.writer().close(shard, stamp);
        client.writer().open(shard, this::take);
      }
      later(this::attempt);
    } else {
      end("failed");
      giveBack(maybeHandedOver);
    }
  }

  private void later(Runnable step) {
    client.process().after(simulation.schedule().between(10, 300), "write again", step);
  }

  private void end(String how) {
    ended = true;
    simulation.trace().note("%s %s", toString(), how);
    client.process().after(0, "write ended", done);
  }

  private void giveBack(boolean maybeWritten) {
    if (stamp == null) {
      client.writer().leave(turn);
    } else if (!maybeWritten) {
      client.writer().close(shard, stamp);
      client.writer().leave(turn);
    } else if (simulation.planted(PlantedBug.GIVEN_UP_WRITES_FORGOTTEN)) {
      client.writer().giveUp(shard, stamp, () -> {});
      client.writer().leave(turn);
    } else {
      client.writer().giveUp(shard, stamp, () -> client.writer().leave(turn));
    }
  }

  /** Notes that it has taken effect; false where it had before. */
  boolean tookEffect() {
    boolean first = !tookEffect;
    tookEffect = true;
    return first;
  }

  boolean ended() {
    return ended;
  }

  String client() {
    return client.process().name();
  }

  /** Its place among the client's writes, by when they were let out. */
  int number() {
    return number;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(client()).append(" write ").append(number);
    for (Operation operation : write.getOperationsList()) {
      ByteString what = operation.hasPut() ? operation.getPut() : ByteString.EMPTY;
      text.append(' ')
          .append(write.getPartitionKey().toStringUtf8())
          .append('/')
          .append(operation.getSortKey().toStringUtf8())
          .append('=')
          .append(operation.hasPut() ? what.toStringUtf8() : operation.getActionCase());
    }
    return text.toString();
  }
}
