package io.byssus.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExitCodesTest {
  @ParameterizedTest
  @EnumSource(ErrorCode.class)
  void everyErrorHasAnExitCodeThatTheHelpExplains(ErrorCode code) {
    int exit = ExitCodes.of(code);
    assertTrue(exit > 0, code::name);
    assertTrue(ExitCodes.help().containsKey(Integer.toString(exit)), code::name);
  }

  @Test
  void whatScriptsRelyOn() {
    assertEquals(2, ExitCodes.of(ErrorCode.INVALID_REQUEST));
    assertEquals(3, ExitCodes.of(ErrorCode.NAMESPACE_NOT_FOUND));
    assertEquals(4, ExitCodes.of(ErrorCode.LOG_UNAVAILABLE));
    assertEquals(4, ExitCodes.of(ErrorCode.CONTROL_PLANE_UNAVAILABLE));
    assertEquals(5, ExitCodes.of(ErrorCode.INDETERMINATE));
    assertEquals(6, ExitCodes.of(ErrorCode.NAMESPACE_EXISTS));
  }
}
