package io.byssus.client;

import io.byssus.client.calls.CallFailure;
import io.byssus.client.calls.LiveCalls;
import io.byssus.client.calls.ResolvedNamespace;
import io.byssus.client.calls.ScanStream;
import io.byssus.model.ErrorCode;
import io.byssus.proto.kv.v1.ScanShardRequest;
import io.byssus.proto.kv.v1.ScanShardResponse;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * All records of a namespace, several shards at a time: in order within a shard, in no order
 * between them. Close it: an open cursor holds calls.
 *
 * <pre>{@code
 * try (ScanAllCursor all = namespace.scanAll(ScanAll.defaults())) {
 *   for (StoredRecord record : all) {
 *     System.out.println(record.key() + " " + all.progress());
 *   }
 * }
 * }</pre>
 *
 * <p>Records are fetched as they are taken, two pieces of at most 4 MiB ahead for each shard that
 * is being read: a slow reader slows the servers and costs no memory. Where a stream fails, its
 * shard goes on after its last record, on another dispatcher. It is not a snapshot: records written
 * while it runs may or may not appear, but each appears at most once.
 *
 * <p>{@link #hasNext()} and {@link #next()} wait for records, each time at most for the read's
 * deadline, and then throw what a read throws; after that the cursor is closed. For one thread at a
 * time, except {@link #close()} and {@link #progress()}.
 */
public final class ScanAllCursor
    implements Iterator<StoredRecord>, Iterable<StoredRecord>, AutoCloseable {
  private final ReadPath path;
  private final String namespace;
  private final ScanAll settings;
  private final ReadTerms terms;
  private final long waitNanos;
  private final LiveCalls.Call live = failure -> close();
  private final RecordFetch records = new RecordFetch(this::isDone, this::fetch, this::close);

  /** What came and was not taken: two pieces and an end for each open stream at the most. */
  private final LinkedBlockingQueue<ShardScan.Piece> arrived = new LinkedBlockingQueue<>();

  private final Set<ScanStream<ScanShardRequest, ScanShardResponse>> open =
      ConcurrentHashMap.newKeySet();
  private volatile boolean closed;
  private volatile ScanAllProgress progress = new ScanAllProgress(0, 0, 0);

  // Only ever changed by the reader.
  private final List<ShardScan> scans = new ArrayList<>();
  private ResolvedNamespace resolved;
  private int nextShard;

  /**
   * @param waitNanos how long each wait for more records may take
   */
  ScanAllCursor(
      ReadPath path, String namespace, ScanAll settings, ReadTerms terms, long waitNanos) {
    this.path = path;
    this.namespace = namespace;
    this.settings = settings;
    this.terms = terms;
    this.waitNanos = waitNanos;
    path.calls().live().begin(live);
  }

  /**
   * Whether there is another record. Waits for it.
   *
   * @throws ByssusClientException where the read cannot go on
   * @throws IllegalStateException where the cursor is closed and has records left to fetch
   */
  @Override
  public boolean hasNext() {
    return records.hasNext();
  }

  @Override
  public StoredRecord next() {
    return records.next();
  }

  /** This cursor: it can be gone through once. */
  @Override
  public Iterator<StoredRecord> iterator() {
    return this;
  }

  /** How far it has come. */
  public ScanAllProgress progress() {
    return progress;
  }

  /** Ends the read and its calls. A second time it does nothing. */
  @Override
  public void close() {
    closed = true;
    path.calls().live().end(live);
    open.forEach(ScanStream::stop);
  }

  private boolean isDone() {
    return resolved != null && nextShard == resolved.shardCount() && scans.isEmpty();
  }

  /** The next piece; empty where the read turned out to be at its end. */
  private List<StoredRecord> fetch() throws InterruptedException {
    long deadline = path.calls().now() + waitNanos;
    requireOpen();
    if (resolved == null) {
      resolved = resolve(deadline);
      progress = new ScanAllProgress(0, 0, resolved.shardCount());
    }
    long quietSince = path.calls().now();
    while (!isDone()) {
      requireOpen();
      long now = path.calls().now();
      openDue(deadline, now);
      ShardScan.Piece next =
          arrived.poll(patience(now, quietSince, deadline), TimeUnit.NANOSECONDS);
      now = path.calls().now();
      if (next == null && now - deadline >= 0) {
        requireOpen();
        throw Failures.read(lastFailure(), terms.requestId());
      } else if (next == null) {
        if (now - quietSince >= attemptNanos(now, deadline)) {
          silence(now);
          quietSince = now;
        }
        continue;
      }
      quietSince = now;
      if (next.isCurrent()) {
        List<StoredRecord> records = take(next, now);
        if (!records.isEmpty()) {
          return records;
        }
      }
    }
    return List.of();
  }

  /** Takes what came of a shard; its records, none at an end. */
  private List<StoredRecord> take(ShardScan.Piece next, long now) {
    requireOpen();
    ShardScan scan = next.scan();
    ScanStream.Event<ScanShardRequest, ScanShardResponse> event = next.event();
    List<StoredRecord> records = List.of();
    if (event.piece() != null) {
      records = scan.take(event.piece(), terms.session());
    } else {
      // Only a piece says that a shard is at its end: an end without one would hide records.
      CallFailure lost = event.failure() == null ? CallFailure.endedEarly() : event.failure();
      scan.failed(lost, terms, now);
    }
    if (!scan.isOpen()) {
      open.remove(event.stream());
    }
    if (scan.isDone()) {
      scans.remove(scan);
    }
    progress =
        new ScanAllProgress(
            progress.records() + records.size(), nextShard - scans.size(), resolved.shardCount());
    return records;
  }

  /** Begins shards while there is room, and opens streams whose time has come. */
  private void openDue(long deadline, long now) {
    while (scans.size() < settings.parallelism() && nextShard < resolved.shardCount()) {
      scans.add(new ShardScan(path, namespace, nextShard++, arrived::add, now));
    }
    for (ShardScan scan : scans) {
      if (!scan.isOpen() && scan.openAt() - now <= 0) {
        open.add(scan.open(terms.withDeadline(deadline), resolved, now));
      }
    }
    if (closed) {
      open.forEach(ScanStream::stop);
    }
  }

  /** No stream brought anything for as long as a dispatcher may be silent: others are tried. */
  private void silence(long now) {
    open.clear();
    for (ShardScan scan : scans) {
      if (scan.isOpen()) {
        scan.failed(
            CallFailure.local(ErrorCode.DEADLINE_PASSED, "no records came in time"), terms, now);
      }
    }
  }

  /** How long to wait for a piece before something else is to be done. */
  private long patience(long now, long quietSince, long deadline) {
    long until = Math.min(attemptNanos(now, deadline) - (now - quietSince), deadline - now);
    for (ShardScan scan : scans) {
      if (!scan.isOpen()) {
        until = Math.min(until, scan.openAt() - now);
      }
    }
    return Math.max(0, until);
  }

  private long attemptNanos(long now, long deadline) {
    return path.calls().attemptDeadline(now, deadline) - now;
  }

  private CallFailure lastFailure() {
    CallFailure silence =
        CallFailure.local(ErrorCode.DEADLINE_PASSED, "no records came before the deadline");
    for (ShardScan scan : scans) {
      silence = silence.orEarlier(scan.lastFailure());
    }
    return silence;
  }

  private ResolvedNamespace resolve(long deadline) throws InterruptedException {
    ReadPath.Awaited found =
        path.awaitResolvedView(namespace, terms.withDeadline(deadline), List.of(), waitNanos);
    if (found.failure() != null) {
      throw Failures.read(found.failure(), terms.requestId());
    }
    return found.view().namespace();
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the cursor or its client is closed");
    }
  }
}
