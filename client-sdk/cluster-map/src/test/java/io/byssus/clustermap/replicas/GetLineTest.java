package io.byssus.clustermap.replicas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.internal.v1.ShardGetAnswer;
import io.byssus.proto.internal.v1.ShardGetQuestion;
import io.byssus.proto.internal.v1.ShardGetRequest;
import io.byssus.proto.internal.v1.ShardGetStreamRequest;
import io.byssus.proto.internal.v1.ShardGetStreamResponse;
import io.byssus.proto.internal.v1.ShardServiceGrpc.ShardServiceImplBase;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.KeyError;
import io.byssus.proto.kv.v1.Record;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class GetLineTest {
  private static final long PATIENT = TimeUnit.SECONDS.toNanos(30);

  private final EventLoops loops = new EventLoops("test-io", 1);
  private final ServerChannels servers = new ServerChannels(loops, () -> "");
  private final FakeServer fake = new FakeServer();
  private Server server;
  private Replica replica;

  /** Says what its test wants. */
  private static final class FakeServer extends ShardServiceImplBase {
    final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    final BlockingQueue<ShardGetStreamRequest> messages = new LinkedBlockingQueue<>();
    volatile boolean echoes;

    private record Call(StreamObserver<ShardGetStreamResponse> caller) {
      void answer(ShardGetAnswer... answers) {
        caller.onNext(ShardGetStreamResponse.newBuilder().addAllAnswers(List.of(answers)).build());
      }
    }

    @Override
    public StreamObserver<ShardGetStreamRequest> getStream(
        StreamObserver<ShardGetStreamResponse> caller) {
      Call call = new Call(caller);
      calls.add(call);
      return new StreamObserver<>() {
        @Override
        public void onNext(ShardGetStreamRequest message) {
          messages.add(message);
          if (echoes) {
            call.answer(
                message.getQuestionsList().stream()
                    .map(GetLineTest::answer)
                    .toArray(ShardGetAnswer[]::new));
          }
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
      };
    }

    List<ShardGetQuestion> take(int count) throws InterruptedException {
      List<ShardGetQuestion> questions = new ArrayList<>();
      while (questions.size() < count) {
        questions.addAll(messages.take().getQuestionsList());
      }
      return questions;
    }
  }

  @BeforeEach
  void start() throws Exception {
    server = listen(0);
    replica = new Replica("server-1", "127.0.0.1:" + server.getPort());
  }

  private Server listen(int port) throws Exception {
    return NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
        .directExecutor()
        .addService(fake)
        .build()
        .start();
  }

  @AfterEach
  void stop() {
    servers.close();
    loops.close();
    server.shutdownNow();
  }

  private CompletableFuture<GetResponse> ask(String key) {
    return ask(key, PATIENT);
  }

  private CompletableFuture<GetResponse> ask(String key, long timeoutNanos) {
    ShardGetRequest get =
        ShardGetRequest.newBuilder()
            .setKey(Key.newBuilder().setPartitionKey(ByteString.copyFromUtf8(key)))
            .build();
    return servers.get(replica, get, timeoutNanos, "request-" + key);
  }

  /** A record whose value is the key that was asked for. */
  private static ShardGetAnswer answer(ShardGetQuestion question) {
    return ShardGetAnswer.newBuilder()
        .setId(question.getId())
        .setRecord(
            GetResponse.newBuilder()
                .setRecord(
                    Record.newBuilder().setValue(question.getGet().getKey().getPartitionKey())))
        .build();
  }

  private static String value(CompletableFuture<GetResponse> answer) {
    return answer.join().getRecord().getValue().toStringUtf8();
  }

  private static ErrorCode failure(CompletableFuture<GetResponse> answer) {
    CompletionException failure = assertThrows(CompletionException.class, answer::join);
    return ((ByssusException) failure.getCause()).code();
  }

  /** Has the loops of the connections do something else first. */
  private void together(Runnable asking) {
    loops.group().next().submit(asking).syncUninterruptibly();
  }

  @Test
  void whatIsAskedAtOnceGoesTogetherAndComesBackInAnyOrder() throws Exception {
    List<CompletableFuture<GetResponse>> answers = new ArrayList<>();
    together(() -> List.of("a", "b", "c").forEach(key -> answers.add(ask(key))));
    ShardGetStreamRequest message = fake.messages.take();
    assertEquals(3, message.getQuestionsCount());
    assertEquals("request-a", message.getQuestions(0).getRequestId());
    assertTrue(message.getQuestions(0).getTimeoutMs() > 20_000);
    FakeServer.Call call = fake.calls.take();
    call.answer(answer(message.getQuestions(2)));
    assertEquals("c", value(answers.get(2)));
    assertFalse(answers.get(0).isDone());
    call.answer(answer(message.getQuestions(1)), answer(message.getQuestions(0)));
    assertEquals("a", value(answers.get(0)));
    assertEquals("b", value(answers.get(1)));
  }

  @Test
  void aMessageHoldsNoMoreThanAServerTakes() throws Exception {
    fake.echoes = true;
    assertAnswered(askMany(1_000));
    fake.messages.forEach(
        message -> assertTrue(message.getQuestionsCount() <= GetLine.MOST_QUESTIONS));
  }

  @Test
  void everyThreadHearsWhatItAsked() throws Exception {
    fake.echoes = true;
    AtomicInteger right = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      String name = "t" + t + "-";
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < 500; i++) {
                  if (value(ask(name + i)).equals(name + i)) {
                    right.incrementAndGet();
                  }
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(2_000, right.get());
  }

  @Test
  void anErrorIsOfItsQuestionAlone() throws Exception {
    List<CompletableFuture<GetResponse>> answers = new ArrayList<>();
    together(() -> List.of("a", "b").forEach(key -> answers.add(ask(key))));
    List<ShardGetQuestion> questions = fake.take(2);
    fake.calls
        .take()
        .answer(
            ShardGetAnswer.newBuilder()
                .setId(questions.get(0).getId())
                .setError(KeyError.newBuilder().setReason("REPLICA_BEHIND").setMessage("why"))
                .build(),
            answer(questions.get(1)));
    assertEquals(ErrorCode.REPLICA_BEHIND, failure(answers.get(0)));
    assertEquals("b", value(answers.get(1)));
  }

  @Test
  void whatIsNotAnsweredInTimeFailsAndALateAnswerIsNobodys() throws Exception {
    CompletableFuture<GetResponse> hasty = ask("hasty", TimeUnit.MILLISECONDS.toNanos(50));
    ShardGetQuestion asked = fake.take(1).get(0);
    FakeServer.Call call = fake.calls.take();
    assertEquals(ErrorCode.DEADLINE_PASSED, failure(hasty));
    call.answer(answer(asked));
    CompletableFuture<GetResponse> next = ask("next");
    call.answer(answer(fake.take(1).get(0)));
    assertEquals("next", value(next));
  }

  @Test
  void whatIsCancelledIsToldToTheServer() throws Exception {
    CompletableFuture<GetResponse> open = ask("open");
    ShardGetQuestion asked = fake.take(1).get(0);
    open.cancel(false);
    assertEquals(List.of(asked.getId()), fake.messages.take().getGoneList());
    fake.echoes = true;
    assertEquals("next", value(ask("next")));
  }

  @Test
  void whatIsCancelledBeforeItGoesIsNotAsked() throws Exception {
    together(
        () -> {
          ask("cancelled").cancel(false);
          ask("asked");
        });
    ShardGetStreamRequest message = fake.messages.take();
    assertEquals(1, message.getQuestionsCount());
    assertEquals("request-asked", message.getQuestions(0).getRequestId());
  }

  @Test
  void whatIsOpenFailsWithItsCallAndTheNextQuestionBeginsAnother() throws Exception {
    CompletableFuture<GetResponse> open = ask("open");
    fake.take(1);
    fake.calls.take().caller().onError(Status.UNAVAILABLE.asRuntimeException());
    assertEquals(ErrorCode.NO_REPLICA, failure(open));
    fake.echoes = true;
    assertEquals("again", value(ask("again")));
  }

  @Test
  void aServerThatEndsACallInGoodOrderAnswersNothingMore() throws Exception {
    CompletableFuture<GetResponse> open = ask("open");
    fake.take(1);
    fake.calls.take().caller().onCompleted();
    assertEquals(ErrorCode.NO_REPLICA, failure(open));
  }

  private List<CompletableFuture<GetResponse>> askMany(int count) {
    List<CompletableFuture<GetResponse>> answers = new ArrayList<>();
    together(
        () -> {
          for (int i = 0; i < count; i++) {
            answers.add(ask("k" + i));
          }
        });
    return answers;
  }

  private static void assertAnswered(List<CompletableFuture<GetResponse>> answers) {
    for (int i = 0; i < answers.size(); i++) {
      assertEquals("k" + i, value(answers.get(i)));
    }
  }

  @Test
  void manyMessagesThatComeAtOnceAreAllTaken() throws Exception {
    List<CompletableFuture<GetResponse>> answers = askMany(2_000);
    List<ShardGetQuestion> questions = fake.take(2_000);
    FakeServer.Call call = fake.calls.take();
    for (int i = 0; i < 2_000; i += 100) {
      List<ShardGetQuestion> some = questions.subList(i, i + 100);
      call.answer(some.stream().map(GetLineTest::answer).toArray(ShardGetAnswer[]::new));
    }
    assertAnswered(answers);
  }

  @Test
  void whatWasAnsweredBeforeTheCallEndedCounts() throws Exception {
    List<CompletableFuture<GetResponse>> answers = askMany(GetLine.MOST_QUESTIONS);
    List<ShardGetQuestion> questions = fake.take(GetLine.MOST_QUESTIONS);
    FakeServer.Call call = fake.calls.take();
    call.answer(questions.stream().map(GetLineTest::answer).toArray(ShardGetAnswer[]::new));
    call.caller().onCompleted();
    assertAnswered(answers);
  }

  @Test
  void aServerThatIsAwayIsNoReplicaUntilItIsBack() throws Exception {
    int port = server.getPort();
    server.shutdownNow().awaitTermination();
    assertEquals(ErrorCode.NO_REPLICA, failure(ask("away")));
    server = listen(port);
    fake.echoes = true;
    long end = System.nanoTime() + Duration.ofSeconds(40).toNanos();
    while (System.nanoTime() - end < 0) {
      CompletableFuture<GetResponse> answer = ask("back");
      if (answer.handle((found, failure) -> failure == null).join()) {
        assertEquals("back", value(answer));
        return;
      }
    }
    throw new AssertionError("the server is back and is not asked");
  }

  @Test
  void whatIsOpenFailsWhenTheConnectionsAreClosed() throws Exception {
    CompletableFuture<GetResponse> open = ask("open");
    fake.take(1);
    servers.close();
    assertEquals(ErrorCode.NO_REPLICA, failure(open));
    loops.close();
    assertEquals(ErrorCode.NO_REPLICA, failure(ask("after")));
  }
}
