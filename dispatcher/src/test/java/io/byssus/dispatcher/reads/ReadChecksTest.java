package io.byssus.dispatcher.reads;

import static io.byssus.dispatcher.TestCluster.bytes;
import static io.byssus.dispatcher.calls.CheckCase.bad;
import static io.byssus.dispatcher.calls.CheckCase.good;
import static io.byssus.dispatcher.calls.CheckCase.key;
import static io.byssus.dispatcher.calls.CheckCase.zeros;

import io.byssus.dispatcher.calls.CheckCase;
import io.byssus.model.Position;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.ListVersionsRequest;
import io.byssus.proto.kv.v1.MultiGetRequest;
import io.byssus.proto.kv.v1.ReadOptions;
import io.byssus.proto.kv.v1.ResolveRequest;
import io.byssus.proto.kv.v1.ScanRequest;
import io.byssus.proto.kv.v1.ScanShardRequest;
import io.byssus.proto.kv.v1.SortKeyRange;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every limit of a read, from both sides. */
class ReadChecksTest {

  static Stream<CheckCase> cases() {
    return Stream.of(
        bad("no keys", multiGet(0), "keys", "is empty; 1 to 1000"),
        good("most keys", multiGet(1_000)),
        bad("too many keys", multiGet(1_001), "keys", "the limit is 1000"),
        bad(
            "one bad key of many",
            () ->
                ReadChecks.check(
                    MultiGetRequest.newBuilder()
                        .setNamespace("n")
                        .addKeys(key(1, 1))
                        .addKeys(key(0, 1))
                        .build()),
            "keys[1].partition_key",
            "is empty"),
        bad(
            "unknown consistency",
            get(ReadOptions.newBuilder().setConsistencyValue(7)),
            "options.consistency",
            "SESSION"),
        bad(
            "session token without incarnation",
            get(ReadOptions.newBuilder().putSessionToken(3, 17)),
            "options.session_token[3]",
            "is not a position"),
        good(
            "session token", get(ReadOptions.newBuilder().putSessionToken(3, Position.pack(1, 0)))),
        bad("scan without partition key", scan(b -> {}), "partition_key", "is empty"),
        good("scan of all", scan(b -> b.setPartitionKey(bytes("p")))),
        bad(
            "prefix too long",
            scan(b -> b.setPartitionKey(bytes("p")).setPrefix(zeros(4_096))),
            "prefix",
            "the limit is 4096"),
        bad(
            "range too long",
            scan(
                b ->
                    b.setPartitionKey(bytes("p"))
                        .setRange(SortKeyRange.newBuilder().setEnd(zeros(4_096)))),
            "range.end",
            "the limit is 4096"),
        bad(
            "page token made up",
            scan(b -> b.setPartitionKey(bytes("p")).setPageToken(bytes("next please"))),
            "page_token",
            "is not a next_page_token"),
        bad(
            "unknown criticality",
            get(ReadOptions.newBuilder().setCriticalityValue(9)),
            "options.criticality",
            "SHEDDABLE"),
        bad(
            "scan of a shard with a page token made up",
            () ->
                ReadChecks.check(
                    ScanShardRequest.newBuilder()
                        .setNamespace("n")
                        .setPageToken(bytes("next please"))
                        .build()),
            "page_token",
            "is not a next_page_token"),
        bad(
            "scan of a shard without namespace",
            () -> ReadChecks.check(ScanShardRequest.getDefaultInstance()),
            "namespace",
            "is missing"),
        good("most versions", list(b -> b.setLimit(1_000))),
        bad("too many versions", list(b -> b.setLimit(1_001)), "limit", "the limit is 1000"),
        bad("versions below none", list(b -> b.setLimit(-1)), "limit", "the limit is 1000"),
        good("one version", list(b -> b.setFromVersion(-7).setToVersion(-7))),
        bad(
            "versions from above",
            list(b -> b.setFromVersion(-7).setToVersion(5)),
            "from_version",
            "above to_version"),
        good("versions up from", list(b -> b.setFromVersion(-7))),
        bad("versions of no key", list(b -> b.clearKey()), "key.partition_key", "is empty"),
        bad(
            "resolve without namespace",
            () -> ReadChecks.check(ResolveRequest.getDefaultInstance()),
            "namespace",
            "is missing"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void eachLimitIsHeldAndNamed(CheckCase each) {
    each.verify();
  }

  private interface Change<B> {
    void apply(B builder);
  }

  private static Runnable multiGet(int keys) {
    MultiGetRequest.Builder request = MultiGetRequest.newBuilder().setNamespace("n");
    IntStream.range(0, keys).forEach(i -> request.addKeys(key(1, 1)));
    return () -> ReadChecks.check(request.build());
  }

  private static Runnable get(ReadOptions.Builder options) {
    GetRequest request =
        GetRequest.newBuilder().setNamespace("n").setKey(key(1, 1)).setOptions(options).build();
    return () -> ReadChecks.check(request);
  }

  private static Runnable list(Change<ListVersionsRequest.Builder> change) {
    ListVersionsRequest.Builder request =
        ListVersionsRequest.newBuilder().setNamespace("n").setKey(key(1, 1));
    change.apply(request);
    return () -> ReadChecks.check(request.build());
  }

  private static Runnable scan(Change<ScanRequest.Builder> change) {
    ScanRequest.Builder request = ScanRequest.newBuilder().setNamespace("n");
    change.apply(request);
    return () -> ReadChecks.check(request.build());
  }
}
