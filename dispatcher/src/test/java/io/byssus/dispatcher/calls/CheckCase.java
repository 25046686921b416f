package io.byssus.dispatcher.calls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.FieldProblem;
import io.byssus.proto.kv.v1.Key;
import java.util.List;

/**
 * A request and what must be said of it.
 *
 * @param field the field at fault; empty: the request passes
 * @param problem a part of the sentence, which names the limit
 */
public record CheckCase(String name, Runnable check, String field, String problem) {
  /** One that passes. */
  public static CheckCase good(String name, Runnable check) {
    return new CheckCase(name, check, "", "");
  }

  /** One that does not. */
  public static CheckCase bad(String name, Runnable check, String field, String problem) {
    return new CheckCase(name, check, field, problem);
  }

  /** Checks it. */
  public void verify() {
    if (field.isEmpty()) {
      check.run();
      return;
    }
    ByssusException error = assertThrows(ByssusException.class, check::run);
    assertEquals(ErrorCode.INVALID_REQUEST, error.code());
    assertEquals(List.of(field), error.problems().stream().map(FieldProblem::field).toList());
    String said = error.problems().get(0).problem();
    assertTrue(said.contains(problem), said);
    assertTrue(error.getMessage().contains(field + " " + said), error.getMessage());
  }

  /** A key of so many bytes. */
  public static Key key(int partitionKeyBytes, int sortKeyBytes) {
    return Key.newBuilder()
        .setPartitionKey(zeros(partitionKeyBytes))
        .setSortKey(zeros(sortKeyBytes))
        .build();
  }

  /** So many bytes. */
  public static ByteString zeros(int length) {
    return ByteString.copyFrom(new byte[length]);
  }

  @Override
  public String toString() {
    return name;
  }
}
