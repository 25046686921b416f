package io.byssus.model;

/** The limits on what users may ask, the same everywhere. */
public final class Limits {
  /** Bytes of a partition key and a sort key together. */
  public static final int MAX_KEY_BYTES = 4 * 1024;

  /** Bytes of a value. */
  public static final int MAX_VALUE_BYTES = 1024 * 1024;

  /** Operations of a batch. */
  public static final int MAX_BATCH_OPERATIONS = 1_000;

  /** Bytes of keys and values of a batch. */
  public static final int MAX_BATCH_BYTES = 4 * 1024 * 1024;

  /** Keys of a multi-get. */
  public static final int MAX_MULTI_GET_KEYS = 1_000;

  /** Bytes of values in one answer of a multi-get or one piece of a scan. */
  public static final int MAX_RESPONSE_BYTES = 4 * 1024 * 1024;

  /** Bytes of a record of the log, with everything around the keys and values. */
  public static final int MAX_LOG_RECORD_BYTES = 6 * 1024 * 1024;

  /** Bytes of a gRPC message. */
  public static final int MAX_GRPC_MESSAGE_BYTES = 8 * 1024 * 1024;

  /** Versions of a record that a namespace may keep readable. */
  public static final int MAX_VERSIONS = 1_000;

  /** Versions in one answer. */
  public static final int MAX_LISTED_VERSIONS = 1_000;

  /** How long a record may be given to live: 100 years. */
  public static final long MAX_TTL_MILLIS = 3_155_760_000_000L;

  /** The staleness that a BOUNDED read may allow: an hour. */
  public static final long MAX_STALENESS_MILLIS = 3_600_000;

  /** Shards of a cluster. */
  public static final int MAX_SHARDS = 65_536;

  /** Sequences of one writer and shard that may be open at once. */
  public static final int WRITER_WINDOW = 1_024;

  /** Writes of one shard that one question asks the outcomes of. */
  public static final int MAX_ASKED_OUTCOMES = 1_000;

  /** The format of log records that this release writes, and the highest that it reads. */
  public static final int LOG_FORMAT_VERSION = 1;

  private Limits() {}
}
