package io.byssus.systemtests;

import static io.byssus.systemtests.RawClient.assertFails;
import static io.byssus.systemtests.RawClient.key;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.client.ByssusClient;
import io.byssus.client.Key;
import io.byssus.client.Scan;
import io.byssus.client.StoredRecord;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.FieldProblem;
import io.byssus.model.Limits;
import io.byssus.proto.kv.v1.Acknowledgement;
import io.byssus.proto.kv.v1.PutRequest;
import io.byssus.proto.kv.v1.ScanRequest;
import io.byssus.proto.kv.v1.ScanResponse;
import io.byssus.proto.kv.v1.WriteBatchRequest;
import io.byssus.proto.kv.v1.WriteOperation;
import io.byssus.proto.kv.v1.WriteOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What users can get wrong is refused by name and limit, and what is just allowed passes. */
final class BadInputTest {
  private static final String NAMESPACE = "bad-input";

  @RegisterExtension
  static final TestClusterExtension EXTENSION =
      new TestClusterExtension("bad-input", 4, config -> config.withNodes(1, 2, 1));

  private RawClient raw;
  private ByssusClient client;

  @BeforeAll
  static void createNamespace() {
    EXTENSION.cluster().createNamespace(NAMESPACE);
  }

  @BeforeEach
  void connect() {
    raw = new RawClient(EXTENSION.cluster().processes().address("dispatcher-1"));
    client = EXTENSION.cluster().client().build();
  }

  @AfterEach
  void disconnect() {
    raw.close();
    client.close();
  }

  @Test
  void anEmptyPartitionKeyIsRefused() {
    ByssusException error =
        assertFails(
            ErrorCode.INVALID_REQUEST,
            () -> raw.kv().put(RawClient.put(NAMESPACE, key("", "s"), "v")));
    assertNames(error, "key.partition_key", "1 byte");
  }

  @Test
  void theLongestKeyPassesAndALongerOneIsRefused() {
    Key longest = Key.of("p".repeat(1_000), "s".repeat(Limits.MAX_KEY_BYTES - 1_000));
    client.namespace(NAMESPACE).put(longest, "v");
    assertEquals("v", read(longest).valueUtf8());

    ByssusException error =
        assertFails(
            ErrorCode.INVALID_REQUEST,
            () ->
                raw.kv()
                    .put(
                        RawClient.put(
                            NAMESPACE,
                            key("p".repeat(1_000), "s".repeat(Limits.MAX_KEY_BYTES - 999)),
                            "v")));
    assertNames(error, "key", "4096");
  }

  @Test
  void theLargestValuePassesAndALargerOneIsRefused() {
    byte[] largest = new byte[Limits.MAX_VALUE_BYTES];
    largest[largest.length - 1] = 7;
    client.namespace(NAMESPACE).put(Key.of("large"), largest);
    assertArrayEquals(largest, read(Key.of("large")).value());

    PutRequest larger =
        PutRequest.newBuilder()
            .setNamespace(NAMESPACE)
            .setKey(key("large", ""))
            .setValue(ByteString.copyFrom(new byte[Limits.MAX_VALUE_BYTES + 1]))
            .build();
    assertNames(
        assertFails(ErrorCode.INVALID_REQUEST, () -> raw.kv().put(larger)), "value", "1048576");
    assertArrayEquals(largest, read(Key.of("large")).value());
  }

  @Test
  void theLargestBatchPassesAndALargerOneIsRefused() {
    int perOperation = (Limits.MAX_BATCH_BYTES - 1) / Limits.MAX_BATCH_OPERATIONS;
    List<WriteOperation> largest = new ArrayList<>();
    int bytes = 1;
    for (int i = 0; i < Limits.MAX_BATCH_OPERATIONS; i++) {
      String sort = String.format("%04d", i);
      int rest =
          i == Limits.MAX_BATCH_OPERATIONS - 1 ? Limits.MAX_BATCH_BYTES - bytes : perOperation;
      largest.add(operation(sort, rest - sort.length()));
      bytes += rest;
    }
    assertEquals(Limits.MAX_BATCH_BYTES, bytes);
    raw.kv().writeBatch(batch(largest));
    List<StoredRecord> found = client.namespace(NAMESPACE).scan(Scan.of("b")).stream().toList();
    assertEquals(Limits.MAX_BATCH_OPERATIONS, found.size());
    for (int i = 0; i < found.size(); i++) {
      assertEquals(largest.get(i).getSortKey().toStringUtf8(), found.get(i).key().sortKeyUtf8());
      assertArrayEquals(largest.get(i).getPut().toByteArray(), found.get(i).value());
    }

    List<WriteOperation> oneByteMore = new ArrayList<>(largest);
    oneByteMore.set(0, operation("0000", largest.get(0).getPut().size() + 1));
    assertNames(
        assertFails(ErrorCode.INVALID_REQUEST, () -> raw.kv().writeBatch(batch(oneByteMore))),
        "operations",
        "4194304");

    List<WriteOperation> oneMore = new ArrayList<>();
    for (int i = 0; i <= Limits.MAX_BATCH_OPERATIONS; i++) {
      oneMore.add(operation("n" + i, 1));
    }
    assertNames(
        assertFails(ErrorCode.INVALID_REQUEST, () -> raw.kv().writeBatch(batch(oneMore))),
        "operations",
        "1000");
  }

  @Test
  void anUnknownNamespaceIsNotFound() {
    assertFails(
        ErrorCode.NAMESPACE_NOT_FOUND,
        () -> raw.kv().put(RawClient.put("nowhere", key("p", ""), "v")));
    assertFails(ErrorCode.NAMESPACE_NOT_FOUND, () -> raw.get("nowhere", key("p", "")));
    assertFails(ErrorCode.NAMESPACE_NOT_FOUND, () -> drain(scan("nowhere", "p", ByteString.EMPTY)));
  }

  @Test
  void aPageTokenThatIsMalformedOrOfAnotherScanIsRefused() {
    for (int i = 0; i < 3; i++) {
      raw.kv().put(RawClient.put(NAMESPACE, key("pages", "s" + i), "v"));
    }
    StoredRecord last = read(Key.of("pages", "s2"));
    assertEquals("v", last.valueUtf8());
    ScanResponse first =
        raw.kv()
            .scan(
                ScanRequest.newBuilder()
                    .setNamespace(NAMESPACE)
                    .setPartitionKey(ByteString.copyFromUtf8("pages"))
                    .setLimit(2)
                    .build())
            .next();
    ByteString token = first.getNextPageToken();
    assertEquals(2, first.getRecordsCount());

    assertNames(
        assertFails(
            ErrorCode.INVALID_REQUEST,
            () -> drain(scan(NAMESPACE, "pages", ByteString.copyFromUtf8("no token")))),
        "page_token",
        "");
    assertNames(
        assertFails(
            ErrorCode.INVALID_REQUEST,
            () -> drain(scan(NAMESPACE, "pages", token.substring(0, token.size() - 1)))),
        "page_token",
        "");
    assertNames(
        assertFails(ErrorCode.INVALID_REQUEST, () -> drain(scan(NAMESPACE, "other-pages", token))),
        "page_token",
        "");
    assertEquals(1, drain(scan(NAMESPACE, "pages", token)));
  }

  private StoredRecord read(Key key) {
    return Awaitility.await("the record is there")
        .until(() -> client.namespace(NAMESPACE).get(key), Optional::isPresent)
        .orElseThrow();
  }

  private static WriteOperation operation(String sort, int valueBytes) {
    byte[] value = new byte[valueBytes];
    Arrays.fill(value, sort.getBytes(StandardCharsets.UTF_8)[sort.length() - 1]);
    return WriteOperation.newBuilder()
        .setSortKey(ByteString.copyFromUtf8(sort))
        .setPut(ByteString.copyFrom(value))
        .build();
  }

  private static WriteBatchRequest batch(List<WriteOperation> operations) {
    return WriteBatchRequest.newBuilder()
        .setNamespace(NAMESPACE)
        .setPartitionKey(ByteString.copyFromUtf8("b"))
        .addAllOperations(operations)
        .setOptions(WriteOptions.newBuilder().setAcknowledgement(Acknowledgement.APPLIED))
        .build();
  }

  private Iterator<ScanResponse> scan(String namespace, String partition, ByteString token) {
    return raw.kv()
        .scan(
            ScanRequest.newBuilder()
                .setNamespace(namespace)
                .setPartitionKey(ByteString.copyFromUtf8(partition))
                .setPageToken(token)
                .build());
  }

  private static int drain(Iterator<ScanResponse> pieces) {
    int records = 0;
    while (pieces.hasNext()) {
      records += pieces.next().getRecordsCount();
    }
    return records;
  }

  private static void assertNames(ByssusException error, String field, String limit) {
    assertEquals(1, error.problems().size(), error.getMessage());
    FieldProblem problem = error.problems().get(0);
    assertEquals(field, problem.field());
    assertTrue(problem.problem().contains(limit), problem.problem());
  }
}
