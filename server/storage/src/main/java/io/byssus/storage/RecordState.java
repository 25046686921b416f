package io.byssus.storage;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * All that a shard remembers of one record: its versions, newest first. Immutable; knows nothing of
 * disk.
 *
 * <p>What is on disk may lag behind the shard clock: {@link #at} tells what the state is. A version
 * that has ended takes everything below it with it, and what is still to be remembered of an
 * expired version is its number, as a deletion. So an expired record never gives way to an older
 * version of itself, and the state is the same whether the removal from disk has come by or not.
 */
final class RecordState {
  static final RecordState ABSENT = new RecordState(List.of());

  private final List<VersionEntry> entries;

  private RecordState(List<VersionEntry> entries) {
    this.entries = entries;
  }

  /** A state of versions that fall. */
  static RecordState of(List<VersionEntry> entries) {
    return entries.isEmpty() ? ABSENT : new RecordState(List.copyOf(entries));
  }

  /** The versions, newest first. */
  List<VersionEntry> entries() {
    return entries;
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /** The record as it is now: its newest version, where that is a put. */
  Optional<VersionEntry> current() {
    return entries.isEmpty() || entries.get(0).deleted()
        ? Optional.empty()
        : Optional.of(entries.get(0));
  }

  /** Whether a version is remembered as a deletion. */
  boolean isDeletedAt(long version) {
    return entries.stream().anyMatch(entry -> entry.deleted() && entry.version() == version);
  }

  /** What is remembered behind the record as it is now. */
  List<VersionEntry> past() {
    return current().isPresent() ? entries.subList(1, entries.size()) : entries;
  }

  /** When something of it ends by the shard clock that has to be taken off the disk; 0: never. */
  long dueMillis() {
    return entries.isEmpty() ? 0 : entries.get(0).dueMillis();
  }

  /** The state at a moment of the shard clock. */
  RecordState at(long clockMillis) {
    for (int i = 0; i < entries.size(); i++) {
      VersionEntry entry = entries.get(i);
      if (entry.isDueBy(clockMillis)) {
        List<VersionEntry> left = new ArrayList<>(entries.subList(0, i));
        if (!entry.deleted() && entry.untilMillis() > clockMillis) {
          left.add(entry.expired());
        }
        return of(left);
      }
    }
    return this;
  }

  /** The newest version that is not above a version. */
  Optional<VersionEntry> newestUpTo(long version) {
    return entries.stream()
        .filter(entry -> Long.compareUnsigned(entry.version(), version) <= 0)
        .findFirst();
  }

  /** Under LOG_ORDER: the state after a put. */
  RecordState put(VersionEntry put, int maxVersions) {
    return placed(0, put, 0, maxVersions);
  }

  /**
   * Under LOG_ORDER: the state after a delete. Where one version is kept, nothing is left. Where
   * several are, the deletion is one of them; it goes when there is nothing below it any more.
   */
  RecordState delete(long version, int maxVersions) {
    Optional<VersionEntry> deleted = current();
    if (deleted.isEmpty()) {
      return this;
    }
    return maxVersions == 1
        ? ABSENT
        : placed(0, VersionEntry.deletion(version, deleted.get().expiresMillis()), 0, maxVersions);
  }

  /**
   * Under VERSION: the state after a put or a delete with a version of its own; this state where
   * the newcomer adds nothing to it.
   *
   * @param newcomer an expired one comes as what it has become
   * @param readValue reads the value of an older version that this state holds without it
   */
  RecordState merge(VersionEntry newcomer, int maxVersions, UnaryOperator<VersionEntry> readValue) {
    for (int i = 0; i < entries.size() && i < maxVersions; i++) {
      VersionEntry entry = entries.get(i);
      int above = Long.compareUnsigned(newcomer.version(), entry.version());
      if (above > 0) {
        return placed(i, newcomer, i, maxVersions);
      }
      if (above == 0) {
        VersionEntry held = readValue.apply(entry);
        VersionEntry joined = held.join(newcomer);
        return joined == held ? this : placed(i, joined, i + 1, maxVersions);
      }
      if (entry.isExpired()) {
        return this;
      }
    }
    return entries.size() < maxVersions
        ? placed(entries.size(), newcomer, entries.size(), maxVersions)
        : this;
  }

  /**
   * The versions before {@code at}, an entry, and the versions from {@code from} on, as many as are
   * kept; nothing lies below what has expired.
   */
  private RecordState placed(int at, VersionEntry entry, int from, int maxVersions) {
    List<VersionEntry> next = new ArrayList<>(Math.min(entries.size() + 1, maxVersions));
    next.addAll(entries.subList(0, at));
    next.add(entry);
    for (int i = from; !entry.isExpired() && i < entries.size() && next.size() < maxVersions; i++) {
      next.add(entries.get(i));
    }
    return of(next);
  }

  /** The value of the record as it is now, where it is there. */
  Optional<ByteString> value() {
    return current().map(VersionEntry::value);
  }
}
