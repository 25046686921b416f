package io.byssus.testkit.history;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * All operations of a run, with the times at which they were asked for and answered. Thread-safe.
 *
 * @param <K> what names a record
 */
public final class History<K> {
  private final LongSupplier nanos;
  private final Map<K, List<Operation<K>>> byKey = new ConcurrentHashMap<>();
  private final AtomicLong values = new AtomicLong();
  private final AtomicLong begun = new AtomicLong();

  /**
   * An empty history.
   *
   * @param nanos a clock that never goes back, such as {@link System#nanoTime}
   */
  public History(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** A value that nothing else writes. */
  public long newValue() {
    return values.incrementAndGet();
  }

  /**
   * Begins an operation: to be called before the store is asked.
   *
   * @param client whose session it belongs to
   */
  public Operation<K> begin(int client, K key, Intent intent) {
    Operation<K> operation = new Operation<>(this, key, client, intent, now());
    List<Operation<K>> ofKey = byKey.computeIfAbsent(key, any -> new ArrayList<>());
    synchronized (ofKey) {
      ofKey.add(operation);
    }
    begun.incrementAndGet();
    return operation;
  }

  /** How many operations were begun. */
  public long begun() {
    return begun.get();
  }

  long now() {
    return nanos.getAsLong();
  }

  Collection<K> keys() {
    return byKey.keySet();
  }

  List<Operation<K>> of(K key) {
    List<Operation<K>> ofKey = byKey.get(key);
    synchronized (ofKey) {
      return List.copyOf(ofKey);
    }
  }
}
