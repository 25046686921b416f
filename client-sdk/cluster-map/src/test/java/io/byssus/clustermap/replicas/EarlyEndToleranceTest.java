package io.byssus.clustermap.replicas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import org.junit.jupiter.api.Test;

class EarlyEndToleranceTest {
  /** A channel whose calls were cancelled between their start and their message. */
  private static final class CancelledChannel extends Channel {
    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
      return new ClientCall<>() {
        @Override
        public void start(Listener<R> listener, Metadata headers) {}

        @Override
        public void request(int messages) {}

        @Override
        public void cancel(String message, Throwable cause) {}

        @Override
        public void halfClose() {
          throw new IllegalStateException("call was cancelled");
        }

        @Override
        public void sendMessage(Q message) {
          throw new IllegalStateException("call was cancelled");
        }
      };
    }

    @Override
    public String authority() {
      return "nobody";
    }
  }

  private static ClientCall<GetRequest, GetResponse> call() {
    return new EarlyEndTolerance()
        .interceptCall(KvServiceGrpc.getGetMethod(), CallOptions.DEFAULT, new CancelledChannel());
  }

  @Test
  void whereTheContextHasEndedOnlyTheListenerIsTold() throws Exception {
    Context.CancellableContext context = Context.current().withCancellation();
    ClientCall<GetRequest, GetResponse> call = context.call(EarlyEndToleranceTest::call);
    context.cancel(null);
    call.sendMessage(GetRequest.getDefaultInstance());
    call.halfClose();
  }

  @Test
  void whereTheListenerHasCancelledOnlyTheListenerIsTold() {
    ClientCall<GetRequest, GetResponse> call = call();
    call.cancel("it has ended before it began", null);
    call.sendMessage(GetRequest.getDefaultInstance());
    call.halfClose();
  }

  @Test
  void elseItIsAFault() {
    ClientCall<GetRequest, GetResponse> call = call();
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class, () -> call.sendMessage(GetRequest.getDefaultInstance()));
    assertEquals("call was cancelled", e.getMessage());
  }
}
