package io.byssus.cli.demo;

import io.byssus.client.Acknowledgement;
import io.byssus.client.AdminClient;
import io.byssus.client.ByssusClient;
import io.byssus.client.Consistency;
import io.byssus.client.Key;
import io.byssus.client.Namespace;
import io.byssus.client.ReadOptions;
import io.byssus.client.RecordVersion;
import io.byssus.client.StoredRecord;
import io.byssus.client.VersionQuery;
import io.byssus.client.WriteOptions;
import io.byssus.client.admin.NamespaceSettings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes one record several times in a namespace that keeps versions, and reads the past. */
final class VersionStep {
  /** How many versions it leaves. */
  static final int RECORDS = 3;

  private static final int WRITTEN = 5;
  private static final Key KEY = Key.of("bread", "1 kg");
  private static final WriteOptions APPLIED =
      WriteOptions.defaults().withAcknowledgement(Acknowledgement.APPLIED);
  private static final ReadOptions OWN_WRITES =
      ReadOptions.defaults().withConsistency(Consistency.SESSION);

  private final DemoScreen screen;
  private final Summary summary;
  private final Differences differences = new Differences();
  private long checks;

  VersionStep(DemoScreen screen, Summary summary) {
    this.screen = screen;
    this.summary = summary;
  }

  /** Makes the namespace, writes and reads. */
  void run(AdminClient admin, ByssusClient client, String name) {
    admin.createNamespace(NamespaceSettings.of(name).withMaxVersions(RECORDS));
    Namespace prices = client.namespace(name);
    List<Long> versions = new ArrayList<>();
    for (int i = 1; i <= WRITTEN; i++) {
      versions.add(
          prices
              .put(KEY, price(i).getBytes(StandardCharsets.UTF_8), APPLIED)
              .version()
              .orElseThrow());
    }
    expect("the versions kept", List.of(price(5), price(4), price(3)), listed(prices));
    expect("the price before the last", price(4), at(prices, versions.get(3)));
    expect("a price that is no longer kept", "absent", at(prices, versions.get(0)));
    prices.delete(KEY, APPLIED);
    expect("the versions kept, deleted", List.of("deleted", price(5), price(4)), listed(prices));
    expect(
        "the price, deleted",
        "absent",
        prices.get(KEY, OWN_WRITES).map(StoredRecord::valueUtf8).orElse("absent"));
    expect("the last price, though deleted", price(5), at(prices, versions.get(4)));
    differences.mustBeNone("the newest " + RECORDS + " versions of a record can be read");
    summary.checked("reads of versions", checks);
    screen.line(
        "written "
            + WRITTEN
            + " times and deleted: the newest "
            + RECORDS
            + " versions are there, the deletion among them");
  }

  private static String price(int number) {
    return number + ".50";
  }

  private static List<String> listed(Namespace prices) {
    return prices.versions(KEY, VersionQuery.all(), OWN_WRITES).versions().stream()
        .map(RecordVersion::valueUtf8)
        .map(value -> value.orElse("deleted"))
        .toList();
  }

  private static String at(Namespace prices, long version) {
    return prices
        .get(KEY, OWN_WRITES.withAtVersion(version))
        .map(StoredRecord::valueUtf8)
        .orElse("absent");
  }

  private void expect(String what, Object expected, Object found) {
    checks++;
    if (!expected.equals(found)) {
      differences.add(what + ": " + found + ", not " + expected);
    }
  }
}
