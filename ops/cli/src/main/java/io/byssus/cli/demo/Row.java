package io.byssus.cli.demo;

import io.byssus.cli.cities.City;
import io.byssus.client.Key;
import io.byssus.client.StoredRecord;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A record as it should be or as it was read.
 *
 * @param key the key
 * @param value the value; not to be changed
 */
record Row(Key key, byte[] value) {
  static Row of(City city) {
    return new Row(Key.of(city.partitionKey(), city.sortKey()), city.value());
  }

  static Row of(StoredRecord record) {
    return new Row(record.key(), record.value());
  }

  boolean hasValueOf(Row other) {
    return Arrays.equals(value, other.value);
  }

  String valueUtf8() {
    return new String(value, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Row row && key.equals(row.key) && hasValueOf(row);
  }

  @Override
  public int hashCode() {
    return key.hashCode();
  }

  @Override
  public String toString() {
    return key.toString().replace('\0', '|');
  }
}
