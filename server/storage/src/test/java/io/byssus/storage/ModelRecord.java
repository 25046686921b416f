package io.byssus.storage;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One record of the plain model: its versions in a sorted map, from which everything that ends is
 * taken the moment it ends.
 */
final class ModelRecord {
  final TreeMap<Long, Version> versions = new TreeMap<>(Long::compareUnsigned);

  private static final Comparator<Version> BY_VALUE =
      Comparator.comparing(Version::value, ByteString.unsignedLexicographicalComparator());
  private static final Comparator<Version> BY_END =
      Comparator.comparing(Version::expires, (a, b) -> Long.compareUnsigned(a - 1, b - 1));

  /** A version; value is null where it is a deletion. */
  record Version(ByteString value, boolean byExpiry, long expires, long until) {}

  void advance(long clock) {
    List<Long> falling = new ArrayList<>(versions.descendingKeySet());
    for (long number : falling) {
      Version version = versions.get(number);
      long end = version.value() == null ? version.until() : version.expires();
      if (end != 0 && end <= clock) {
        versions.headMap(number, true).clear();
        if (version.value() != null && version.until() > clock) {
          versions.put(number, new Version(null, true, version.expires(), version.until()));
        }
        return;
      }
    }
  }

  Optional<Version> current() {
    return versions.isEmpty()
        ? Optional.empty()
        : Optional.of(versions.lastEntry().getValue()).filter(v -> v.value() != null);
  }

  long currentVersion() {
    return current().isPresent() ? versions.lastKey() : 0;
  }

  Optional<Version> upTo(long version) {
    return Optional.ofNullable(versions.floorEntry(version))
        .map(Map.Entry::getValue)
        .filter(v -> v.value() != null);
  }

  void putLatest(long version, ByteString value, long expires, int keep) {
    versions.put(version, new Version(value, false, expires, 0));
    trim(keep);
  }

  void deleteLatest(long version, int keep) {
    Optional<Version> deleted = current();
    if (deleted.isEmpty()) {
      return;
    }
    if (keep == 1) {
      versions.clear();
    } else {
      versions.put(version, new Version(null, false, 0, deleted.get().expires()));
      trim(keep);
    }
  }

  /** Whether the newcomer had an effect. */
  boolean merge(long number, Version newcomer, int keep) {
    var above = versions.tailMap(number, false);
    if (above.size() >= keep || above.values().stream().anyMatch(Version::byExpiry)) {
      return false;
    }
    Version before = versions.get(number);
    Version after = before == null ? newcomer : joined(before, newcomer);
    if (after.equals(before)) {
      return false;
    }
    versions.put(number, after);
    if (after.byExpiry()) {
      versions.headMap(number, false).clear();
    }
    trim(keep);
    return versions.containsKey(number) && (before == null || before.value() != null);
  }

  private static Version joined(Version one, Version other) {
    if (one.value() == null && other.value() == null) {
      return new Version(
          null,
          one.byExpiry() || other.byExpiry(),
          Math.max(one.expires(), other.expires()),
          Math.max(one.until(), other.until()));
    }
    if (one.value() == null || other.value() == null) {
      return one.value() == null ? one : other;
    }
    List<Version> both = List.of(one, other);
    long end = Collections.min(both, BY_END).expires();
    return new Version(
        Collections.max(both, BY_VALUE).value(),
        false,
        end,
        both.stream()
            .filter(v -> v.expires() == end)
            .mapToLong(Version::until)
            .max()
            .orElseThrow());
  }

  private void trim(int keep) {
    while (versions.size() > keep) {
      versions.pollFirstEntry();
    }
  }
}
