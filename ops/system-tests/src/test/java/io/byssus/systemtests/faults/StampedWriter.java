package io.byssus.systemtests.faults;

import com.google.protobuf.ByteString;
import io.byssus.model.ShardHash;
import io.byssus.proto.kv.v1.Consistency;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.PutRequest;
import io.byssus.proto.kv.v1.ReadOptions;
import io.byssus.proto.kv.v1.ResolveResponse;
import io.byssus.proto.kv.v1.WriteOptions;
import io.byssus.proto.kv.v1.WriterStamp;
import io.byssus.systemtests.faults.StampedClient.Outcome;
import io.byssus.testkit.JournaledWrite;
import io.byssus.testkit.SessionHistory;
import io.byssus.testkit.WriteJournal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/**
 * A client that stamps its writes itself and does with copies what an unlucky network does: sends
 * two at once through two dispatchers, and sends one again after a newer write of the same record
 * was acknowledged. The latter must change nothing, which a session read sees at once; and since
 * such a record is often left alone from then on, the final state would show it too.
 */
final class StampedWriter {
  private static final int RECORDS = 240;
  private static final int MAY_RETIRE_EVERY = 3;
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final String namespace;
  private final int namespaceId;
  private final StampedClient client;
  private final WriteJournal<RecordName> journal;
  private final SessionHistory<RecordName> history;
  private final Findings findings;
  private final Clock clock;
  private final StampSequence[] sequences;
  private final List<Place> places = new ArrayList<>();

  /** A record, and who may write it now. */
  private static final class Place {
    private final RecordName record;
    private final int shard;
    private final boolean mayRetire;
    private boolean busy;
    private boolean retired;
    private long givenUp;

    Place(RecordName record, int shard, boolean mayRetire) {
      this.record = record;
      this.shard = shard;
      this.mayRetire = mayRetire;
    }

    synchronized boolean take() {
      if (busy || retired) {
        return false;
      }
      busy = true;
      return true;
    }

    synchronized void giveBack() {
      busy = false;
    }

    synchronized void retire() {
      retired = mayRetire;
    }
  }

  /** A write on its way, to be sent any number of times. */
  private record Issued(Place place, JournaledWrite<RecordName> write, PutRequest request) {
    WriterStamp stamp() {
      return request.getOptions().getStamp();
    }
  }

  StampedWriter(
      String namespace,
      StampedClient client,
      WriteJournal<RecordName> journal,
      Findings findings,
      Clock clock,
      RandomGenerator random) {
    ResolveResponse resolved = client.resolve(namespace);
    this.namespace = namespace;
    this.namespaceId = resolved.getNamespaceId();
    this.client = client;
    this.journal = journal;
    this.history = new SessionHistory<>(journal, findings.violations());
    this.findings = findings;
    this.clock = clock;
    byte[] writerId = new byte[16];
    random.nextBytes(writerId);
    this.sequences = new StampSequence[resolved.getShardCount()];
    for (int shard = 0; shard < sequences.length; shard++) {
      sequences[shard] = new StampSequence(ByteString.copyFrom(writerId));
    }
    for (int i = 0; i < RECORDS; i++) {
      RecordName record = new RecordName("stamped-" + i, "");
      byte[] partition = record.partition().getBytes(StandardCharsets.UTF_8);
      places.add(
          new Place(
              record,
              ShardHash.shard(namespaceId, partition, resolved.getShardCount()),
              i % MAY_RETIRE_EVERY == 0));
    }
  }

  /** Writes something; completes when its fate stands in the journal. */
  CompletableFuture<?> write(RandomGenerator random) {
    Place place = places.get(random.nextInt(RECORDS));
    if (!place.take()) {
      return CompletableFuture.completedFuture(null);
    }
    Issued issued = issue(place);
    if (issued == null) {
      place.giveBack();
      return CompletableFuture.completedFuture(null);
    }
    int dispatcher = random.nextInt(client.dispatchers());
    int kind = random.nextInt(100);
    return (kind < 8 ? twice(issued, dispatcher) : once(issued, dispatcher))
        .thenCompose(
            outcome ->
                kind >= 90 && outcome.acknowledged()
                    ? overtake(issued, dispatcher, random)
                    : CompletableFuture.completedFuture(null))
        .whenComplete((nothing, failure) -> place.giveBack());
  }

  /** A new write of a record; null where an older one that was given up is in the way. */
  private Issued issue(Place place) {
    WriterStamp stamp = sequences[place.shard].open(place.givenUp, clock.millis());
    if (stamp == null) {
      return null;
    }
    JournaledWrite<RecordName> write = journal.begin(place.record, false);
    return new Issued(
        place,
        write,
        PutRequest.newBuilder()
            .setNamespace(namespace)
            .setKey(place.record.toProto())
            .setValue(ByteString.copyFrom(WrittenValue.of(write.id())))
            .setOptions(WriteOptions.newBuilder().setStamp(stamp).setNamespaceId(namespaceId))
            .build());
  }

  private CompletableFuture<Outcome> once(Issued issued, int dispatcher) {
    return client
        .write(issued.request, dispatcher, LIMIT)
        .thenApply(outcome -> ended(issued, outcome));
  }

  private CompletableFuture<Outcome> twice(Issued issued, int dispatcher) {
    return client
        .write(issued.request, dispatcher, LIMIT)
        .thenCombine(client.write(issued.request, dispatcher + 1, LIMIT), Outcome::and)
        .thenApply(outcome -> ended(issued, outcome));
  }

  private Outcome ended(Issued issued, Outcome outcome) {
    sequences[issued.place.shard].close(issued.stamp().getSequence());
    if (outcome.acknowledged()) {
      journal.acknowledged(issued.write, outcome.answer().getPosition());
    } else if (outcome.mayBeWritten()) {
      issued.place.givenUp = issued.stamp().getSequence();
      journal.indeterminate(issued.write);
    } else {
      journal.notWritten(issued.write);
    }
    return outcome;
  }

  /** Writes the record anew, and when that is acknowledged lets a copy of the old write arrive. */
  private CompletableFuture<?> overtake(Issued old, int dispatcher, RandomGenerator random) {
    Issued newer = issue(old.place);
    if (newer == null) {
      return CompletableFuture.completedFuture(null);
    }
    boolean retires = random.nextBoolean();
    int another = dispatcher + random.nextInt(client.dispatchers());
    return once(newer, dispatcher)
        .thenCompose(
            outcome -> {
              if (!outcome.acknowledged()) {
                return CompletableFuture.completedFuture(null);
              }
              if (retires) {
                old.place.retire();
              }
              return client
                  .write(old.request, another, LIMIT)
                  .thenCompose(late -> afterDuplicate(old, late, another));
            });
  }

  private CompletableFuture<?> afterDuplicate(Issued old, Outcome late, int dispatcher) {
    if (!late.acknowledged()) {
      return CompletableFuture.completedFuture(null);
    }
    findings.delayedDuplicateSent();
    SessionHistory<RecordName>.Read read = history.begin(old.place.record);
    GetRequest request =
        GetRequest.newBuilder()
            .setNamespace(namespace)
            .setKey(old.place.record.toProto())
            .setOptions(
                ReadOptions.newBuilder()
                    .setConsistency(Consistency.SESSION)
                    .putSessionToken(late.answer().getShard(), late.answer().getPosition()))
            .build();
    return client
        .read(request, dispatcher)
        .handle(
            (answer, failure) -> {
              if (failure != null) {
                findings.readUnavailable();
                return null;
              }
              findings.readChecked();
              read.saw(
                  answer.hasRecord()
                      ? Optional.of(
                          WrittenValue.seen(
                              answer.getRecord().getValue().toByteArray(),
                              answer.getRecord().getVersion()))
                      : Optional.empty());
              return null;
            });
  }
}
