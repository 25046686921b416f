package io.byssus.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTypesTest {

  @ParameterizedTest
  @CsvSource({"0B, 0", "512B, 512", "64KiB, 65536", "16MiB, 16777216", "2GiB, 2147483648"})
  void aSizeIsReadAndWrittenAlike(String text, long bytes) {
    assertEquals(Optional.of(new DataSize(bytes)), DataSize.parse(text));
    assertEquals(text, new DataSize(bytes).toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "-5B", "5 MiB", "5MB", "1.5GiB", "999999999999TiB"})
  void whatIsNoSizeIsRefused(String text) {
    assertEquals(Optional.empty(), DataSize.parse(text));
  }

  @ParameterizedTest
  @CsvSource({"250ms, 250", "5s, 5000", "10m, 600000", "24h, 86400000", "7d, 604800000"})
  void aDurationIsRead(String text, long millis) {
    assertEquals(Optional.of(Duration.ofMillis(millis)), DurationText.parse(text));
  }

  @ParameterizedTest
  @CsvSource({"0, 0s", "250, 250ms", "90000, 90s", "600000, 10m", "86400000, 1d"})
  void aDurationIsWrittenInTheLargestUnitThatDividesIt(long millis, String text) {
    assertEquals(text, DurationText.write(Duration.ofMillis(millis)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "5 s", "-5s", "1.5s", "5sec", "PT5S", "9999999999s"})
  void whatIsNoDurationIsRefused(String text) {
    assertEquals(Optional.empty(), DurationText.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:7400", "db-1.example.org:1", "[::1]:65535", "a:0"})
  void anAddressIsReadAndWrittenAlike(String text) {
    assertEquals(Optional.of(text), HostPort.parse(text).map(HostPort::toString));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", ":1", "a:", "a:b", "a:65536", "::1:7400", "http://a:1", "a:1/"})
  void whatIsNoAddressIsRefused(String text) {
    assertEquals(Optional.empty(), HostPort.parse(text));
  }

  @Test
  void theNearestNameIsSuggestedOnlyWhereItIsNear() {
    var known = List.of("listen", "lease", "node-id");
    assertEquals(Optional.of("listen"), Spelling.nearest("lisen", known));
    assertEquals(Optional.of("node-id"), Spelling.nearest("node_id", known));
    assertEquals(Optional.empty(), Spelling.nearest("shards", known));
  }
}
