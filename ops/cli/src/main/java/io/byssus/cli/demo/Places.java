package io.byssus.cli.demo;

import io.byssus.cli.cities.Cities;
import io.byssus.cli.cities.City;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The input, as the store should give it back: by country, in the order of the sort keys. */
final class Places {
  private final List<Row> inFileOrder;
  private final Map<String, List<Row>> byCountry;

  private Places(List<Row> inFileOrder, Map<String, List<Row>> byCountry) {
    this.inFileOrder = inFileOrder;
    this.byCountry = byCountry;
  }

  /** All places of the bundled file. */
  static Places load() {
    return of(Cities.all());
  }

  static Places of(List<City> cities) {
    List<Row> rows = new ArrayList<>(cities.size());
    Map<String, List<Row>> byCountry = new TreeMap<>();
    for (City city : cities) {
      Row row = Row.of(city);
      rows.add(row);
      byCountry.computeIfAbsent(city.country(), c -> new ArrayList<>()).add(row);
    }
    byCountry.values().forEach(list -> list.sort(Comparator.comparing(Row::key)));
    return new Places(List.copyOf(rows), byCountry);
  }

  List<Row> inFileOrder() {
    return inFileOrder;
  }

  Map<String, List<Row>> byCountry() {
    return byCountry;
  }

  /** The places of a country whose name starts so, in order; straight from the file's rows. */
  List<Row> withPrefix(String country, String prefix) {
    return byCountry.get(country).stream()
        .filter(row -> row.key().sortKeyUtf8().startsWith(prefix))
        .toList();
  }
}
