package io.byssus.server;

import static io.byssus.server.ServedShard.ANOTHER_NAMESPACE;
import static io.byssus.server.ServedShard.NAMESPACE;
import static io.byssus.server.ServedShard.at;
import static io.byssus.server.ServedShard.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.model.Position;
import io.byssus.proto.internal.v1.ShardGetAnswer;
import io.byssus.proto.internal.v1.ShardGetQuestion;
import io.byssus.proto.internal.v1.ShardGetRequest;
import io.byssus.proto.internal.v1.ShardGetStreamRequest;
import io.byssus.proto.internal.v1.ShardGetStreamResponse;
import io.byssus.proto.internal.v1.ShardView;
import io.byssus.proto.kv.v1.Consistency;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GetStreamTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir static Path directory;
  private static ServedShard shard;

  @BeforeAll
  static void start() throws Exception {
    shard = new ServedShard(directory);
  }

  @AfterAll
  static void stop() {
    shard.close();
  }

  /** One stream. */
  private static final class Stream
      implements ClientResponseObserver<ShardGetStreamRequest, ShardGetStreamResponse> {
    final BlockingQueue<ShardGetStreamResponse> messages = new LinkedBlockingQueue<>();
    final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private ClientCallStreamObserver<ShardGetStreamRequest> requests;

    static Stream open() {
      Stream stream = new Stream();
      shard.streams().getStream(stream);
      return stream;
    }

    void ask(ShardGetQuestion... questions) {
      requests.onNext(
          ShardGetStreamRequest.newBuilder().addAllQuestions(List.of(questions)).build());
    }

    /** So many answers, as they come. */
    List<ShardGetAnswer> take(int count) throws InterruptedException {
      List<ShardGetAnswer> answers = new ArrayList<>();
      while (answers.size() < count) {
        ShardGetStreamResponse message = messages.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertTrue(message != null, () -> "of " + count + " answers came " + answers);
        answers.addAll(message.getAnswersList());
      }
      assertEquals(count, answers.size());
      return answers;
    }

    ErrorCode takeError(long id) throws InterruptedException {
      ShardGetAnswer answer = take(1).get(0);
      assertEquals(id, answer.getId());
      return ErrorCode.named(answer.getError().getReason()).orElseThrow();
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ShardGetStreamRequest> stream) {
      requests = stream;
    }

    @Override
    public void onNext(ShardGetStreamResponse message) {
      messages.add(message);
    }

    @Override
    public void onError(Throwable cause) {
      failure.complete(cause);
    }

    @Override
    public void onCompleted() {
      failure.complete(null);
    }

    void cancel() {
      requests.cancel("enough", null);
    }
  }

  private static ShardGetQuestion question(long id, String name, ShardView view) {
    return ShardGetQuestion.newBuilder()
        .setId(id)
        .setGet(
            ShardGetRequest.newBuilder()
                .setView(view)
                .setNamespaceId(NAMESPACE)
                .setKey(key(name, "")))
        .build();
  }

  private static void awaitApplied(long position) {
    shard.stub().get(question(0, "any", at(position)).getGet());
  }

  private static void awaitWaiting(int gets) {
    Awaitility.await().atMost(LIMIT).until(() -> shard.waitingGets() == gets);
  }

  @Test
  void whatMemoryTellsIsAnsweredTogether() throws InterruptedException {
    long last = 0;
    for (int i = 0; i < 10; i++) {
      last = shard.put("together" + i, "", i);
    }
    awaitApplied(last);
    Stream stream = Stream.open();
    ShardGetQuestion[] questions = new ShardGetQuestion[11];
    for (int i = 0; i < 10; i++) {
      questions[i] = question(100 + i, "together" + i, at(last));
    }
    questions[10] = question(110, "together-absent", at(last));
    stream.ask(questions);
    List<ShardGetAnswer> answers = stream.take(11);
    for (int i = 0; i < 10; i++) {
      assertEquals(100 + i, answers.get(i).getId());
      assertEquals(i, answers.get(i).getRecord().getRecord().getValue().size());
    }
    assertEquals(110, answers.get(10).getId());
    assertFalse(answers.get(10).getRecord().hasRecord());
    assertTrue(stream.messages.isEmpty());
    stream.cancel();
  }

  @Test
  void whatHasToWaitHoldsUpNobody() throws InterruptedException {
    long first = shard.put("wait", "", 1);
    awaitApplied(first);
    Stream stream = Stream.open();
    stream.ask(
        question(1, "wait", at(first + 1_000_000)),
        question(2, "wait", at(first)),
        question(3, "wait", at(first + 1)));
    assertEquals(2, stream.take(1).get(0).getId());
    shard.put("wait", "", 2);
    ShardGetAnswer waited = stream.take(1).get(0);
    assertEquals(3, waited.getId());
    assertEquals(2, waited.getRecord().getRecord().getValue().size());
    stream.cancel();
  }

  @Test
  void aLinearizableReadSeesWhatWasAcknowledged() throws InterruptedException {
    ShardView linearizable =
        ShardView.newBuilder().setShard(0).setConsistency(Consistency.LINEARIZABLE).build();
    Stream stream = Stream.open();
    for (int i = 1; i <= 20; i++) {
      shard.put("linearizable", "", i);
      stream.ask(question(i, "linearizable", linearizable));
      ShardGetAnswer answer = stream.take(1).get(0);
      assertEquals(i, answer.getId());
      assertEquals(i, answer.getRecord().getRecord().getValue().size());
    }
    stream.cancel();
  }

  @Test
  void eachQuestionFailsByItself() throws InterruptedException {
    long answered = shard.answeredGets();
    double lost = shard.failedGets(ErrorCode.SESSION_LOST);
    Stream stream = Stream.open();
    ShardView elsewhere = ShardView.newBuilder().setShard(1).build();
    stream.ask(question(1, "error", elsewhere));
    assertEquals(ErrorCode.SHARD_NOT_HERE, stream.takeError(1));

    ShardGetQuestion noKey =
        ShardGetQuestion.newBuilder()
            .setId(2)
            .setGet(ShardGetRequest.newBuilder().setView(at(0)).setNamespaceId(NAMESPACE))
            .build();
    stream.ask(noKey);
    assertEquals(ErrorCode.INVALID_REQUEST, stream.takeError(2));

    stream.ask(question(3, "error", at(Position.pack(1, 0))));
    assertEquals(ErrorCode.SESSION_LOST, stream.takeError(3));

    stream.ask(question(4, "error", at(0)));
    assertEquals(4, stream.take(1).get(0).getId());
    assertEquals(answered + 4, shard.answeredGets());
    assertEquals(lost + 1, shard.failedGets(ErrorCode.SESSION_LOST));
    stream.cancel();
  }

  @Test
  void whatDoesNotComeInTimeIsToldBeforeTheCallerGivesUp() throws InterruptedException {
    Stream stream = Stream.open();
    stream.ask(
        question(1, "late", at(Position.pack(2, 1_000_000))).toBuilder().setTimeoutMs(300).build());
    assertEquals(ErrorCode.REPLICA_BEHIND, stream.takeError(1));
    stream.cancel();
  }

  @Test
  void aNamespaceThatDoesNotComeIntoUseIsTold() throws InterruptedException {
    Stream stream = Stream.open();
    ShardGetQuestion unknown =
        ShardGetQuestion.newBuilder()
            .setId(1)
            .setGet(
                ShardGetRequest.newBuilder()
                    .setView(at(0))
                    .setNamespaceId(ANOTHER_NAMESPACE)
                    .setKey(key("namespace", "")))
            .build();
    stream.ask(unknown);
    assertEquals(ErrorCode.NAMESPACE_NOT_FOUND, stream.takeError(1));
    stream.cancel();
  }

  @Test
  void largeAnswersComeInSeveralMessages() throws InterruptedException {
    long last = 0;
    for (int i = 0; i < 8; i++) {
      last = shard.put("large" + i, "", 200_000);
    }
    awaitApplied(last);
    Stream stream = Stream.open();
    ShardGetQuestion[] questions = new ShardGetQuestion[8];
    for (int i = 0; i < 8; i++) {
      questions[i] = question(i, "large" + i, at(0));
    }
    stream.ask(questions);
    int answers = 0;
    while (answers < 8) {
      ShardGetStreamResponse message = stream.messages.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
      assertTrue(message.getSerializedSize() < 1_000_000, () -> "" + message.getSerializedSize());
      answers += message.getAnswersCount();
    }
    stream.cancel();
  }

  @Test
  void aFullMessageIsAnsweredPieceByPieceInItsOrder() throws InterruptedException {
    awaitApplied(shard.put("piece", "", 1));
    Stream stream = Stream.open();
    ShardGetQuestion[] questions = new ShardGetQuestion[128];
    for (int i = 0; i < questions.length; i++) {
      questions[i] = question(i, "piece", at(0));
    }
    stream.ask(questions);
    for (int i = 0; i < questions.length; ) {
      ShardGetStreamResponse message = stream.messages.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
      assertEquals(32, message.getAnswersCount());
      for (ShardGetAnswer answer : message.getAnswersList()) {
        assertEquals(i++, answer.getId());
      }
    }
    stream.cancel();
  }

  @Test
  void moreQuestionsThanAMessageMayHaveEndTheCall() throws Exception {
    Stream stream = Stream.open();
    ShardGetQuestion[] questions = new ShardGetQuestion[129];
    for (int i = 0; i < questions.length; i++) {
      questions[i] = question(i, "many", at(0));
    }
    stream.ask(questions);
    Throwable failure = stream.failure.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertEquals(
        ErrorCode.INVALID_REQUEST, GrpcErrors.fromGrpc(failure, ErrorCode.NO_REPLICA).code());
  }

  @Test
  void aQuestionThatIsGoneWaitsForNothing() {
    Stream stream = Stream.open();
    awaitWaiting(0);
    stream.ask(
        question(1, "gone", at(Position.pack(2, 2_000_000))),
        question(2, "gone", at(Position.pack(2, 2_000_000))));
    awaitWaiting(2);
    stream.requests.onNext(ShardGetStreamRequest.newBuilder().addGone(1).addGone(7).build());
    awaitWaiting(1);
    stream.cancel();
    awaitWaiting(0);
  }

  @Test
  void aCallerWhoGoesWaitsForNothing() {
    Stream stream = Stream.open();
    awaitWaiting(0);
    for (int i = 0; i < 5; i++) {
      stream.ask(question(i, "gone", at(Position.pack(2, 2_000_000))));
    }
    awaitWaiting(5);
    stream.cancel();
    awaitWaiting(0);
  }
}
