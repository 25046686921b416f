package io.byssus.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadinessTest {

  @Test
  void tellsEachChangeOnceAndNeverLeavesStopping() {
    var readiness = new Readiness();
    var seen = new ArrayList<String>();
    readiness.listen(state -> seen.add(state.reason()));
    readiness.waitingFor("the log");
    readiness.waitingFor("the log");
    readiness.ready();
    readiness.stopping();
    readiness.ready();
    assertEquals(List.of("starting", "waiting for the log", "ready", "stopping"), seen);
    assertEquals(new Readiness.State(false, true, "stopping"), readiness.state());
  }
}
