package io.byssus.cli.demo;

import io.byssus.client.Namespace;
import io.byssus.client.PageToken;
import io.byssus.client.Scan;
import io.byssus.client.ScanCursor;
import io.byssus.client.ScanPage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Answers questions by scans, and checks the answers against the file. */
final class QuestionStep {
  private static final int SHOWN = 3;

  private static final List<Question> QUESTIONS =
      List.of(
          new Question("US", "San "),
          new Question("DE", "Neu"),
          new Question("JP", "Kana"),
          new Question("TR", "Ç"),
          new Question("UA", "Б"),
          new Question("NL", "Zz"));

  private static final Question PAGED = new Question("FR", "Saint-");
  private static final int PAGE = 100;

  private final DemoScreen screen;
  private final Summary summary;

  /** Which places of a country have a name that starts so? */
  private record Question(String country, String prefix) {}

  QuestionStep(DemoScreen screen, Summary summary) {
    this.screen = screen;
    this.summary = summary;
  }

  /** Asks all of them. */
  void ask(Places places, Namespace namespace) {
    Latencies latencies = new Latencies();
    long begin = System.nanoTime();
    for (Question question : QUESTIONS) {
      long asked = System.nanoTime();
      List<Row> answer;
      try (ScanCursor cursor = namespace.scan(Scan.of(question.country).prefix(question.prefix))) {
        answer = cursor.stream().map(Row::of).toList();
      }
      latencies.record(System.nanoTime() - asked);
      check(question, places, answer);
    }
    List<Row> paged = pages(namespace);
    check(PAGED, places, paged);
    summary.measured("questions answered by a scan", System.nanoTime() - begin, latencies);
    summary.checked("answers that equal the file's", QUESTIONS.size() + 1L);
  }

  private void check(Question question, Places places, List<Row> answer) {
    List<Row> expected = places.withPrefix(question.country, question.prefix);
    OrderedCheck.compare(expected, answer)
        .mustBeNone("places of " + question.country + " that start with '" + question.prefix + "'");
    String first =
        answer.stream().limit(SHOWN).map(QuestionStep::name).collect(Collectors.joining(", "));
    screen.line(
        String.format(
            "%s, names from '%s': %,d%s%s%s",
            question.country,
            question.prefix,
            answer.size(),
            first.isEmpty() ? "" : ": ",
            first,
            answer.size() > SHOWN ? ", …" : ""));
  }

  /** The same kind of answer, page by page, each page asked for by the token of the one before. */
  private static List<Row> pages(Namespace namespace) {
    List<Row> rows = new ArrayList<>();
    Scan scan = Scan.of(PAGED.country).prefix(PAGED.prefix).limit(PAGE);
    Optional<PageToken> next;
    do {
      ScanPage page = namespace.scanPage(scan);
      if (page.records().size() > PAGE) {
        throw new CheckFailed("a page of " + page.records().size() + " for a limit of " + PAGE);
      }
      page.records().forEach(record -> rows.add(Row.of(record)));
      next = page.nextPage();
      if (next.isPresent()) {
        scan = scan.after(next.get());
      }
    } while (next.isPresent());
    return rows;
  }

  private static String name(Row row) {
    byte[] key = row.key().sortKey();
    int end = 0;
    while (end < key.length && key[end] != 0) {
      end++;
    }
    return new String(key, 0, end, StandardCharsets.UTF_8);
  }
}
