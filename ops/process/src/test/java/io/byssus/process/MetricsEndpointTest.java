package io.byssus.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MetricsEndpointTest {
  private static final HostPort ANY = new HostPort("127.0.0.1", 0);

  private final ProcessMetrics metrics = new ProcessMetrics("server", "server-1");
  private final Readiness readiness = new Readiness();
  private MetricsEndpoint endpoint;

  @BeforeEach
  void start() throws IOException {
    endpoint = MetricsEndpoint.start(ANY, metrics, readiness);
  }

  @AfterEach
  void stop() {
    endpoint.close();
    metrics.close();
  }

  @Test
  void servesTheMetersOfTheProcessAndOfTheJvmWithRoleAndNode() throws Exception {
    metrics.registry().counter("byssus.test.things", "kind", "green").increment(3);
    var response = get("/metrics");
    assertEquals(200, response.statusCode());
    assertEquals(
        "text/plain; version=0.0.4; charset=utf-8",
        response.headers().firstValue("content-type").orElseThrow());
    String body = response.body();
    assertTrue(
        body.contains(
            "byssus_test_things_total{kind=\"green\",node=\"server-1\",role=\"server\"} 3.0"),
        body);
    assertTrue(body.contains("jvm_memory_used_bytes{"), body);
  }

  @Test
  void saysWhetherTheProcessServesAndIfNotWhy() throws Exception {
    readiness.waitingFor("the cluster map");
    var waiting = get("/healthz");
    assertEquals(503, waiting.statusCode());
    assertEquals("waiting for the cluster map\n", waiting.body());
    readiness.ready();
    assertEquals(200, get("/healthz").statusCode());
    readiness.stopping();
    assertEquals(503, get("/healthz").statusCode());
  }

  @Test
  void refusesWhatItDoesNotServe() throws Exception {
    assertEquals(404, get("/").statusCode());
    var post = HttpRequest.newBuilder(uri("/metrics")).POST(BodyPublishers.ofString("x")).build();
    assertEquals(405, send(post).statusCode());
    try (var socket = new Socket("127.0.0.1", endpoint.address().port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write("nonsense\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertTrue(answer.startsWith("HTTP/1.1 400"), answer);
    }
  }

  @Test
  void aTakenPortIsNamed() {
    var refused =
        assertThrows(
            IOException.class, () -> MetricsEndpoint.start(endpoint.address(), metrics, readiness));
    assertTrue(refused.getMessage().contains(endpoint.address().toString()), refused::toString);
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send(HttpRequest.newBuilder(uri(path)).build());
  }

  private URI uri(String path) {
    return URI.create("http://" + endpoint.address() + path);
  }

  private static HttpResponse<String> send(HttpRequest request) throws Exception {
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
  }
}
