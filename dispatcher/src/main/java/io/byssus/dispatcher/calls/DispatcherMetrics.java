package io.byssus.dispatcher.calls;

import io.byssus.model.ErrorCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;

/** What a dispatcher counts beside the calls themselves, which its listener counts. */
public final class DispatcherMetrics {
  private final MeterRegistry registry;
  private final Counter retries;
  private final Counter hedges;
  private final Counter hedgesWon;
  private final Counter sharedAnswers;
  private final Counter remembered;
  private final Counter rulesAnnounced;
  private final Map<Integer, Shard> shards = new ConcurrentHashMap<>();

  /** The counts of a dispatcher, in a registry. */
  public DispatcherMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.retries =
        Counter.builder("byssus.dispatcher.replica.retries")
            .description("Attempts at a replica after another had failed the same read")
            .register(registry);
    this.hedges =
        counter("byssus.dispatcher.hedges.sent", "Slow reads that were asked of a second replica");
    this.hedgesWon =
        counter("byssus.dispatcher.hedges.won", "Slow reads that the second replica answered");
    this.sharedAnswers =
        counter("byssus.dispatcher.reads.shared", "Reads answered by what another had asked");
    this.remembered = counter("byssus.dispatcher.reads.remembered", "Reads answered from memory");
    this.rulesAnnounced =
        Counter.builder("byssus.dispatcher.rules.announced")
            .description("Writes that carried their namespace's rules into the log")
            .register(registry);
  }

  /**
   * Shows a number that a part of the dispatcher knows.
   *
   * @param part held weakly; the number is of as long as it lives
   */
  public <T> void gauge(String name, T part, ToDoubleFunction<T> number) {
    registry.gauge(name, part, number);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  /** The meters of one shard's writes. */
  public final class Shard {
    private final Tags tags;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Counter handedOver;
    private final Map<ErrorCode, Counter> failed = new EnumMap<>(ErrorCode.class);

    private Shard(int shard) {
      this.tags = Tags.of("shard", Integer.toString(shard));
      this.handedOver =
          Counter.builder("byssus.dispatcher.writes.handed.over")
              .description("Writes given to the log")
              .tags(tags)
              .register(registry);
      Gauge.builder("byssus.dispatcher.writes.in.flight", inFlight, AtomicInteger::get)
          .description("Writes given to the log that it has not answered for")
          .tags(tags)
          .register(registry);
    }

    /** A write is being given to the log. */
    public void handedOver() {
      handedOver.increment();
      inFlight.incrementAndGet();
    }

    /** The log has answered for a write. */
    public void answered() {
      inFlight.decrementAndGet();
    }

    /** A write failed, before or after it was given to the log. */
    public void failed(ErrorCode code) {
      Counter counter;
      synchronized (failed) {
        counter =
            failed.computeIfAbsent(
                code,
                c ->
                    Counter.builder("byssus.dispatcher.writes.failed")
                        .description("Writes that were refused, or whose fate is not known")
                        .tags(tags.and("reason", c.name()))
                        .register(registry));
      }
      counter.increment();
    }
  }

  /** The meters of a shard's writes. */
  public Shard shard(int shard) {
    return shards.computeIfAbsent(shard, Shard::new);
  }

  /** A read is asked of another replica after one had failed. */
  public void retried() {
    retries.increment();
  }

  /** A slow read is being asked of a second replica. */
  public void hedged() {
    hedges.increment();
  }

  /** The second replica was the first to answer. */
  public void hedgeWon() {
    hedgesWon.increment();
  }

  /** A read took the answer to another. */
  public void sharedAnswer() {
    sharedAnswers.increment();
  }

  /** A read was answered from memory. */
  public void remembered() {
    remembered.increment();
  }

  /** A write carries its namespace's rules. */
  public void rulesAnnounced() {
    rulesAnnounced.increment();
  }
}
