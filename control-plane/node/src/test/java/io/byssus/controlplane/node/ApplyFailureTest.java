package io.byssus.controlplane.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.admin.v1.AdminServiceGrpc;
import io.byssus.proto.admin.v1.DescribeClusterRequest;
import io.byssus.proto.admin.v1.NamespaceSpec;
import io.byssus.proto.internal.v1.ControlCommand;
import io.byssus.proto.internal.v1.CreateNamespaceCommand;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ApplyFailureTest {
  @TempDir Path directory;

  @Test
  void aCommandThatCannotBeAppliedHaltsTheMemberByNameAndNothingHangs() throws Exception {
    ControlCommand ofTheFuture =
        ControlCommand.newBuilder()
            .setFormatVersion(99)
            .setCreateNamespace(
                CreateNamespaceCommand.newBuilder()
                    .setSpec(NamespaceSpec.newBuilder().setName("a")))
            .build();
    try (TestGroup group = new TestGroup(directory, 1, "127.0.0.1:1").startAll()) {
      ControlPlaneNode node = group.node(0);
      ExecutionException error =
          assertThrows(
              ExecutionException.class,
              () -> node.group().propose(ofTheFuture).get(10, TimeUnit.SECONDS));
      assertEquals(
          ErrorCode.CONTROL_PLANE_UNAVAILABLE, ((ByssusException) error.getCause()).code());

      HaltSwitch.Halted halted = node.halted().state().orElseThrow();
      assertEquals(HaltReason.APPLY_FAILED, halted.reason());
      assertTrue(halted.message().contains("format is 99"), halted.message());

      await().atMost(TestGroup.LIMIT).until(() -> !node.state().serving());
      HttpResponse<String> health =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create("http://" + node.metricsAddress() + "/healthz"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      assertEquals(503, health.statusCode());
      assertTrue(health.body().contains("APPLY_FAILED"), health.body());

      ByssusException refused =
          assertThrows(
              ByssusException.class,
              () ->
                  group
                      .client()
                      .call(
                          Duration.ofSeconds(1),
                          channel ->
                              AdminServiceGrpc.newBlockingStub(channel)
                                  .describeCluster(DescribeClusterRequest.getDefaultInstance())));
      assertEquals(ErrorCode.CONTROL_PLANE_UNAVAILABLE, refused.code());
      assertTrue(refused.getMessage().contains("APPLY_FAILED"), refused.getMessage());
      await().atMost(TestGroup.LIMIT).until(() -> !node.leads());

      // After a restart the same command halts it again, before it can serve.
      group.stop(0);
      ControlPlaneNode again = group.start(0);
      await().atMost(TestGroup.LIMIT).until(() -> again.halted().state().isPresent());
      assertFalse(again.state().serving());
    }
  }
}
