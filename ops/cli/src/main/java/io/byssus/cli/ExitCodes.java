package io.byssus.cli;

import io.byssus.model.ErrorCode;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the exit codes of the command mean; scripts rely on them. */
final class ExitCodes {
  /** Done. */
  static final int OK = 0;

  /** A fault, or a check of the demo that failed. */
  static final int FAILED = 1;

  /**
   * The command line or the configuration is wrong, or the cluster refuses the request as wrong.
   */
  static final int USAGE = 2;

  /** The record, namespace or node does not exist. */
  static final int NOT_FOUND = 3;

  /** Nobody answers, or the cluster cannot do it now; no record was written. Try again. */
  static final int UNAVAILABLE = 4;

  /** Whether the write happened is not known. */
  static final int INDETERMINATE = 5;

  /** It stands against what is there: the thing exists already, or is not in the state for it. */
  static final int CONFLICT = 6;

  /** A write took no effect: its condition did not hold, or its increment could not be done. */
  static final int CONDITION_FAILED = 7;

  private ExitCodes() {}

  /** As {@code byssus --help} shows them. */
  static Map<String, String> help() {
    Map<String, String> help = new LinkedHashMap<>();
    help.put("0", "Done");
    help.put("1", "Failed: a fault, or a check of the demo that did not hold");
    help.put("2", "Wrong usage, configuration or request");
    help.put("3", "Not found: the record, namespace or node");
    help.put("4", "Unavailable: nobody answers, or not now; no record was written");
    help.put("5", "Indeterminate: whether the write happened is not known");
    help.put("6", "Conflict: exists already, or is not in the state for this");
    help.put("7", "Condition failed: the write took no effect, nothing was written");
    return help;
  }

  /** The exit code for an error of the cluster. */
  static int of(ErrorCode code) {
    return switch (code) {
      case INVALID_REQUEST -> USAGE;
      case NAMESPACE_NOT_FOUND, NOT_FOUND_IN_CLUSTER -> NOT_FOUND;
      case LOG_UNAVAILABLE,
          WRITE_EXPIRED,
          NO_REPLICA,
          REPLICA_BEHIND,
          REPLICA_HALTED,
          SHARD_NOT_HERE,
          SHARD_LAGGING,
          NOT_LEADER,
          CONTROL_PLANE_UNAVAILABLE,
          CLUSTER_NOT_READY,
          OVERLOADED,
          SHUTTING_DOWN,
          DEADLINE_PASSED ->
          UNAVAILABLE;
      case INDETERMINATE -> INDETERMINATE;
      case NAMESPACE_EXISTS,
          NAMESPACE_CHANGED,
          CLUSTER_EXISTS,
          NODE_ID_IN_USE,
          WRONG_CLUSTER,
          LOG_REFUSED,
          SESSION_LOST ->
          CONFLICT;
      case INTERNAL_FAULT -> FAILED;
    };
  }
}
