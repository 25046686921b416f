package io.byssus.wal;

import io.byssus.proto.log.v1.LogRecord;

/** What a reader makes of a log entry's bytes. */
public sealed interface DecodedRecord {
  /** A record to apply. */
  record Readable(LogRecord record) implements DecodedRecord {}

  /**
   * Bytes that are no record of Byssus. Every replica applies them as nothing.
   *
   * @param why for people
   */
  record Undecodable(String why) implements DecodedRecord {}

  /**
   * A record that a newer release wrote. The replica halts: to skip it would be to guess.
   *
   * @param why for people
   */
  record Newer(String why) implements DecodedRecord {}
}
