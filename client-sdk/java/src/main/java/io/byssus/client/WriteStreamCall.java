package io.byssus.client;

import io.byssus.client.calls.Attempt;
import io.byssus.client.calls.CallFailure;
import io.byssus.client.calls.CallTag;
import io.byssus.client.calls.Dispatcher;
import io.byssus.client.calls.ResolvedNamespace;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.byssus.proto.kv.v1.WriteStreamOpen;
import io.byssus.proto.kv.v1.WriteStreamOpened;
import io.byssus.proto.kv.v1.WriteStreamRequest;
import io.byssus.proto.kv.v1.WriteStreamResponse;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One stream of writes to one dispatcher, and the writes that were sent on it and have no result.
 * For the writer's thread alone, except what comes by the {@link Attempt.Listener}, which goes to
 * the inbox.
 */
final class WriteStreamCall implements Attempt.Listener<WriteStreamResponse> {
  /** Where a message is cut, so that the dispatcher begins with its writes early. */
  private static final int MESSAGE_WRITES = 1_000;

  private static final long MESSAGE_BYTES = 512 * 1024;

  private final ResolvedNamespace namespace;
  private final WriterInbox inbox;
  private final Attempt<WriteStreamRequest, WriteStreamResponse> attempt;
  private final Map<Long, StreamedWrite> unanswered = new LinkedHashMap<>();
  private WriteStreamOpened opened;
  private WriteStreamRequest.Builder message = WriteStreamRequest.newBuilder();
  private long messageBytes;
  private long unansweredBytes;
  private long nextNumber = 1;

  /** When something last came of it, or was first expected. */
  private long heardAt;

  /**
   * @param namespace what the stamps were made with
   * @param inbox takes what comes of the stream
   */
  WriteStreamCall(Dispatcher dispatcher, ResolvedNamespace namespace, WriterInbox inbox) {
    this.namespace = namespace;
    this.inbox = inbox;
    this.attempt = new Attempt<>(dispatcher, KvServiceGrpc.getWriteStreamMethod(), this);
  }

  void open(WriteStreamOpen open, CallTag tag, long now) {
    heardAt = now;
    attempt.openStream(WriteStreamRequest.newBuilder().setOpen(open).build(), tag);
  }

  @Override
  public void message(WriteStreamResponse response) {
    inbox.arrived(new WriterInbox.Arrived(this, response, null, false));
  }

  @Override
  public void ended(CallFailure failure) {
    inbox.arrived(new WriterInbox.Arrived(this, null, failure, true));
  }

  @Override
  public void ready() {
    inbox.wake();
  }

  /** Takes a message: the writes' results are the caller's to look at. */
  void took(WriteStreamResponse response, long now) {
    heardAt = now;
    if (response.hasOpened()) {
      opened = response.getOpened();
    }
    attempt.request(1);
  }

  /** Takes the write off whose result has come; null where it is none of this stream's. */
  StreamedWrite answered(long number) {
    StreamedWrite write = unanswered.remove(number);
    if (write != null) {
      unansweredBytes -= write.bytes();
    }
    return write;
  }

  /** Whether a write may be sent now. */
  boolean takes(StreamedWrite write) {
    return opened != null
        && write.hold().namespace().equals(namespace)
        && unanswered.size() < room()
        && (unanswered.isEmpty() || unansweredBytes + write.bytes() <= opened.getWindowBytes())
        && (message.getWritesCount() > 0 || attempt.isReady());
  }

  /**
   * How many writes may be unanswered. A message is only begun when an eighth of the window is
   * free: else a full window would be refilled by messages of one write each.
   */
  private int room() {
    int window = opened.getWindowWrites();
    return message.getWritesCount() > 0 ? window : window - window / 8;
  }

  /** Adds a write to the message that is sent next. */
  void add(StreamedWrite write, long now) {
    if (unanswered.isEmpty()) {
      heardAt = now;
    }
    long number = nextNumber++;
    unanswered.put(number, write);
    unansweredBytes += write.bytes();
    message.addWrites(write.sent(number));
    messageBytes += write.bytes();
    if (message.getWritesCount() >= MESSAGE_WRITES || messageBytes >= MESSAGE_BYTES) {
      send();
    }
  }

  /** Sends what was added. */
  void send() {
    if (message.getWritesCount() > 0) {
      attempt.send(message.build());
      message = WriteStreamRequest.newBuilder();
      messageBytes = 0;
    }
  }

  /** Whether it should have said something for this long, and has not. */
  boolean isSilent(long now, long patienceNanos) {
    return (opened == null || !unanswered.isEmpty()) && now - heardAt >= patienceNanos;
  }

  /** The writes that have no result: perhaps written, all of them. */
  Collection<StreamedWrite> unanswered() {
    return unanswered.values();
  }

  boolean isIdle() {
    return unanswered.isEmpty();
  }

  ResolvedNamespace namespace() {
    return namespace;
  }

  void stop() {
    attempt.stop();
  }
}
