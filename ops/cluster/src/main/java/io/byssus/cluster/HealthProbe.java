package io.byssus.cluster;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.util.concurrent.TimeUnit;

/** Asks a process by gRPC's standard health service whether it serves. */
final class HealthProbe implements AutoCloseable {
  private static final long ANSWER_MILLIS = 1_000;

  private final ManagedChannel channel;

  HealthProbe(String address) {
    this.channel =
        ManagedChannelBuilder.forTarget("dns:///" + address)
            .usePlaintext()
            .directExecutor()
            .build();
  }

  /** Whether it says within a second that it serves. */
  boolean serving() {
    // A process that starts is retried by the channel only after a growing pause; asking is not.
    channel.resetConnectBackoff();
    try {
      return HealthGrpc.newBlockingStub(channel)
              .withDeadlineAfter(ANSWER_MILLIS, TimeUnit.MILLISECONDS)
              .check(HealthCheckRequest.getDefaultInstance())
              .getStatus()
          == ServingStatus.SERVING;
    } catch (StatusRuntimeException e) {
      return false;
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
