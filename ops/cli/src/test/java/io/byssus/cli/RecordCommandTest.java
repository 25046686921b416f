package io.byssus.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.byssus.proto.kv.v1.Consistency;
import io.byssus.proto.kv.v1.DeleteRequest;
import io.byssus.proto.kv.v1.Deleted;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.IncrementRequest;
import io.byssus.proto.kv.v1.ListVersionsRequest;
import io.byssus.proto.kv.v1.ListVersionsResponse;
import io.byssus.proto.kv.v1.PutRequest;
import io.byssus.proto.kv.v1.Record;
import io.byssus.proto.kv.v1.RecordVersion;
import io.byssus.proto.kv.v1.ScanRequest;
import io.byssus.proto.kv.v1.WriteFailure;
import io.byssus.proto.kv.v1.WriteFailureReason;
import io.byssus.proto.log.v1.Condition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Conditions, versions, lifetimes and levels, from the words of a command to the request. */
class RecordCommandTest {
  private final CommandRun command = new CommandRun();
  private ScriptedDispatcher dispatcher;

  @BeforeEach
  void start() throws IOException {
    dispatcher = new ScriptedDispatcher();
  }

  @AfterEach
  void stop() {
    dispatcher.close();
  }

  private void run(int exit, String... words) {
    command.expect(exit, dispatcher.address(), words);
  }

  private PutRequest put(String... options) {
    List<String> words = new ArrayList<>(List.of("kv", "put", "t", "k", "v"));
    words.addAll(List.of(options));
    run(0, words.toArray(String[]::new));
    return dispatcher.last(PutRequest.class);
  }

  @Test
  void everyConditionReachesTheRequest() {
    assertFalse(put().hasCondition());
    assertEquals(Condition.TestCase.ABSENT, put("--if-absent").getCondition().getTestCase());
    assertEquals(Condition.TestCase.PRESENT, put("--if-present").getCondition().getTestCase());
    assertEquals(-1, put("--if-version", "18446744073709551615").getCondition().getVersionEquals());
    assertEquals(
        ByteString.copyFrom(new byte[] {'a', 0}),
        put("--if-value", "a\\0").getCondition().getValueEquals());
    run(0, "kv", "delete", "t", "k", "--if-present", "--version", "7");
    assertTrue(dispatcher.last(DeleteRequest.class).getCondition().hasPresent());
    assertEquals(7, dispatcher.last(DeleteRequest.class).getVersion());
  }

  @Test
  void versionAndLifetimeReachTheRequest() {
    PutRequest versioned = put("--version", "9", "--ttl", "2d");
    assertEquals(9, versioned.getVersion());
    assertEquals(172_800_000, versioned.getLifetime().getTtlMs());
    assertEquals(
        1_000, put("--expires-at", "1970-01-01T01:00:01+01:00").getLifetime().getExpiresMs());
    assertTrue(put("--no-expiry").getLifetime().hasUnending());
    assertFalse(put().hasLifetime());
  }

  @Test
  void aConditionThatDoesNotHoldIsExitCodeSeven() throws IOException {
    dispatcher.write =
        ScriptedDispatcher.written()
            .setFailure(
                WriteFailure.newBuilder()
                    .setReason(WriteFailureReason.CONDITION_NOT_MET)
                    .setPresent(true)
                    .setVersion(12))
            .build();
    run(7, "kv", "put", "t", "P/k", "v", "--if-absent");
    assertEquals("", command.text());
    assertEquals(
        "byssus: not written: the condition does not hold; the record P/k is there, version 12\n",
        command.errors());
    run(7, "kv", "delete", "t", "P/k", "--if-absent", "--json");
    JsonNode failure = command.json().get("failure");
    assertEquals("CONDITION_NOT_MET", failure.get("reason").asText());
    assertEquals("12", failure.get("version").asText());
    assertEquals("", command.errors());
  }

  @Test
  void anAppliedWriteTellsItsVersionAndOneThatLostSaysSo() {
    dispatcher.write = ScriptedDispatcher.written().setVersion(5).build();
    run(0, "kv", "put", "t", "k", "v", "--applied");
    assertEquals("shard 0, position 1/42, version 5\n", command.text());
    dispatcher.write = ScriptedDispatcher.written().setSuperseded(1).build();
    run(0, "kv", "put", "t", "k", "v", "--applied", "--version", "3");
    assertTrue(command.text().contains("no effect: the record has a version that wins"));
  }

  @Test
  void anIncrementPrintsTheSum() throws IOException {
    dispatcher.write = ScriptedDispatcher.written().addSums(-3).build();
    run(0, "kv", "incr", "t", "k", "--by", "-5", "--if-present", "--ttl", "1m");
    assertEquals("-3\n", command.text());
    IncrementRequest request = dispatcher.last(IncrementRequest.class);
    assertEquals(-5, request.getDelta());
    assertTrue(request.getCondition().hasPresent());
    assertEquals(60_000, request.getLifetime().getTtlMs());
    run(0, "kv", "incr", "t", "k", "--json");
    assertEquals(1, dispatcher.last(IncrementRequest.class).getDelta());
    assertEquals("-3", command.json().get("sum").asText());

    dispatcher.write =
        ScriptedDispatcher.written()
            .setFailure(
                WriteFailure.newBuilder()
                    .setReason(WriteFailureReason.NOT_A_NUMBER)
                    .setPresent(true))
            .build();
    run(7, "kv", "incr", "t", "k");
    assertTrue(command.errors().contains("the value is not a number"), command.errors());
  }

  @Test
  void theLevelOfAReadReachesTheRequest() {
    dispatcher.get =
        GetResponse.newBuilder()
            .setRecord(Record.newBuilder().setValue(ByteString.copyFromUtf8("v")))
            .build();
    run(0, "kv", "get", "t", "k", "--consistency", "bounded:500ms", "--at-version", "3");
    GetRequest request = dispatcher.last(GetRequest.class);
    assertEquals(Consistency.BOUNDED, request.getOptions().getConsistency());
    assertEquals(500, request.getOptions().getMaxStalenessMs());
    assertEquals(3, request.getAtVersion());
    run(0, "kv", "get", "t", "k", "--consistency", "linearizable");
    assertEquals(
        Consistency.LINEARIZABLE, dispatcher.last(GetRequest.class).getOptions().getConsistency());
    run(0, "kv", "get", "t", "k");
    assertEquals(
        Consistency.CONSISTENCY_UNSPECIFIED,
        dispatcher.last(GetRequest.class).getOptions().getConsistency(),
        "as the namespace is declared");
    run(0, "kv", "scan", "t", "p", "--reverse", "--consistency", "eventual");
    assertTrue(dispatcher.last(ScanRequest.class).getReverse());
  }

  @Test
  void versionsAreListedWithDeletionsAndExpiries() throws IOException {
    dispatcher.versions =
        ListVersionsResponse.newBuilder()
            .addVersions(
                RecordVersion.newBuilder()
                    .setVersion(3)
                    .setValue(ByteString.copyFromUtf8("new"))
                    .setExpiresMs(1_700_000_000_000L))
            .addVersions(
                RecordVersion.newBuilder().setVersion(2).setDeleted(Deleted.getDefaultInstance()))
            .setNextPageToken(ByteString.copyFromUtf8("more"))
            .build();
    run(0, "kv", "versions", "t", "k", "--from", "1", "--to", "9", "--oldest-first");
    assertEquals(
        "VERSION  EXPIRES               VALUE\n"
            + "      3  2023-11-14T22:13:20Z  new\n"
            + "      2                        (deleted)\n",
        command.text());
    assertTrue(command.errors().startsWith("2 versions; go on with --page-token "));
    ListVersionsRequest request = dispatcher.last(ListVersionsRequest.class);
    assertEquals(1, request.getFromVersion());
    assertEquals(9, request.getToVersion());
    assertTrue(request.getOldestFirst());
    run(0, "kv", "versions", "t", "k", "--json");
    List<JsonNode> lines = command.jsonLines();
    assertEquals("3", lines.get(0).get("version").asText());
    assertTrue(lines.get(1).get("deleted").asBoolean());
    assertFalse(lines.get(2).get("next_page_token").asText().isEmpty());
  }
}
