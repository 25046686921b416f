package io.byssus.cli;

import com.google.protobuf.ByteString;
import io.byssus.client.Condition;
import io.byssus.client.OperationOptions;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Under which condition a record is changed, and which version it gets. */
final class ConditionOptions {
  @ArgGroup(exclusive = true, multiplicity = "0..1")
  private Test test;

  @Option(
      names = "--version",
      paramLabel = "V",
      converter = VersionText.class,
      description = "The record's new version: required under the rule VERSION, and only there.")
  private Long version;

  /** One test at most. */
  private static final class Test {
    @Option(names = "--if-absent", description = "Only if there is no such record.")
    private boolean absent;

    @Option(names = "--if-present", description = "Only if there is such a record.")
    private boolean present;

    @Option(
        names = "--if-version",
        paramLabel = "V",
        converter = VersionText.class,
        description = "Only if the record has this version.")
    private Long versionEquals;

    @Option(
        names = "--if-value",
        paramLabel = "BYTES",
        converter = BytesText.class,
        description = "Only if the record has this value; escapes as in keys.")
    private ByteString valueEquals;

    private Condition condition() {
      if (versionEquals != null) {
        return Condition.versionEquals(versionEquals);
      }
      if (valueEquals != null) {
        return Condition.valueEquals(valueEquals.toByteArray());
      }
      return absent ? Condition.absent() : Condition.present();
    }
  }

  /** The same change, with what was asked for. */
  OperationOptions applied(OperationOptions operation) {
    OperationOptions asked = version == null ? operation : operation.withVersion(version);
    return test == null ? asked : asked.withCondition(test.condition());
  }
}
