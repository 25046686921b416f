package io.byssus.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.byssus.client.Key;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExportStepTest {
  private static final List<Row> ROWS = List.of(row("a", "1"), row("b\0x", "2"));
  private static final String A = "{\"partition_key\":\"P\",\"sort_key\":\"a\",\"value\":\"1\"}\n";
  private static final String B =
      "{\"partition_key\":\"P\",\"sort_key\":\"b\\u0000x\",\"value\":\"2\"}\n";

  private static Row row(String sortKey, String value) {
    return new Row(Key.of("P", sortKey), value.getBytes(StandardCharsets.UTF_8));
  }

  private static long differences(String lines) throws IOException {
    return ExportStep.compare(ROWS, new BufferedReader(new StringReader(lines))).count();
  }

  @Test
  void theSameRowsInAnotherOrderAreEqual() throws IOException {
    assertEquals(0, differences(B + A));
  }

  @Test
  void whatIsMissingTwiceStrangeOrAnotherIsFound() throws IOException {
    assertEquals(1, differences(A));
    assertEquals(1, differences(A + B + A));
    assertEquals(1, differences(A + B + A.replace("\"a\"", "\"c\"")));
    assertEquals(1, differences(A.replace("1", "2") + B));
  }
}
