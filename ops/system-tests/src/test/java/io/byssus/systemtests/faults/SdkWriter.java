package io.byssus.systemtests.faults;

import io.byssus.client.Acknowledgement;
import io.byssus.client.IndeterminateException;
import io.byssus.client.Namespace;
import io.byssus.client.NotWrittenException;
import io.byssus.client.WriteBatch;
import io.byssus.client.WriteOptions;
import io.byssus.client.WriteResult;
import io.byssus.testkit.JournaledWrite;
import io.byssus.testkit.WriteJournal;
import io.byssus.testkit.WriteJournal.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;

/**
 * One SDK client that writes records of its own: puts, removals and batches, now and then with
 * {@code APPLIED}. Several writes of one record may be asked for at once; the SDK keeps their
 * order.
 */
final class SdkWriter {
  private static final int PARTITIONS = 40;
  private static final int SORT_KEYS = 6;

  private final String name;
  private final Namespace namespace;
  private final WriteJournal<RecordName> journal;
  private final Findings findings;
  private final Object[] order = new Object[PARTITIONS];

  /**
   * A writer.
   *
   * @param name what its partition keys begin with; of no other writer
   */
  SdkWriter(String name, Namespace namespace, WriteJournal<RecordName> journal, Findings findings) {
    this.name = name;
    this.namespace = namespace;
    this.journal = journal;
    this.findings = findings;
    for (int i = 0; i < PARTITIONS; i++) {
      order[i] = new Object();
    }
  }

  /** Any of its records. */
  RecordName record(RandomGenerator random) {
    return name(random.nextInt(PARTITIONS), random.nextInt(SORT_KEYS));
  }

  /** All its records of a partition key. */
  List<RecordName> records(String partition) {
    List<RecordName> records = new ArrayList<>();
    for (int sort = 0; sort < SORT_KEYS; sort++) {
      records.add(new RecordName(partition, sort(sort)));
    }
    return records;
  }

  /** Writes something; completes when its fate stands in the journal. */
  CompletableFuture<?> write(RandomGenerator random) {
    int partition = random.nextInt(PARTITIONS);
    int kind = random.nextInt(100);
    WriteOptions options =
        random.nextInt(8) == 0
            ? WriteOptions.defaults().withAcknowledgement(Acknowledgement.APPLIED)
            : WriteOptions.defaults();
    return kind < 15
        ? batch(partition, random, options)
        : single(name(partition, random.nextInt(SORT_KEYS)), kind < 25, partition, options);
  }

  private CompletableFuture<?> single(
      RecordName record, boolean removes, int partition, WriteOptions options) {
    JournaledWrite<RecordName> write;
    CompletableFuture<WriteResult> answer;
    // The order in the journal is the order in which the SDK is asked.
    synchronized (order[partition]) {
      write = journal.begin(record, removes);
      answer =
          removes
              ? namespace.deleteAsync(record.key(), options)
              : namespace.putAsync(record.key(), WrittenValue.of(write.id()), options);
    }
    return answer.handle((result, failure) -> ended(List.of(write), result, failure));
  }

  private CompletableFuture<?> batch(int partition, RandomGenerator random, WriteOptions options) {
    List<Change<RecordName>> changes = new ArrayList<>();
    for (int sort = random.nextInt(2); sort < SORT_KEYS; sort += 1 + random.nextInt(3)) {
      changes.add(new Change<>(name(partition, sort), random.nextInt(6) == 0));
    }
    List<JournaledWrite<RecordName>> writes;
    CompletableFuture<WriteResult> answer;
    synchronized (order[partition]) {
      writes = journal.begin(changes);
      WriteBatch.Builder batch = WriteBatch.of(name(partition, 0).partition());
      for (JournaledWrite<RecordName> write : writes) {
        String sort = write.record().sort();
        if (write.removes()) {
          batch.delete(sort);
        } else {
          batch.put(sort, WrittenValue.of(write.id()));
        }
      }
      answer = namespace.writeAsync(batch.build(), options);
    }
    return answer.handle((result, failure) -> ended(writes, result, failure));
  }

  private Void ended(
      List<JournaledWrite<RecordName>> writes, WriteResult result, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    for (JournaledWrite<RecordName> write : writes) {
      if (result != null && result.version().isPresent()) {
        journal.acknowledged(write, result.position().packed(), result.version().getAsLong());
      } else if (result != null) {
        journal.acknowledged(write, result.position().packed());
      } else if (cause instanceof NotWrittenException) {
        journal.notWritten(write);
      } else {
        journal.indeterminate(write);
      }
    }
    if (cause instanceof NotWrittenException refused) {
      findings.refused(refused.code().name());
    } else if (cause != null && !(cause instanceof IndeterminateException)) {
      findings.unexpected("a write failed with " + cause);
    }
    return null;
  }

  private RecordName name(int partition, int sort) {
    return new RecordName(name + "-" + partition, sort(sort));
  }

  private static String sort(int sort) {
    return "s" + sort;
  }
}
