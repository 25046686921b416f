package io.byssus.cli.cities;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

/**
 * A populated place, as GeoNames has it.
 *
 * @param id GeoNames' id: 1 to 9,999,999,999
 * @param name the name in UTF-8; may hold commas, quotes and any script, but no U+0000
 * @param country ISO 3166-1 alpha-2
 * @param admin1 code of the first administrative division; may be empty
 * @param featureCode GeoNames' feature code, such as PPL or PPLC (a capital)
 * @param population 0 where it is not known
 * @param latitude degrees north
 * @param longitude degrees east
 */
@JsonPropertyOrder({
  "id",
  "name",
  "country",
  "admin1",
  "feature_code",
  "population",
  "latitude",
  "longitude"
})
public record City(
    long id,
    String name,
    String country,
    String admin1,
    @JsonProperty("feature_code") String featureCode,
    long population,
    BigDecimal latitude,
    BigDecimal longitude) {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int ID_DIGITS = 10;
  private static final long MAX_ID = 9_999_999_999L;

  /** Checks what the keys rest on. */
  public City {
    if (id < 1 || id > MAX_ID) {
      throw new IllegalArgumentException("id must be 1 to " + MAX_ID + ", is " + id);
    }
    if (name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("the name of " + id + " holds a zero byte");
    }
    if (country.isEmpty()) {
      throw new IllegalArgumentException("the country of " + id + " is missing");
    }
  }

  /** The country code, in UTF-8. */
  public byte[] partitionKey() {
    return country.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The name in UTF-8, a zero byte, and the id in ten digits: so the places of a country stand by
   * name, and places of one name by id. The zero byte keeps {@code Clinton} before {@code
   * Clintondale} whatever the ids.
   */
  public byte[] sortKey() {
    String digits = Long.toString(id);
    String padding = "0".repeat(ID_DIGITS - digits.length());
    return (name + '\0' + padding + digits).getBytes(StandardCharsets.UTF_8);
  }

  /** The row as one JSON object, in UTF-8. */
  public byte[] value() {
    try {
      return JSON.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a city that JSON cannot hold: " + this, e);
    }
  }
}
