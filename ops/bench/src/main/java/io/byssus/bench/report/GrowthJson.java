package io.byssus.bench.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.byssus.bench.engine.Spread;
import io.byssus.bench.growth.GrowthLine;
import io.byssus.bench.growth.GrowthLine.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** Lines of growth for programs. */
public final class GrowthJson {
  private GrowthJson() {}

  /**
   * One object for each point: {@code curve}, {@code x}, {@code figure} ({@code get-throughput},
   * {@code get-p99} and the like), {@code unit}, {@code median}, {@code min} and {@code max} (of
   * the rounds), {@code rise} (how many times the cost at the first point this is), {@code growth}
   * ({@code first}, {@code flat}, {@code at_most_linear}, {@code worse} or {@code unknown}), {@code
   * bound} (what the whole line may be: {@code linear} or {@code not_at_all}) and {@code reached}
   * (whether the whole line is). What was not measured is null, and {@code trouble} says why.
   */
  public static List<ObjectNode> of(GrowthLine line) {
    List<ObjectNode> objects = new ArrayList<>();
    line.marks().forEach(mark -> objects.add(of(line, mark)));
    return objects;
  }

  private static ObjectNode of(GrowthLine line, Mark mark) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("curve", line.curve().label()).put("x", mark.x());
    json.put("figure", line.figure().name()).put("unit", line.figure().unit());
    if (mark.figures().isPresent()) {
      Spread figures = mark.figures().get();
      json.put("median", figures.median()).put("min", figures.min()).put("max", figures.max());
    } else {
      json.putNull("median").putNull("min").putNull("max");
    }
    OptionalDouble rise = line.rise(mark);
    if (rise.isPresent()) {
      json.put("rise", rise.getAsDouble());
    } else {
      json.putNull("rise");
    }
    json.put("growth", line.growth(mark).name().toLowerCase(Locale.ROOT));
    json.put("bound", line.bound().name().toLowerCase(Locale.ROOT));
    json.put("reached", line.reached());
    if (!mark.trouble().isEmpty()) {
      json.put("trouble", mark.trouble());
    }
    return json;
  }
}
