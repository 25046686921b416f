package io.byssus.bench.growth;

import io.byssus.bench.load.Records;
import io.byssus.bench.stage.Spreading;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What grows, and how far. */
public enum GrowthCurve {
  /** Records spread evenly over namespaces; reads hit any of them, writes move through all. */
  NAMESPACES("namespaces", "namespaces", List.of(1L, 100L, 10_000L)),
  /** Shards of the cluster. */
  SHARDS("shards", "shards", List.of(16L, 256L, 1_024L)),
  /** Bytes of a value; as many records as make a gigabyte, and no more than of the others. */
  VALUE_SIZE("value-size", "bytes of a value", List.of(10L, 100L, 1_000L, 10_000L, 100_000L)),
  /** Versions kept of a record, all of them written; reads of the newest. */
  VERSIONS("versions", "versions kept", List.of(1L, 10L, 100L));

  private static final int SHARDS_USED = 16;
  private static final int USUAL_VALUE_BYTES = 100;
  private static final int KEY_BYTES = 16;

  /** So large are values of which there are as many as of any. */
  private static final long LARGEST_OF_ALL = 1_000;

  /** One of so many records is written over and over where versions are kept. */
  private static final int VERSIONED_PART = 10;

  private final String label;
  private final String axis;
  private final List<Long> xs;

  GrowthCurve(String label, String axis, List<Long> xs) {
    this.label = label;
    this.axis = axis;
    this.xs = xs;
  }

  /** The names of all curves, as users give them. */
  public static List<String> labels() {
    return Arrays.stream(values()).map(GrowthCurve::label).toList();
  }

  /** Its name, as users give it. */
  public String label() {
    return label;
  }

  /** What x is, for people. */
  public String axis() {
    return axis;
  }

  /**
   * What is measured, by rising x.
   *
   * @param records how many there are where nothing else is said: 1,000 and up
   */
  List<GrowthPoint> points(int records) {
    List<GrowthPoint> points = new ArrayList<>();
    xs.forEach(x -> points.add(at(x, records)));
    return points;
  }

  private GrowthPoint at(long x, int records) {
    int n = (int) x;
    return switch (this) {
      case NAMESPACES ->
          new GrowthPoint(x, x, new Spreading(SHARDS_USED, n, 1, usual(Math.max(n, records))));
      case SHARDS -> new GrowthPoint(x, x, new Spreading(n, 1, 1, usual(records)));
      case VALUE_SIZE ->
          new GrowthPoint(x, KEY_BYTES + x, new Spreading(SHARDS_USED, 1, 1, sized(n, records)));
      case VERSIONS ->
          new GrowthPoint(x, x, new Spreading(SHARDS_USED, 1, n, usual(records / VERSIONED_PART)));
    };
  }

  private static Records usual(int count) {
    return new Records(count, USUAL_VALUE_BYTES);
  }

  private static Records sized(int valueBytes, int records) {
    long fitting = records * LARGEST_OF_ALL / valueBytes;
    return new Records((int) Math.max(1, Math.min(records, fitting)), valueBytes);
  }
}
