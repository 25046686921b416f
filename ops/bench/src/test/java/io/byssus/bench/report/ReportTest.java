package io.byssus.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.byssus.bench.engine.CaseResult;
import io.byssus.bench.engine.LatencyCurve;
import io.byssus.bench.engine.Spread;
import io.byssus.bench.engine.Target;
import java.io.StringReader;
import java.util.List;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class ReportTest {
  private static final CaseResult MEASURED =
      new CaseResult(
          "get",
          "unary Get",
          "ops/s",
          "Get <&>",
          "echo \"&\"",
          Target.atLeast(0.35),
          Optional.of(
              new CaseResult.Figures(
                  new Spread(25_000, 24_000, 26_000),
                  new Spread(50_000, 49_000, 51_000),
                  new Spread(0.5, 0.45, 0.55))),
          "",
          false,
          List.of(
              new LatencyCurve(
                  "Get <&>",
                  List.of(
                      new LatencyCurve.Point(2_500, 300, 900),
                      new LatencyCurve.Point(22_500, 800, 40_000)))),
          Optional.empty());

  private static final CaseResult SKIPPED =
      new CaseResult(
          "get-direct",
          "unary Get",
          "ops/s",
          "Get",
          "Redis GET",
          Target.atLeast(0.2),
          Optional.empty(),
          "redis-server is not on the path",
          true,
          List.of(),
          Optional.empty());

  private static final ReferenceNotes NO_NOTES = ReferenceNotes.of(List.of());

  @Test
  void aRowIsOneJsonObject() throws Exception {
    JsonNode row = new ObjectMapper().readTree(JsonReport.of(MEASURED, NO_NOTES).toString());
    assertEquals("get", row.get("case").textValue());
    assertEquals("echo \"&\"", row.get("against").textValue());
    assertEquals(25_000, row.get("subject").doubleValue());
    assertEquals(50_000, row.get("ceiling").doubleValue());
    assertEquals(0.5, row.get("ratio").doubleValue());
    assertEquals(0.45, row.get("min").doubleValue());
    assertEquals(0.55, row.get("max").doubleValue());
    assertEquals(0.35, row.get("target").doubleValue());
    assertEquals("at_least", row.get("bound").textValue());
    assertTrue(row.get("reached").booleanValue());
    assertEquals("measured", row.get("status").textValue());
    assertEquals(40_000, row.get("latencies").get(1).get("p99_micros").doubleValue());
  }

  @Test
  void whatWasNotMeasuredIsNullAndNotReached() {
    JsonNode row = JsonReport.of(SKIPPED, NO_NOTES);
    for (String name : List.of("subject", "ceiling", "ratio", "min", "max")) {
      assertTrue(row.get(name).isNull(), name);
    }
    assertEquals("skipped", row.get("status").textValue());
    assertEquals("redis-server is not on the path", row.get("trouble").textValue());
    assertFalse(row.get("reached").booleanValue());
  }

  @Test
  void thePageIsWellFormedAndRefersToNothingOutside() throws Exception {
    String page = HtmlReport.of(List.of(MEASURED, SKIPPED));
    int body = page.indexOf("<body>");
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(page.substring(body).replace("</html>", ""))));
    assertFalse(page.contains("<script") || page.contains("http") || page.contains("src="), page);
    assertTrue(page.contains("Get &lt;&amp;&gt;: p99 solid, p50 dashed"), page);
    assertTrue(page.contains("skipped: redis-server is not on the path"), page);
    assertTrue(page.contains("0.450 – 0.550"), page);
  }

  @Test
  void nothingMeasuredIsAPageToo() {
    assertTrue(HtmlReport.of(List.of(SKIPPED)).endsWith("</html>\n"));
    assertTrue(HtmlReport.of(List.of()).endsWith("</html>\n"));
  }

  @Test
  void figuresHaveTheDigitsThatMatter() {
    assertEquals("0.123", Figure.of(0.1234));
    assertEquals("1.23", Figure.of(1.234));
    assertEquals("12.3", Figure.of(12.34));
    assertEquals("123,457", Figure.of(123_456.7));
  }
}
