package io.byssus.example;

import io.byssus.client.AlreadyExistsException;
import io.byssus.client.ByssusClient;
import io.byssus.client.Condition;
import io.byssus.client.Consistency;
import io.byssus.client.Key;
import io.byssus.client.ReadOptions;
import io.byssus.client.Scan;
import io.byssus.client.WriteBatch;
import io.byssus.client.WriteOptions;
import java.util.concurrent.CompletableFuture;

/** The SDK in five minutes. Start a cluster with {@code ./byssus local} and run this against it. */
public final class Tour {
  private Tour() {}

  /** Takes the address of a dispatcher, by default {@code 127.0.0.1:7400}. */
  public static void main(String[] args) {
    String endpoint = args.length == 0 ? "127.0.0.1:7400" : args[0];
    // A session: this client always reads what it has written.
    try (var client =
        ByssusClient.builder().endpoints(endpoint).consistency(Consistency.SESSION).build()) {
      createNamespace(client);
      var tour = client.namespace("tour");

      // One record. The partition key picks the shard; the sort key orders records within it.
      tour.put(Key.of("de", "berlin"), "3.4 million");
      System.out.println(tour.get(Key.of("de", "berlin")).orElseThrow().valueUtf8());

      // Only if nobody was faster. A condition that does not hold is an answer, not an exception.
      var claim =
          tour.put(
              Key.of("de", "capital"),
              "berlin",
              WriteOptions.defaults().withCondition(Condition.absent()));
      System.out.println(claim.tookEffect() ? "claimed" : "it was there: " + claim.failure().get());

      // Sees every write that was acknowledged before, of whichever client.
      var newest = ReadOptions.defaults().withConsistency(Consistency.LINEARIZABLE);
      System.out.println(tour.get(Key.of("de", "capital"), newest).orElseThrow().valueUtf8());

      // Several records of one partition key, all or none.
      tour.write(
          WriteBatch.of("de").put("hamburg", "1.8 million").put("bremen", "0.6 million").build());

      // The asynchronous form.
      var writes =
          CompletableFuture.allOf(
              tour.putAsync(Key.of("de", "bonn"), "0.3 million"),
              tour.putAsync(Key.of("fr", "lyon"), "0.5 million"));
      writes.join();

      // The records of one partition key in the order of their sort keys, streamed.
      try (var places = tour.scan(Scan.of("de").prefix("b"))) {
        places.forEachRemaining(
            place -> System.out.println(place.key().sortKeyUtf8() + ": " + place.valueUtf8()));
      }
      tour.delete(Key.of("fr", "lyon"));
    }
  }

  private static void createNamespace(ByssusClient client) {
    try {
      client.admin().createNamespace("tour");
    } catch (AlreadyExistsException e) {
      // From an earlier run.
    }
  }
}
