/**
 * The Java SDK of Byssus.
 *
 * <pre>{@code
 * import static io.byssus.client.Consistency.SESSION;
 *
 * try (ByssusClient client = ByssusClient.connect("127.0.0.1:7400", "127.0.0.1:7410")) {
 *   client.admin().createNamespace("places");
 *   Namespace places = client.namespace("places");
 *
 *   // A record's key picks its shard by the first part, and its place in the order by the second.
 *   Key amsterdam = Key.of("NL", "Amsterdam");
 *   places.put(amsterdam, "{\"population\": 921402}");
 *
 *   // Several records of one partition key, all or none.
 *   places.write(WriteBatch.of("NL").put("Delft", "{}").delete("Atlantis").build());
 *
 *   // Only if nobody was faster; a condition that does not hold is an answer.
 *   places.put(amsterdam, "{}".getBytes(), WriteOptions.defaults().withCondition(Condition.absent()))
 *       .tookEffect();
 *
 *   // Many writes, by a stream.
 *   try (StreamedWriter writer = places.writer()) {
 *     writer.put(Key.of("NL", "Edam"), "{}");
 *   }
 *
 *   // Reads what this client has written, from whichever replica answers.
 *   ReadOptions own = ReadOptions.defaults().withConsistency(SESSION);
 *   String value = places.get(amsterdam, own).orElseThrow().valueUtf8();
 *
 *   // In order, streamed, as fast as they are taken.
 *   try (ScanCursor cursor = places.scan(Scan.of("NL").prefix("A"), own)) {
 *     cursor.forEachRemaining(place -> System.out.println(place.key().sortKeyUtf8()));
 *   }
 *
 *   // Everything has an asynchronous form.
 *   places.putAsync(Key.of("BE", "Gent"), "{}")
 *       .thenAccept(result -> System.out.println("in the log at " + result.position()));
 * } catch (NotWrittenException e) {
 *   // Certainly not written: may be repeated.
 * } catch (IndeterminateException e) {
 *   // May be written: read it, or write it again through the same client.
 * }
 * }</pre>
 *
 * <p>Start with {@link io.byssus.client.ByssusClient} and {@link io.byssus.client.Namespace};
 * {@link io.byssus.client.ByssusClientException} tells what failures mean. Inside, start with
 * {@code WriteCall}, the way of one write, and {@code ShardWriter} in {@code stamps}, which tells
 * why a write happens at most once and never undoes a newer one; {@code calls} holds what makes the
 * calls.
 */
package io.byssus.client;
