package io.byssus.cli.cities;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * The 135,233 populated places that come with Byssus (GeoNames, CC BY 4.0; see {@code
 * ATTRIBUTION.txt} beside the file).
 */
public final class Cities {
  /** How many there are. */
  public static final int COUNT = 135_233;

  private static final String FILE = "cities.csv.gz";
  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();

  private Cities() {}

  /** All of them, in the order of the file. */
  public static List<City> all() {
    InputStream packed = Cities.class.getResourceAsStream(FILE);
    if (packed == null) {
      throw new IllegalStateException(FILE + " is missing from the class path");
    }
    try (InputStream csv = new GZIPInputStream(packed, 1 << 16)) {
      return read(csv);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + FILE, e);
    }
  }

  /**
   * The places of a CSV file in UTF-8 whose first line names the columns.
   *
   * @throws IOException where it is not that, or the stream fails
   */
  static List<City> read(InputStream csv) throws IOException {
    Reader text =
        new InputStreamReader(
            csv, StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT));
    List<City> cities = new ArrayList<>();
    try (CSVParser rows = CSVParser.parse(text, FORMAT)) {
      for (CSVRecord row : rows) {
        cities.add(city(row));
      }
    } catch (IllegalArgumentException | UncheckedIOException e) {
      throw new IOException("row " + (cities.size() + 1) + ": " + e.getMessage(), e);
    }
    return List.copyOf(cities);
  }

  private static City city(CSVRecord row) {
    return new City(
        Long.parseLong(row.get("geonameid")),
        row.get("name"),
        row.get("country"),
        row.get("admin1"),
        row.get("feature_code"),
        Long.parseLong(row.get("population")),
        new BigDecimal(row.get("latitude")),
        new BigDecimal(row.get("longitude")));
  }
}
