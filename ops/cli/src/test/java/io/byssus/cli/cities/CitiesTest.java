package io.byssus.cli.cities;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CitiesTest {
  private static final String HEADER =
      "geonameid,name,country,admin1,feature_code,population,latitude,longitude\n";

  private static final List<City> ALL = Cities.all();

  @Test
  void everyRowOfTheFileIsThere() {
    assertEquals(Cities.COUNT, ALL.size());
    assertEquals(135_233, ALL.size());
    assertEquals(135_233, ALL.stream().map(City::id).distinct().count());
  }

  @Test
  void theLargestCountryStandsBesideManyTinyOnes() {
    Map<String, Long> byCountry = ALL.stream().collect(groupingBy(City::country, counting()));
    assertEquals(246, byCountry.size());
    assertEquals(16_677, byCountry.get("US"));
    assertEquals(16_677, byCountry.values().stream().mapToLong(n -> n).max().getAsLong());
    assertEquals(52, byCountry.values().stream().filter(n -> n <= 10).count());
  }

  @Test
  void namesThatRepeatWithinACountryStillHaveKeysOfTheirOwn() {
    Map<String, Long> byName =
        ALL.stream().collect(groupingBy(c -> c.country() + '/' + c.name(), counting()));
    assertEquals(6_201, byName.values().stream().filter(n -> n > 1).count());
    Set<String> keys =
        ALL.stream()
            .map(c -> c.country() + '/' + HexFormat.of().formatHex(c.sortKey()))
            .collect(Collectors.toSet());
    assertEquals(ALL.size(), keys.size());
  }

  @Test
  void commasQuotesAndOtherScriptsSurviveTheFile() {
    assertEquals(30, ALL.stream().filter(c -> c.name().indexOf(',') >= 0).count());
    assertTrue(
        ALL.stream()
            .anyMatch(
                c ->
                    c.name()
                        .equals(
                            "Poselok Turisticheskogo pansionata"
                                + " \"Klyazminskoe vodohranilische\"")));
    assertTrue(ALL.stream().anyMatch(c -> c.name().equals("Бережани")));
    assertTrue(ALL.stream().anyMatch(c -> c.name().equals("Al-Medy Village, قرية المدي")));
  }

  @Test
  void theSortKeyIsTheNameAZeroByteAndTheIdInTenDigits() throws IOException {
    City city = one("1850147,東京,JP,40,PPLC,8336599,35.6895,139.69171\n");
    assertArrayEquals("JP".getBytes(StandardCharsets.UTF_8), city.partitionKey());
    assertText("東京\0" + "0001850147", city.sortKey());
  }

  @Test
  void placesOfOneNameStandTogetherAndBeforeLongerNames() throws IOException {
    City late = one("9999999999,Clinton,US,IA,PPL,1,41.8,-90.1\n");
    City early = one("1,Clinton,US,OK,PPL,1,35.5,-98.9\n");
    City longer = one("2,Clintondale,US,NY,PPL,1,41.6,-74.0\n");
    assertTrue(Arrays.compareUnsigned(early.sortKey(), late.sortKey()) < 0);
    assertTrue(Arrays.compareUnsigned(late.sortKey(), longer.sortKey()) < 0);
  }

  @Test
  void theValueIsTheWholeRowAsJson() throws IOException {
    City city = one("7,\"Say \"\"a, b\"\"\",RU,,PPL,12,-0.5,10.25\n");
    JsonNode value = new JsonMapper().readTree(city.value());
    assertEquals(
        List.of(
            "id",
            "name",
            "country",
            "admin1",
            "feature_code",
            "population",
            "latitude",
            "longitude"),
        List.copyOf(value.propertyStream().map(Map.Entry::getKey).toList()));
    assertEquals(7, value.get("id").asLong());
    assertEquals("Say \"a, b\"", value.get("name").asText());
    assertEquals("", value.get("admin1").asText());
    assertEquals(-0.5, value.get("latitude").asDouble());
  }

  @Test
  void aDamagedRowIsNamed() {
    IOException failure =
        assertThrows(IOException.class, () -> read("1,A,US,,PPL,1,1,1\n2,B,US,,PPL,many,1,1\n"));
    assertTrue(failure.getMessage().contains("row 2"), failure.getMessage());
    assertThrows(IOException.class, () -> read("1,A,US\n"));
    assertThrows(IOException.class, () -> read("1,A,,,PPL,1,1,1\n"));
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    byte[] csv = (HEADER + "1,?,US,,PPL,1,1,1\n").getBytes(StandardCharsets.UTF_8);
    csv[HEADER.length() + 2] = (byte) 0xFF;
    assertThrows(IOException.class, () -> Cities.read(new ByteArrayInputStream(csv)));
  }

  private static void assertText(String expected, byte[] actual) {
    assertEquals(expected, new String(actual, StandardCharsets.UTF_8));
  }

  private static City one(String row) throws IOException {
    List<City> cities = read(row);
    assertEquals(1, cities.size());
    return cities.get(0);
  }

  private static List<City> read(String rows) throws IOException {
    return Cities.read(new ByteArrayInputStream((HEADER + rows).getBytes(StandardCharsets.UTF_8)));
  }
}
