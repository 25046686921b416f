package io.byssus.bench.stage;

import io.byssus.cluster.ChildProcess;
import io.byssus.cluster.JavaCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** A process that says on a line of its own, beginning with {@code ready}, when it serves. */
public final class ReadyProcess implements AutoCloseable {
  private static final String READY = "ready ";
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final long POLL_NANOS = 5_000_000;
  private static final int LINES = 200;

  private final ChildProcess process;
  private final String told;

  private ReadyProcess(ChildProcess process, String told) {
    this.process = process;
    this.told = told;
  }

  /**
   * Starts a JVM; returns when it serves.
   *
   * @param log where its output goes; does not exist yet
   * @throws TimeoutException where it is not ready in a minute
   */
  public static ReadyProcess start(String name, JavaCommand command, Path log) throws Exception {
    return start(name, command.words(), command.environment(), log);
  }

  private static ReadyProcess start(
      String name, List<String> words, Map<String, String> environment, Path log)
      throws IOException, InterruptedException, TimeoutException {
    ChildProcess process = new ChildProcess(name, log);
    process.start(words, environment);
    long limit = System.nanoTime() + LIMIT.toNanos();
    Optional<String> ready = readyLine(process);
    try {
      while (ready.isEmpty()) {
        if (!process.isAlive()) {
          throw new IOException(name + " has ended by itself: " + process.logTail(LINES));
        }
        if (System.nanoTime() > limit) {
          throw new TimeoutException(name + " is not ready after " + LIMIT);
        }
        LockSupport.parkNanos(POLL_NANOS);
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        ready = readyLine(process);
      }
    } catch (IOException | InterruptedException | TimeoutException e) {
      process.close();
      throw e;
    }
    return new ReadyProcess(process, ready.get());
  }

  /** A line is whole when another follows, or the log ends with its end. */
  private static Optional<String> readyLine(ChildProcess process) {
    return process
        .logTail(LINES)
        .lines()
        .filter(line -> line.startsWith(READY))
        .map(line -> line.substring(READY.length()).strip())
        .findFirst();
  }

  /** What it told behind {@code ready}. */
  public String told() {
    return told;
  }

  /** Asks it to end, and kills it where it does not in time. */
  public void stop(Duration limit) {
    process.stop(limit);
  }

  /** Kills it. */
  @Override
  public void close() {
    process.close();
  }
}
