package io.byssus.client;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The answer to a multi-get: one result per key, in the order asked. The records were not read at
 * one moment. A key that could not be read has a failure and does not spoil the others.
 *
 * @param results one per key of the request, in its order
 */
public record MultiGetResult(List<KeyResult> results) {
  /** Copies the list. */
  public MultiGetResult {
    results = List.copyOf(results);
  }

  /**
   * The records that are there, by key, in the order asked.
   *
   * @throws ByssusClientException the first failure, where any key could not be read
   */
  public Map<Key, StoredRecord> records() {
    Map<Key, StoredRecord> present = new LinkedHashMap<>();
    for (KeyResult result : results) {
      result.record().ifPresent(record -> present.put(result.key(), record));
    }
    return Collections.unmodifiableMap(present);
  }

  /** The keys that could not be read, with the reason; empty where all were. */
  public Map<Key, ByssusClientException> failures() {
    Map<Key, ByssusClientException> failed = new LinkedHashMap<>();
    for (KeyResult result : results) {
      result.failure().ifPresent(failure -> failed.put(result.key(), failure));
    }
    return Collections.unmodifiableMap(failed);
  }

  /** What became of one key. */
  public static final class KeyResult {
    private final Key key;
    private final StoredRecord record;
    private final ByssusClientException failure;

    KeyResult(Key key, StoredRecord record, ByssusClientException failure) {
      this.key = key;
      this.record = record;
      this.failure = failure;
    }

    /** The key asked for. */
    public Key key() {
      return key;
    }

    /**
     * The record; empty where there is none of this key.
     *
     * @throws ByssusClientException where the key could not be read
     */
    public Optional<StoredRecord> record() {
      if (failure != null) {
        throw failure;
      }
      return Optional.ofNullable(record);
    }

    /** Why the key could not be read; empty where it was. */
    public Optional<ByssusClientException> failure() {
      return Optional.ofNullable(failure);
    }
  }
}
