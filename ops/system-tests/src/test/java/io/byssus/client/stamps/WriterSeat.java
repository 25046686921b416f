package io.byssus.client.stamps;

import io.byssus.client.Key;
import io.byssus.client.calls.DispatcherClock;
import io.byssus.proto.kv.v1.WriterStamp;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What numbers and orders the writes of a client of production, put together for the simulation.
 */
public final class WriterSeat {
  private final RecordOrder order = new RecordOrder();
  private final DispatcherClock clock;
  private final WriterSession writer;

  /** A client that has written nothing. */
  public WriterSeat(RandomGenerator random, LongSupplier nanoTime) {
    this.clock = new DispatcherClock(nanoTime);
    this.writer = new WriterSession(random, clock);
  }

  /** A write's place among the writes of its records. */
  public static final class Turn {
    private final RecordOrder.Turn turn;

    private Turn(RecordOrder.Turn turn) {
      this.turn = turn;
    }
  }

  /** Has something done when no other write of these records is out. */
  public Turn turn(List<Key> records, Runnable comes) {
    return new Turn(RecordOrder.turn(records, comes));
  }

  /** See {@link RecordOrder#join}. */
  public void join(Turn turn) {
    order.join(turn.turn);
  }

  /** See {@link RecordOrder#leave}. */
  public void leave(Turn turn) {
    order.leave(turn.turn);
  }

  /** See {@link ShardWriter#open}. */
  public void open(int shard, Consumer<WriterStamp> opened) {
    writer.shard(shard).open(stamp -> opened.accept(stamp.toProto()));
  }

  /** See {@link ShardWriter#close}. */
  public void close(int shard, WriterStamp stamp) {
    writer.shard(shard).close(stamp.getSequence());
  }

  /** See {@link ShardWriter#giveUp}. */
  public void giveUp(int shard, WriterStamp stamp, Runnable passed) {
    writer.shard(shard).giveUp(stamp.getSequence(), passed);
  }

  /** A dispatcher told its time. */
  public void dispatcherTime(long millis) {
    clock.observe(millis);
  }
}
