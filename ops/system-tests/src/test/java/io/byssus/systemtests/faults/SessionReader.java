package io.byssus.systemtests.faults;

import io.byssus.client.Consistency;
import io.byssus.client.DeadlineExceededException;
import io.byssus.client.Namespace;
import io.byssus.client.OverloadedException;
import io.byssus.client.ReadOptions;
import io.byssus.client.Scan;
import io.byssus.client.ScanPage;
import io.byssus.client.Session;
import io.byssus.client.StoredRecord;
import io.byssus.client.UnavailableException;
import io.byssus.testkit.Seen;
import io.byssus.testkit.SessionHistory;
import io.byssus.testkit.Violation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;

/**
 * Reads a writer's records in the writer's session, through a client of its own, and checks that
 * nothing goes back. A read that cannot be served is no violation; one that is wrong is.
 */
final class SessionReader {
  private final Namespace namespace;
  private final SdkWriter writer;
  private final SessionHistory<RecordName> history;
  private final ReadOptions options;
  private final Findings findings;

  SessionReader(
      Namespace namespace,
      SdkWriter writer,
      Session session,
      SessionHistory<RecordName> history,
      Findings findings) {
    this.namespace = namespace;
    this.writer = writer;
    this.history = history;
    this.options = ReadOptions.defaults().withConsistency(Consistency.SESSION).withSession(session);
    this.findings = findings;
  }

  /** Reads something; completes when it is checked. */
  CompletableFuture<?> read(RandomGenerator random) {
    RecordName record = writer.record(random);
    return random.nextInt(10) == 0 ? scan(record.partition()) : get(record);
  }

  private CompletableFuture<?> get(RecordName record) {
    SessionHistory<RecordName>.Read read = history.begin(record);
    return namespace
        .getAsync(record.key(), options)
        .thenAccept(found -> read.saw(found.map(SessionReader::seen)))
        .handle((nothing, failure) -> ended(failure));
  }

  private CompletableFuture<?> scan(String partition) {
    Map<RecordName, SessionHistory<RecordName>.Read> reads = new HashMap<>();
    writer.records(partition).forEach(record -> reads.put(record, history.begin(record)));
    return namespace
        .scanPageAsync(Scan.of(partition), options)
        .thenAccept(page -> check(partition, reads, page))
        .handle((nothing, failure) -> ended(failure));
  }

  private void check(
      String partition, Map<RecordName, SessionHistory<RecordName>.Read> reads, ScanPage page) {
    if (page.nextPage().isPresent()) {
      findings.unexpected("a scan of " + partition + " did not end with its first page");
      return;
    }
    List<String> sorts = page.records().stream().map(found -> found.key().sortKeyUtf8()).toList();
    if (!sorts.equals(sorts.stream().sorted().distinct().toList())) {
      findings.unexpected("a scan of " + partition + " answered out of order: " + sorts);
    }
    Map<RecordName, Seen> found = new HashMap<>();
    for (StoredRecord record : page.records()) {
      found.put(new RecordName(partition, record.key().sortKeyUtf8()), seen(record));
    }
    reads.forEach((record, read) -> read.saw(Optional.ofNullable(found.remove(record))));
    found.forEach(
        (record, seen) ->
            findings
                .violations()
                .found(Violation.NEVER_WRITTEN, "a scan found " + record + " with " + seen));
  }

  private Void ended(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause == null) {
      findings.readChecked();
    } else if (cause instanceof UnavailableException
        || cause instanceof DeadlineExceededException
        || cause instanceof OverloadedException) {
      findings.readUnavailable();
    } else {
      findings.unexpected("a read failed with " + cause);
    }
    return null;
  }

  private static Seen seen(StoredRecord record) {
    return WrittenValue.seen(record.value(), record.version());
  }
}
