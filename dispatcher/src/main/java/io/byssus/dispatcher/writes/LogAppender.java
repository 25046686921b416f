package io.byssus.dispatcher.writes;

import io.byssus.dispatcher.calls.DispatcherMetrics;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Limits;
import io.byssus.model.Position;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.Write;
import io.byssus.proto.log.v1.WriterStamp;
import io.byssus.wal.LogHost;
import io.byssus.wal.Wal;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes log records of writes and hands them to the log, in two steps: what can fail with the write
 * certainly not written fails in {@link #prepare}, and only {@link HandOver#append} cannot be taken
 * back.
 */
final class LogAppender {
  private static final Logger log = LoggerFactory.getLogger(LogAppender.class);

  /** How far ahead accept-until must be at the hand-over, and still be at a LOGGED answer. */
  private static final Duration LEAST_AHEAD = Duration.ofMinutes(2);

  /** How far ahead accept-until may be at the hand-over. */
  private static final Duration MOST_AHEAD = Duration.ofMinutes(10);

  private final LogHost logHost;
  private final RulesAnnouncer announcer;
  private final Clock clock;
  private final DispatcherMetrics metrics;

  /**
   * An appender.
   *
   * @param clock what accept-until is measured against
   */
  LogAppender(LogHost logHost, RulesAnnouncer announcer, Clock clock, DispatcherMetrics metrics) {
    this.logHost = logHost;
    this.announcer = announcer;
    this.clock = clock;
    this.metrics = metrics;
  }

  /** Is told what the log did with a record. */
  @FunctionalInterface
  interface Logged {
    /**
     * Called once, on the log's thread or within the hand-over; must not block.
     *
     * @param position where the record stands; 0 where the log failed
     * @param failure why it failed; null where it did not
     */
    void logged(long position, Throwable failure);
  }

  /**
   * Makes a write ready.
   *
   * @throws ByssusException WRITE_EXPIRED, CLUSTER_NOT_READY
   */
  HandOver prepare(WriteLane lane, Write write, WriterStamp stamp) {
    long now = clock.millis();
    long aheadMillis = stamp.getAcceptUntilMs() - now;
    if (aheadMillis < LEAST_AHEAD.toMillis() || aheadMillis > MOST_AHEAD.toMillis()) {
      throw new ByssusException(
          ErrorCode.WRITE_EXPIRED,
          "accept_until_ms is "
              + aheadMillis
              + " ms ahead of the dispatcher's clock; "
              + LEAST_AHEAD.toMillis()
              + " to "
              + MOST_AHEAD.toMillis()
              + " ms are allowed");
    }
    LogRecord.Builder record =
        LogRecord.newBuilder()
            .setFormatVersion(Limits.LOG_FORMAT_VERSION)
            .setNamespaceId(lane.rules().getNamespaceId())
            .setRulesVersion(lane.rules().getVersion())
            .setStamp(stamp)
            .setWriterTimeMs(now)
            .setWrite(write);
    if (lane.announcing()) {
      record.setNamespaceRules(lane.rules());
    }
    return new HandOver(logHost.wal(), lane, record.build());
  }

  /**
   * Fails where the log took so long that the shard's clock may pass accept-until before it comes
   * to this copy of the write.
   *
   * @throws ByssusException INDETERMINATE
   */
  void checkInTime(WriterStamp stamp) {
    if (stamp.getAcceptUntilMs() - clock.millis() < LEAST_AHEAD.toMillis()) {
      throw new ByssusException(
          ErrorCode.INDETERMINATE,
          "the log took so long that the write may have come after its accept-until");
    }
  }

  /** A record that is ready to be handed over. */
  final class HandOver {
    private final Wal wal;
    private final WriteLane lane;
    private final LogRecord record;

    private HandOver(Wal wal, WriteLane lane, LogRecord record) {
      this.wal = wal;
      this.lane = lane;
      this.record = record;
    }

    /** Hands it over. May block for about a second. */
    void append(Logged then) {
      lane.meters().handedOver();
      if (record.hasNamespaceRules()) {
        metrics.rulesAnnounced();
      }
      answer()
          .whenComplete(
              (offset, failure) -> {
                lane.meters().answered();
                if (failure != null) {
                  then.logged(Position.NONE, failure);
                  return;
                }
                if (record.hasNamespaceRules()) {
                  announcer.acknowledged(
                      lane.shard(), lane.incarnation(), record.getNamespaceRules());
                }
                then.logged(Position.pack(lane.incarnation(), offset), null);
              });
    }

    private CompletableFuture<Long> answer() {
      try {
        return wal.append(lane.shard(), record);
      } catch (RuntimeException e) {
        log.error("The log failed in a way that it should not: shard={}", lane.shard(), e);
        return CompletableFuture.failedFuture(
            new ByssusException(ErrorCode.INDETERMINATE, "the log failed: " + e, e));
      }
    }
  }
}
