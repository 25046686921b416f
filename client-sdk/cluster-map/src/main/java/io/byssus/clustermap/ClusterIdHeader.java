package io.byssus.clustermap;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The id of the cluster that a process is of, which goes with its calls to the control plane. Where
 * a control plane of another cluster has come to stand at a member's address, it must neither
 * answer for ours nor be changed in its place: that a namespace is not there, or that it has been
 * created, is true of that cluster only.
 */
public final class ClusterIdHeader {
  private static final Metadata.Key<String> KEY =
      Metadata.Key.of("x-byssus-cluster-id", Metadata.ASCII_STRING_MARSHALLER);

  private ClusterIdHeader() {}

  /**
   * Sends the id with every call.
   *
   * @param clusterId the cluster; empty: not known yet, and nothing is sent
   */
  static ClientInterceptor sending(Supplier<String> clusterId) {
    return new Sender(clusterId);
  }

  /**
   * Refuses, as {@link ErrorCode#WRONG_CLUSTER}, the calls of processes that are of another cluster
   * than the one asked. A control plane that was never told of a cluster is not theirs either.
   *
   * @param clusterId the cluster of the one asked, "" where there is none yet; empty while it
   *     cannot know, as after its start: then nobody is refused here
   */
  public static ServerInterceptor refusingOthers(Supplier<Optional<String>> clusterId) {
    return new Guard(clusterId);
  }

  private record Sender(Supplier<String> clusterId) implements ClientInterceptor {
    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(
        MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
      return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void start(Listener<R> listener, Metadata headers) {
          String id = clusterId.get();
          if (!id.isEmpty()) {
            headers.put(KEY, id);
          }
          super.start(listener, headers);
        }
      };
    }
  }

  private record Guard(Supplier<Optional<String>> clusterId) implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      String callers = headers.get(KEY);
      Optional<String> known = clusterId.get();
      if (callers == null || known.isEmpty() || callers.equals(known.get())) {
        return next.startCall(call, headers);
      }
      String own = known.get();
      StatusRuntimeException refusal =
          GrpcErrors.toGrpc(
              new ByssusException(
                  ErrorCode.WRONG_CLUSTER,
                  "the caller is of cluster "
                      + callers
                      + ", this control plane "
                      + (own.isEmpty() ? "knows no cluster" : "is of cluster " + own)));
      call.close(refusal.getStatus(), refusal.getTrailers());
      return new ServerCall.Listener<>() {};
    }
  }
}
