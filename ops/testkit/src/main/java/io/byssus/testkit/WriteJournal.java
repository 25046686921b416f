package io.byssus.testkit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the clients of a store know: every write of every record in the order of issue, and what
 * became of it. The store's content is held against it afterwards by {@link StateCheck}, and the
 * reads meanwhile by {@link SessionHistory}.
 *
 * <p>The writes of one record must be issued in one order, by one client; who calls {@link #begin}
 * must hand the write to the client before anyone else begins a write of the same record.
 *
 * <p>Thread-safe. Keeps everything: meant for a million writes, not for more.
 *
 * @param <K> what names a record; a value type
 */
public final class WriteJournal<K> {
  private final AtomicLong lastId = new AtomicLong();
  private final Map<Long, JournaledWrite<K>> byId = new ConcurrentHashMap<>();
  private final Map<K, List<JournaledWrite<K>>> byRecord = new ConcurrentHashMap<>();
  private final Map<Fate, LongAdder> ended = new ConcurrentHashMap<>();

  /**
   * A change to one record.
   *
   * @param record the record
   * @param removes whether it is removed, not written
   */
  public record Change<K>(K record, boolean removes) {}

  /** Notes a write of one record, before it is issued. */
  public JournaledWrite<K> begin(K record, boolean removes) {
    return begin(List.of(new Change<>(record, removes))).get(0);
  }

  /** Notes writes that must take effect together, before they are issued. */
  public List<JournaledWrite<K>> begin(List<Change<K>> changes) {
    long firstId = lastId.getAndAdd(changes.size()) + 1;
    List<JournaledWrite<K>> begun = new ArrayList<>();
    for (Change<K> change : changes) {
      List<JournaledWrite<K>> line = line(change.record());
      synchronized (line) {
        var write =
            new JournaledWrite<>(
                firstId + begun.size(),
                change.record(),
                line.size() + 1,
                change.removes(),
                firstId);
        line.add(write);
        byId.put(write.id(), write);
        begun.add(write);
      }
    }
    return begun;
  }

  /**
   * Notes that a write was acknowledged.
   *
   * @param versionAtMost where the acknowledged copy stands: the write's version is this or lower
   */
  public void acknowledged(JournaledWrite<K> write, long versionAtMost) {
    end(write, Fate.ACKNOWLEDGED, versionAtMost);
  }

  /**
   * Notes that a write was acknowledged together with its version.
   *
   * @param versionAtMost where the acknowledged copy stands
   */
  public void acknowledged(JournaledWrite<K> write, long versionAtMost, long version) {
    write.seenAs(version);
    end(write, Fate.ACKNOWLEDGED, versionAtMost);
  }

  /** Notes that nothing certain is known of a write. */
  public void indeterminate(JournaledWrite<K> write) {
    end(write, Fate.INDETERMINATE, -1L);
  }

  /** Notes that a write was said not to be written. */
  public void notWritten(JournaledWrite<K> write) {
    end(write, Fate.NOT_WRITTEN, -1L);
  }

  private void end(JournaledWrite<K> write, Fate fate, long versionAtMost) {
    write.end(fate, versionAtMost);
    ended.computeIfAbsent(fate, any -> new LongAdder()).increment();
  }

  /** How many writes ended so; how many are open cannot be asked here. */
  public long ended(Fate fate) {
    LongAdder count = ended.get(fate);
    return count == null ? 0 : count.sum();
  }

  /** How many writes were begun. */
  public long begun() {
    return lastId.get();
  }

  /** The write with this id. */
  public Optional<JournaledWrite<K>> write(long id) {
    return Optional.ofNullable(byId.get(id));
  }

  /** All writes, in no order. */
  public Collection<JournaledWrite<K>> writes() {
    return Collections.unmodifiableCollection(byId.values());
  }

  /** All records that were ever written to. */
  public Collection<K> records() {
    return Collections.unmodifiableCollection(byRecord.keySet());
  }

  /** The writes of a record so far, in the order of issue. */
  public List<JournaledWrite<K>> of(K record) {
    List<JournaledWrite<K>> line = line(record);
    synchronized (line) {
      return List.copyOf(line);
    }
  }

  /** The number of the last write of a record that was acknowledged; 0 for none. */
  public int lastAcknowledged(K record) {
    List<JournaledWrite<K>> line = line(record);
    synchronized (line) {
      for (int i = line.size() - 1; i >= 0; i--) {
        if (line.get(i).fate() == Fate.ACKNOWLEDGED) {
          return line.get(i).number();
        }
      }
      return 0;
    }
  }

  private List<JournaledWrite<K>> line(K record) {
    return byRecord.computeIfAbsent(record, any -> new ArrayList<>());
  }
}
