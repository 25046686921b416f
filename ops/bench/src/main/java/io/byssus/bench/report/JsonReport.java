package io.byssus.bench.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.byssus.bench.engine.CaseResult;
import io.byssus.bench.engine.LatencyCurve;
import io.byssus.bench.engine.Reference;
import io.byssus.bench.engine.Target;
import java.util.Locale;

/** A row for programs. */
public final class JsonReport {
  private JsonReport() {}

  /**
   * One object: {@code case}, {@code against}, {@code unit}, {@code subject} and {@code ceiling}
   * (medians), {@code ratio} (the median of the rounds), {@code min} and {@code max} (of the
   * ratios), {@code target}, {@code bound} ({@code at_least} or {@code at_most}), {@code reached},
   * {@code status} ({@code measured}, {@code skipped} or {@code failed}) and {@code latencies}, by
   * load. What was not measured is null, and {@code trouble} says why. Where nothing is asked of
   * the ratio, {@code target}, {@code bound} and {@code reached} are null.
   *
   * <p>Where it is known what the ceiling reached elsewhere, {@code reference} has {@code low} and
   * {@code high} of it, {@code conditions}, {@code part} (the ceiling as a part of it) and {@code
   * within_30_percent}; where that is false, {@code why}.
   *
   * @param notes of all rows of the run
   */
  public static ObjectNode of(CaseResult row, ReferenceNotes notes) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("case", row.name()).put("against", row.ceilingName()).put("unit", row.unit());
    if (row.figures().isPresent()) {
      CaseResult.Figures figures = row.figures().get();
      json.put("subject", figures.subject().median()).put("ceiling", figures.ceiling().median());
      json.put("ratio", figures.ratio().median());
      json.put("min", figures.ratio().min()).put("max", figures.ratio().max());
    } else {
      for (String name : new String[] {"subject", "ceiling", "ratio", "min", "max"}) {
        json.putNull(name);
      }
    }
    Target target = row.target();
    if (target.isSet()) {
      json.put("target", target.ratio());
      json.put("bound", target.bound().name().toLowerCase(Locale.ROOT));
      json.put("reached", row.reached());
    } else {
      json.putNull("target").putNull("bound").putNull("reached");
    }
    json.put("status", status(row));
    if (row.figures().isPresent() && row.reference().isPresent()) {
      json.set("reference", reference(row, notes));
    }
    if (!row.trouble().isEmpty()) {
      json.put("trouble", row.trouble());
    }
    for (LatencyCurve curve : row.curves()) {
      for (LatencyCurve.Point point : curve.points()) {
        json.withArray("latencies")
            .addObject()
            .put("of", curve.contender())
            .put("load", point.perSecond())
            .put("p50_micros", point.p50Micros())
            .put("p99_micros", point.p99Micros());
      }
    }
    return json;
  }

  private static ObjectNode reference(CaseResult row, ReferenceNotes notes) {
    Reference reference = row.reference().orElseThrow();
    boolean near = ReferenceNotes.isNear(row);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("low", reference.low()).put("high", reference.high());
    json.put("conditions", reference.conditions());
    json.put("part", reference.part(row.figures().orElseThrow().ceiling().median()));
    json.put("within_30_percent", near);
    if (!near) {
      json.put("why", notes.why(row));
    }
    return json;
  }

  private static String status(CaseResult row) {
    if (row.figures().isPresent()) {
      return "measured";
    }
    return row.skipped() ? "skipped" : "failed";
  }
}
