package io.byssus.bench.stage;

import io.byssus.bench.load.Records;

/**
 * How records are laid into a cluster.
 *
 * @param shards of the cluster
 * @param namespaces over which the records are spread evenly: 1 and up, and no more than records
 * @param versions how many each namespace keeps of a record, and how often each record is written
 * @param records what they are
 */
public record Spreading(int shards, int namespaces, int versions, Records records) {
  /** Checks the numbers. */
  public Spreading {
    if (shards < 1 || versions < 1) {
      throw new IllegalArgumentException("must be 1 or more, are " + shards + " and " + versions);
    }
    if (namespaces < 1 || namespaces > records.count()) {
      throw new IllegalArgumentException(
          "there must be 1 to " + records.count() + " namespaces, are " + namespaces);
    }
  }

  /** Which namespace a record is in: 0 and up. */
  int namespaceOf(long number) {
    return (int) (number % namespaces);
  }
}
