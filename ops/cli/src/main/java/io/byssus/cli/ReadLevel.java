package io.byssus.cli;

import io.byssus.client.Consistency;
import io.byssus.client.ReadOptions;
import picocli.CommandLine.Option;

/** How strong the reads of a command are. */
final class ReadLevel {
  @Option(
      names = "--consistency",
      paramLabel = "LEVEL",
      converter = ConsistencyText.class,
      description =
          "eventual, session, bounded:TIME (as in bounded:500ms) or linearizable. "
              + "Default: session with --session, else as the namespace is declared")
  private Consistency consistency;

  /** The same reads, at the level that was asked for, if any was. */
  ReadOptions applied(ReadOptions reads) {
    return consistency == null ? reads : reads.withConsistency(consistency);
  }
}
