package io.byssus.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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
  void answersHoweverManyConnectionsClientsLeaveOpen() throws Exception {
    List<Socket> left = new ArrayList<>();
    try {
      Socket silent = new Socket("127.0.0.1", endpoint.address().port());
      left.add(silent);
      for (int i = 0; i < 2 * MetricsEndpoint.MOST_CONNECTIONS; i++) {
        left.add(new Socket("127.0.0.1", endpoint.address().port()));
        assertEquals("HTTP/1.1 200 OK", ask(left.get(left.size() - 1)), "beside " + i);
      }
      assertEquals(-1, silent.getInputStream().read(), "what was silent longest gave way");
    } finally {
      for (Socket socket : left) {
        socket.close();
      }
    }
  }

  private static String ask(Socket socket) throws IOException {
    socket.setSoTimeout(10_000);
    socket
        .getOutputStream()
        .write("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    var answer = new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII);
    return new BufferedReader(answer).readLine();
  }

  @Test
  void aScrapeThatFailsIsAnsweredAndNotTheEndOfTheConnection() {
    var channel =
        new EmbeddedChannel(
            new MetricsHandler(
                () -> {
                  throw new IllegalStateException("no meters");
                },
                readiness,
                new OpenConnections(1)));
    channel.writeInbound(
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/metrics"));
    FullHttpResponse answer = channel.readOutbound();
    assertEquals(500, answer.status().code());
    assertTrue(answer.content().toString(StandardCharsets.UTF_8).contains("no meters"));
    assertTrue(channel.isOpen());
    answer.release();
    channel.close();
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
