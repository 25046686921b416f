package io.byssus.systemtests.history;

import io.byssus.cluster.ChildProcess;
import io.byssus.testkit.proxy.Direction;
import io.byssus.testkit.proxy.FaultProxy;
import io.byssus.testkit.proxy.Passage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** What happens to a node. */
enum FaultKind {
  /** It is gone. */
  SIGKILL,
  /** It stands still, and then goes on as if nothing had been. */
  SIGSTOP,
  /** Its connections are reset, and no new one lasts. */
  CUT,
  /** What is sent to it arrives and its answers do not, or the other way round. */
  ONE_WAY_CUT,
  /** All that it is sent and answers is late. */
  DELAY,
  /** All that it is sent and answers is lost, and nobody is told. */
  DROP;

  private static final int LEAST_DELAY_MILLIS = 50;
  private static final int MOST_DELAY_MILLIS = 400;

  /** Begins. */
  void strike(ChildProcess process, List<FaultProxy> proxies, int choice) throws IOException {
    switch (this) {
      case SIGKILL -> process.kill();
      case SIGSTOP -> process.suspend();
      case CUT -> proxies.forEach(FaultProxy::cut);
      case ONE_WAY_CUT -> {
        Direction lost = choice % 2 == 0 ? Direction.TO_TARGET : Direction.FROM_TARGET;
        proxies.forEach(proxy -> proxy.set(lost, Passage.DROP));
      }
      case DELAY -> {
        int millis = LEAST_DELAY_MILLIS + choice % (MOST_DELAY_MILLIS - LEAST_DELAY_MILLIS);
        proxies.forEach(proxy -> proxy.set(Passage.late(Duration.ofMillis(millis))));
      }
      case DROP -> proxies.forEach(proxy -> proxy.set(Passage.DROP));
    }
  }
}
