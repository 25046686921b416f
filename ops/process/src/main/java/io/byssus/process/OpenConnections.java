package io.byssus.process;

import io.netty.channel.Channel;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The connections of a port that takes a bounded number of them: where one comes that is too many,
 * the one goes that has been silent longest. To refuse the newcomer would be an answer to nobody's
 * question: clients keep connections that they do not need any more.
 *
 * <p>For the port's one thread.
 */
final class OpenConnections {
  private final int most;
  private final Set<Channel> longestSilentFirst = new LinkedHashSet<>();

  OpenConnections(int most) {
    this.most = most;
  }

  void opened(Channel connection) {
    connection.closeFuture().addListener(closed -> longestSilentFirst.remove(connection));
    used(connection);
    if (longestSilentFirst.size() > most) {
      Iterator<Channel> eldest = longestSilentFirst.iterator();
      Channel silent = eldest.next();
      eldest.remove();
      silent.close();
    }
  }

  /** Something came on a connection, or an answer has gone out. */
  void used(Channel connection) {
    longestSilentFirst.remove(connection);
    if (connection.isOpen()) {
      longestSilentFirst.add(connection);
    }
  }
}
