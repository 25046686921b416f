package io.byssus.bench.cases;

import io.byssus.bench.load.Operation;
import io.byssus.bench.load.Records;
import io.byssus.client.Consistency;
import io.byssus.client.Key;
import io.byssus.client.Namespace;
import io.byssus.client.ReadOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Reads of records that there are, any of them; one that is not found is a failure. */
final class Reads {
  private Reads() {}

  static Operation gets(Namespace namespace, Records records, Consistency consistency) {
    ReadOptions options = ReadOptions.defaults().withConsistency(consistency);
    return done ->
        namespace
            .getAsync(Key.of(records.anyKey(ThreadLocalRandom.current())), options)
            .whenComplete(
                (record, failure) ->
                    done.accept(failure == null && record.isEmpty() ? missing(1) : failure));
  }

  static Operation multiGets(Namespace namespace, Records records, int keys) {
    ReadOptions options = ReadOptions.defaults().withConsistency(Consistency.EVENTUAL);
    return done ->
        namespace
            .multiGetAsync(anyKeys(records, keys), options)
            .whenComplete(
                (read, failure) -> {
                  if (failure != null) {
                    done.accept(failure);
                  } else {
                    long found =
                        read.results().stream()
                            .filter(key -> key.failure().isEmpty() && key.record().isPresent())
                            .count();
                    done.accept(found == keys ? null : missing(keys - found));
                  }
                });
  }

  private static List<Key> anyKeys(Records records, int count) {
    List<Key> keys = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      keys.add(Key.of(records.anyKey(ThreadLocalRandom.current())));
    }
    return keys;
  }

  private static IllegalStateException missing(long count) {
    return new IllegalStateException(count + " records that were loaded were not found");
  }
}
