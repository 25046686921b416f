package io.byssus.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.byssus.bench.engine.Spread;
import io.byssus.bench.growth.GrowthCurve;
import io.byssus.bench.growth.GrowthFigure;
import io.byssus.bench.growth.GrowthFigure.Kind;
import io.byssus.bench.growth.GrowthLine;
import io.byssus.bench.growth.GrowthLine.Mark;
import io.byssus.bench.growth.Workload;
import java.io.StringReader;
import java.util.List;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class GrowthReportTest {
  private static final GrowthLine THROUGHPUT =
      new GrowthLine(
          GrowthCurve.NAMESPACES,
          new GrowthFigure(Workload.GET, Kind.THROUGHPUT),
          List.of(
              new Mark(1, 1, Optional.of(new Spread(20_000, 19_000, 21_000)), ""),
              new Mark(10_000, 10_000, Optional.of(new Spread(10_000, 9_000, 11_000)), "")));

  private static final GrowthLine P99 =
      new GrowthLine(
          GrowthCurve.NAMESPACES,
          new GrowthFigure(Workload.GET, Kind.P99),
          List.of(
              new Mark(1, 1, Optional.of(new Spread(900, 800, 1_000)), ""),
              new Mark(10_000, 10_000, Optional.empty(), "no <&> cluster")));

  @Test
  void aPointIsOneJsonObject() throws Exception {
    JsonNode point = new ObjectMapper().readTree(GrowthJson.of(THROUGHPUT).get(1).toString());
    assertEquals("namespaces", point.get("curve").textValue());
    assertEquals(10_000, point.get("x").longValue());
    assertEquals("get-throughput", point.get("figure").textValue());
    assertEquals("ops/s", point.get("unit").textValue());
    assertEquals(10_000, point.get("median").doubleValue());
    assertEquals(9_000, point.get("min").doubleValue());
    assertEquals(11_000, point.get("max").doubleValue());
    assertEquals(2, point.get("rise").doubleValue());
    assertEquals("at_most_linear", point.get("growth").textValue());
    assertEquals("not_at_all", point.get("bound").textValue());
    assertFalse(point.get("reached").booleanValue());
  }

  @Test
  void aPointThatWasNotMeasuredIsNullAndSaysWhy() {
    JsonNode point = GrowthJson.of(P99).get(1);
    for (String name : List.of("median", "min", "max", "rise")) {
      assertTrue(point.get(name).isNull(), name);
    }
    assertEquals("unknown", point.get("growth").textValue());
    assertEquals("no <&> cluster", point.get("trouble").textValue());
  }

  @Test
  void theVerdictNamesWhatIsNotReached() {
    assertEquals(
        "namespaces: not reached: get-throughput must be flat; its cost is × 1.00 at 1, × 2.00 at"
            + " 10,000",
        GrowthVerdict.of(List.of(THROUGHPUT)));
    GrowthLine one = new GrowthLine(GrowthCurve.SHARDS, P99.figure(), P99.marks().subList(0, 1));
    assertEquals("shards: reached", GrowthVerdict.of(List.of(one)));
  }

  @Test
  void thePageIsWellFormedAndRefersToNothingOutside() throws Exception {
    String page = GrowthPage.of(List.of(THROUGHPUT, P99));
    int body = page.indexOf("<body>");
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(page.substring(body).replace("</html>", ""))));
    assertFalse(page.contains("<script") || page.contains("http") || page.contains("src="), page);
    assertTrue(page.contains("failed: no &lt;&amp;&gt; cluster"), page);
    assertEquals(2, page.split("<svg", -1).length - 1, "a plot of each kind");
    // Two medians joined, at the ends of the axis.
    assertTrue(page.matches("(?s).*<polyline points=\"100\\.0,[0-9.]+ 600\\.0,[0-9.]+\".*"), page);
  }

  @Test
  void nothingMeasuredIsAPageToo() {
    assertTrue(GrowthPage.of(List.of()).endsWith("</html>\n"));
  }
}
