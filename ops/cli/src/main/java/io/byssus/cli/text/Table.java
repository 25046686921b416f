package io.byssus.cli.text;

import java.util.ArrayList;
import java.util.List;

/** Rows for people: columns as wide as their widest cell, numbers to the right. */
public final class Table {
  private static final String GAP = "  ";

  private final List<String> header;
  private final List<List<String>> rows = new ArrayList<>();

  /** A table without rows; a header that starts with {@code >} makes its column right-aligned. */
  public Table(String... header) {
    this.header = List.of(header);
  }

  /** Adds a row: one cell per column, of single lines. */
  public Table row(Object... cells) {
    if (cells.length != header.size()) {
      throw new IllegalArgumentException(cells.length + " cells for " + header.size() + " columns");
    }
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(String.valueOf(cell));
    }
    rows.add(List.copyOf(row));
    return this;
  }

  /** The lines: the header, then the rows; nothing but the header where there are no rows. */
  public List<String> lines() {
    List<String> titles =
        header.stream().map(title -> isRight(title) ? title.substring(1) : title).toList();
    int[] widths = new int[header.size()];
    measure(widths, titles);
    rows.forEach(row -> measure(widths, row));
    List<String> lines = new ArrayList<>();
    lines.add(line(widths, titles));
    rows.forEach(row -> lines.add(line(widths, row)));
    return lines;
  }

  private static void measure(int[] widths, List<String> cells) {
    for (int i = 0; i < widths.length; i++) {
      widths[i] = Math.max(widths[i], DisplayWidth.of(cells.get(i)));
    }
  }

  private String line(int[] widths, List<String> cells) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String padding = " ".repeat(widths[i] - DisplayWidth.of(cells.get(i)));
      boolean right = isRight(header.get(i));
      line.append(i == 0 ? "" : GAP);
      line.append(right ? padding : "").append(cells.get(i)).append(right ? "" : padding);
    }
    return line.toString().stripTrailing();
  }

  private static boolean isRight(String title) {
    return title.startsWith(">");
  }
}
