package io.byssus.systemtests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.cli.cities.Cities;
import io.byssus.cli.cities.City;
import io.byssus.client.ByssusClient;
import io.byssus.client.Consistency;
import io.byssus.client.Key;
import io.byssus.client.Namespace;
import io.byssus.client.PageToken;
import io.byssus.client.ReadOptions;
import io.byssus.client.Scan;
import io.byssus.client.ScanPage;
import io.byssus.client.StoredRecord;
import io.byssus.client.WriteResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Namespaces are there for everyone at once; keys are bytes, whatever they mean. */
final class KeysAndNamespacesTest {
  private static final ReadOptions SESSION =
      ReadOptions.defaults().withConsistency(Consistency.SESSION);

  /** Every script that the world's places are written in, and bytes that are in none. */
  private static final List<byte[]> KEYS =
      Stream.concat(
              Stream.of(
                      "a",
                      "a\0",
                      "a\0b",
                      "ab",
                      "b",
                      "Москва",
                      "Мурманск",
                      "القاهرة",
                      "دبي",
                      "東京",
                      "東",
                      "京都",
                      "北京",
                      "上海",
                      "さいたま",
                      "🦪",
                      "🦪🌊",
                      "👩‍🚀",
                      "é",
                      "e\u0301",
                      "z")
                  .map(text -> text.getBytes(StandardCharsets.UTF_8)),
              Stream.of("00", "0000", "0001", "00ff", "01", "7f", "80", "fe", "ff", "ff00", "ffff")
                  .map(HexFormat.of()::parseHex))
          .toList();

  @RegisterExtension
  static final TestClusterExtension EXTENSION =
      new TestClusterExtension("keys", 16, config -> config.withNodes(1, 3, 2));

  private static ByssusClient client;

  @BeforeAll
  static void connect() {
    client = EXTENSION.cluster().client().build();
  }

  @AfterAll
  static void disconnect() {
    client.close();
  }

  @Test
  void aNamespaceCreatedThroughOneDispatcherIsWrittenAtOnceThroughAnother() {
    TestCluster cluster = EXTENSION.cluster();
    try (ByssusClient creator = cluster.clientOf("dispatcher-1");
        RawClient other = new RawClient(cluster.processes().address("dispatcher-2"))) {
      for (int i = 0; i < 10; i++) {
        String name = "fresh-" + i;
        creator.admin().createNamespace(name);
        assertTrue(
            other.kv().put(RawClient.put(name, RawClient.key("p", "s"), "v")).getPosition() != 0);
        assertEquals(name, creator.admin().describeNamespace(name).name());
      }
    }
  }

  @Test
  void sortKeysOfAnyBytesStandInTheOrderOfTheirBytes() {
    Namespace namespace = create("sort-keys");
    byte[] partition = "東京🦪".getBytes(StandardCharsets.UTF_8);
    List<byte[]> sorts = new ArrayList<>(KEYS);
    sorts.add(new byte[0]);
    put(namespace, sorts.stream().map(sort -> Key.of(partition, sort)).toList());
    sorts.sort(Arrays::compareUnsigned);

    assertKeys(sorts, scan(namespace, Scan.of(partition)));
    for (byte[] prefix : KEYS) {
      // Also prefixes that end within a character, and those that have no end.
      for (int length = 1; length <= prefix.length; length++) {
        byte[] start = Arrays.copyOf(prefix, length);
        assertKeys(
            sorts.stream().filter(sort -> startsWith(sort, start)).toList(),
            scan(namespace, Scan.of(partition).prefix(start)));
      }
    }
    for (int from = 0; from < sorts.size(); from += 5) {
      int to = Math.min(from + 7, sorts.size() - 1);
      assertKeys(
          sorts.subList(from, to),
          scan(namespace, Scan.of(partition).range(sorts.get(from), sorts.get(to))));
    }
  }

  @Test
  void pagesOfAnySizePutTogetherAreTheWholeScan() {
    Namespace namespace = create("pages");
    byte[] partition = {0, (byte) 0xFF};
    put(namespace, KEYS.stream().map(sort -> Key.of(partition, sort)).toList());
    List<byte[]> sorts = KEYS.stream().sorted(Arrays::compareUnsigned).toList();
    for (int size : new int[] {1, 3, KEYS.size() - 1, KEYS.size(), KEYS.size() + 1}) {
      List<StoredRecord> all = new ArrayList<>();
      Optional<PageToken> next = Optional.empty();
      do {
        Scan scan = Scan.of(partition).limit(size);
        ScanPage page =
            namespace.scanPage(next.isPresent() ? scan.after(next.get()) : scan, SESSION);
        assertTrue(page.records().size() <= size);
        all.addAll(page.records());
        next = page.nextPage();
      } while (next.isPresent());
      assertKeys(sorts, all);
    }
  }

  @Test
  void partitionKeysOfAnyBytesHoldTheirOwnRecordsAndNoOthers() {
    Namespace namespace = create("partition-keys");
    List<Key> keys = new ArrayList<>();
    for (byte[] partition : KEYS) {
      for (String sort : List.of("00", "ff", "")) {
        keys.add(Key.of(partition, HexFormat.of().parseHex(sort)));
      }
    }
    put(namespace, keys);
    for (byte[] partition : KEYS) {
      List<Key> found =
          scan(namespace, Scan.of(partition)).stream().map(StoredRecord::key).toList();
      assertEquals(
          List.of(
              Key.of(partition, new byte[0]),
              Key.of(partition, new byte[] {0}),
              Key.of(partition, new byte[] {(byte) 0xFF})),
          found);
    }
    for (Key record : keys) {
      assertArrayEquals(valueOf(record), namespace.get(record, SESSION).orElseThrow().value());
    }
  }

  @Test
  void aSampleOfRealPlacesComesBackByCountryAndName() {
    Namespace namespace = create("places");
    Map<String, List<City>> all =
        Cities.all().stream()
            .collect(Collectors.groupingBy(City::country, TreeMap::new, Collectors.toList()));
    Map<String, List<City>> sample = new TreeMap<>();
    all.forEach(
        (country, cities) -> {
          if (cities.size() <= 12 || country.equals("EG")) {
            sample.put(country, cities);
          }
        });
    sample.values().stream()
        .flatMap(List::stream)
        .map(city -> namespace.putAsync(key(city), city.value()))
        .toList()
        .forEach(CompletableFuture<WriteResult>::join);

    sample.forEach(
        (country, cities) -> {
          List<City> sorted =
              cities.stream().sorted(Comparator.comparing(KeysAndNamespacesTest::key)).toList();
          List<StoredRecord> found = scan(namespace, Scan.of(country));
          assertEquals(sorted.size(), found.size(), country);
          for (int i = 0; i < found.size(); i++) {
            assertEquals(key(sorted.get(i)), found.get(i).key());
            assertArrayEquals(sorted.get(i).value(), found.get(i).value());
          }
        });
    assertEquals(
        sample.get("EG").stream().filter(city -> city.name().startsWith("Al ")).count(),
        scan(namespace, Scan.of("EG").prefix("Al ")).size());
  }

  private static Namespace create(String name) {
    client.admin().createNamespace(name);
    return client.namespace(name);
  }

  private static void put(Namespace namespace, List<Key> keys) {
    keys.stream()
        .map(record -> namespace.putAsync(record, valueOf(record)))
        .toList()
        .forEach(CompletableFuture<WriteResult>::join);
  }

  private static byte[] valueOf(Key key) {
    HexFormat hex = HexFormat.of();
    return (hex.formatHex(key.partitionKey()) + "/" + hex.formatHex(key.sortKey())).getBytes();
  }

  private static List<StoredRecord> scan(Namespace namespace, Scan scan) {
    try (Stream<StoredRecord> records = namespace.scan(scan, SESSION).stream()) {
      return records.toList();
    }
  }

  private static void assertKeys(List<byte[]> expected, List<StoredRecord> found) {
    HexFormat hex = HexFormat.of();
    assertEquals(
        expected.stream().map(hex::formatHex).toList(),
        found.stream().map(record -> hex.formatHex(record.key().sortKey())).toList());
    found.forEach(record -> assertArrayEquals(valueOf(record.key()), record.value()));
  }

  private static boolean startsWith(byte[] bytes, byte[] prefix) {
    return bytes.length >= prefix.length
        && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
  }

  private static Key key(City city) {
    return Key.of(city.partitionKey(), city.sortKey());
  }
}
