package io.byssus.bench.stage;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/** Reads what a process tells of itself under {@code /metrics}. */
public final class MetricsReader {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(LIMIT).build();
  private final HttpRequest request;

  /** Of the process whose metrics are at host:port. */
  public MetricsReader(String address) {
    this.request =
        HttpRequest.newBuilder(URI.create("http://" + address + "/metrics")).timeout(LIMIT).build();
  }

  /** All of it, as of now. */
  public Metrics read() throws IOException, InterruptedException {
    HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(request.uri() + " answers " + answer.statusCode());
    }
    return new Metrics(answer.body().lines().toList());
  }

  /**
   * What was told at one moment.
   *
   * @param lines in Prometheus' text format
   */
  public record Metrics(List<String> lines) {
    /** Copies the list. */
    public Metrics {
      lines = List.copyOf(lines);
    }

    /**
     * The sum of a meter over all that have a label.
     *
     * @param label such as {@code area="heap"}; empty for any
     * @throws IllegalStateException where there is none
     */
    public double sum(String name, String label) {
      List<String> same =
          lines.stream()
              .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
              .filter(line -> line.contains(label))
              .toList();
      if (same.isEmpty()) {
        throw new IllegalStateException("no metric " + name + " with " + label);
      }
      return same.stream()
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    }
  }
}
