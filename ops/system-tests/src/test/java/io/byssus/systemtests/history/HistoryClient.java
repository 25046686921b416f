package io.byssus.systemtests.history;

import io.byssus.client.Acknowledgement;
import io.byssus.client.Condition;
import io.byssus.client.Consistency;
import io.byssus.client.DeadlineExceededException;
import io.byssus.client.IndeterminateException;
import io.byssus.client.Key;
import io.byssus.client.Namespace;
import io.byssus.client.NotWrittenException;
import io.byssus.client.OverloadedException;
import io.byssus.client.ReadOptions;
import io.byssus.client.StoredRecord;
import io.byssus.client.StreamedWriter;
import io.byssus.client.UnavailableException;
import io.byssus.client.WriteFailure;
import io.byssus.client.WriteFailureReason;
import io.byssus.client.WriteOptions;
import io.byssus.client.WriteResult;
import io.byssus.testkit.history.History;
import io.byssus.testkit.history.Intent;
import io.byssus.testkit.history.Level;
import io.byssus.testkit.history.Operation;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * One client of a run, with a session of its own: puts, removes, compares and sets, and reads at
 * every level. The SDK retries. Each of its lanes has records of its own, so that it has one
 * operation at a time under way on a record, and every record is contended by every client.
 */
final class HistoryClient {
  private static final Duration[] BOUNDS = {
    Duration.ofMillis(100), Duration.ofMillis(250), Duration.ofMillis(1_000)
  };

  private final int number;
  private final Namespace namespace;
  private final StreamedWriter streamed;
  private final History<String> history;
  private final Outcomes outcomes;
  private final Map<String, StoredValue> lastSeen = new ConcurrentHashMap<>();

  /** What the client last saw of a record: 0 for nothing. */
  private record StoredValue(long value, long version) {
    private static final StoredValue NONE = new StoredValue(0, 0);
  }

  /**
   * A client.
   *
   * @param number whose session it is
   * @param streamed for some of the writes without a condition; closed by others
   */
  HistoryClient(
      int number,
      Namespace namespace,
      StreamedWriter streamed,
      History<String> history,
      Outcomes outcomes) {
    this.number = number;
    this.namespace = namespace;
    this.streamed = streamed;
    this.history = history;
    this.outcomes = outcomes;
  }

  /** Does something with a record; completes when it stands in the history. */
  CompletableFuture<?> act(String key, RandomGenerator random) {
    int kind = random.nextInt(100);
    if (kind < 5) {
      return stream(key, Intent.put(history.newValue()));
    } else if (kind < 14) {
      return write(key, Intent.put(history.newValue()), acknowledged(random));
    } else if (kind < 19) {
      return write(key, Intent.remove(), acknowledged(random));
    } else if (kind < 40) {
      return compareAndSet(key, random);
    }
    return read(key, kind, random);
  }

  private static WriteOptions acknowledged(RandomGenerator random) {
    return WriteOptions.defaults()
        .withAcknowledgement(
            random.nextBoolean() ? Acknowledgement.APPLIED : Acknowledgement.LOGGED);
  }

  private CompletableFuture<?> compareAndSet(String key, RandomGenerator random) {
    StoredValue expected = lastSeen.getOrDefault(key, StoredValue.NONE);
    Condition condition;
    if (expected.value() == 0) {
      condition = Condition.absent();
    } else if (random.nextBoolean()) {
      condition = Condition.versionEquals(expected.version());
    } else {
      condition = Condition.valueEquals(Long.toString(expected.value()));
    }
    Intent intent =
        expected.value() != 0 && random.nextInt(6) == 0
            ? Intent.removeIf(expected.value())
            : Intent.putIf(expected.value(), history.newValue());
    return write(key, intent, WriteOptions.defaults().withCondition(condition));
  }

  private CompletableFuture<?> stream(String key, Intent intent) {
    Operation<String> operation = history.begin(number, key, intent);
    return streamed
        .put(Key.of(key), Long.toString(intent.value()))
        .handle((result, failure) -> written(operation, intent, result, failure));
  }

  private CompletableFuture<?> write(String key, Intent intent, WriteOptions options) {
    Operation<String> operation = history.begin(number, key, intent);
    CompletableFuture<WriteResult> answer =
        intent.kind() == Intent.Kind.REMOVE
            ? namespace.deleteAsync(Key.of(key), options)
            : namespace.putAsync(Key.of(key), Long.toString(intent.value()).getBytes(), options);
    return answer.handle((result, failure) -> written(operation, intent, result, failure));
  }

  private Void written(
      Operation<String> operation, Intent intent, WriteResult result, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (result != null && result.tookEffect()) {
      operation.took(result.version().orElse(0));
      outcomes.told(intent.expected().isPresent() ? "conditional write" : "write");
      result
          .version()
          .ifPresent(
              version -> lastSeen.put(operation.key(), new StoredValue(intent.value(), version)));
    } else if (result != null) {
      conditionFailed(operation, result.failure().orElseThrow());
    } else if (cause instanceof NotWrittenException refused) {
      operation.refused();
      outcomes.told("not written: " + refused.code());
    } else {
      operation.unknown();
      if (cause instanceof IndeterminateException) {
        outcomes.told("indeterminate");
      } else {
        outcomes.unexpected("a write failed with " + cause);
      }
    }
    return null;
  }

  private void conditionFailed(Operation<String> operation, WriteFailure failure) {
    if (failure.reason() != WriteFailureReason.CONDITION_NOT_MET) {
      outcomes.unexpected("a condition failed with " + failure);
    }
    operation.conditionFailed(failure.present(), failure.version().orElse(0));
    outcomes.told("condition not met");
    lastSeen.remove(operation.key());
  }

  private CompletableFuture<?> read(String key, int kind, RandomGenerator random) {
    Intent intent;
    Consistency level;
    if (kind < 60) {
      intent = Intent.read(Level.LINEARIZABLE);
      level = Consistency.LINEARIZABLE;
    } else if (kind < 76) {
      intent = Intent.read(Level.SESSION);
      level = Consistency.SESSION;
    } else if (kind < 91) {
      Duration bound = BOUNDS[random.nextInt(BOUNDS.length)];
      intent = Intent.readBounded(bound);
      level = Consistency.bounded(bound);
    } else {
      intent = Intent.read(Level.EVENTUAL);
      level = Consistency.EVENTUAL;
    }
    Operation<String> operation = history.begin(number, key, intent);
    return namespace
        .getAsync(Key.of(key), ReadOptions.defaults().withConsistency(level))
        .handle((found, failure) -> answered(operation, intent, found, failure));
  }

  private Void answered(
      Operation<String> operation, Intent intent, Optional<StoredRecord> found, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause == null) {
      StoredValue seen =
          found
              .map(record -> new StoredValue(Long.parseLong(record.valueUtf8()), record.version()))
              .orElse(StoredValue.NONE);
      if (seen.value() == 0) {
        operation.foundNothing();
      } else {
        operation.found(seen.value(), seen.version());
      }
      lastSeen.put(operation.key(), seen);
      outcomes.told("read " + intent.level());
      return null;
    }
    operation.unknown();
    if (cause instanceof UnavailableException
        || cause instanceof DeadlineExceededException
        || cause instanceof OverloadedException) {
      outcomes.told("read " + intent.level() + " not served");
    } else {
      outcomes.unexpected("a read at " + intent.level() + " failed with " + cause);
    }
    return null;
  }
}
