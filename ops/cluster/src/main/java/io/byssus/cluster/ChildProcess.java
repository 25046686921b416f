package io.byssus.cluster;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * A supervised process: a command that can be started, stopped, killed and started again, with all
 * its output in one file.
 *
 * <p>While it runs, this JVM holds the only writing end of the pipe that is its standard input. The
 * operating system closes that end when this JVM ends, however it ends; a child that ends with its
 * standard input therefore never outlives its parent for long. (A suspended one does, until it is
 * resumed.)
 *
 * <p>Thread-safe; start, stop and kill of one process exclude each other.
 */
public final class ChildProcess implements AutoCloseable {
  private static final Duration KILL_LIMIT = Duration.ofSeconds(10);
  private static final int TAIL_BYTES = 64 * 1024;

  private final String name;
  private final Path log;
  private Process process;

  /**
   * A process that is not started yet.
   *
   * @param name tells it apart, in messages
   * @param log where its standard output and error go; appended to
   */
  public ChildProcess(String name, Path log) {
    this.name = name;
    this.log = log;
  }

  /** The name. */
  public String name() {
    return name;
  }

  /** The file with all its output. */
  public Path log() {
    return log;
  }

  /**
   * Starts the process; returns at once.
   *
   * @param command the program and its arguments
   * @param environment variables beside those of this JVM
   * @throws IllegalStateException where it runs already
   * @throws IOException where the program cannot be run
   */
  public synchronized void start(List<String> command, Map<String, String> environment)
      throws IOException {
    if (isAlive()) {
      throw new IllegalStateException(name + " runs already, as process " + process.pid());
    }
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(Redirect.PIPE)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    process = builder.start();
  }

  /** Whether it was started and has not ended. */
  public synchronized boolean isAlive() {
    return process != null && process.isAlive();
  }

  /**
   * The operating system's id of it.
   *
   * @throws IllegalStateException where it was never started
   */
  public synchronized long pid() {
    return started().pid();
  }

  /** How it ended; empty while it runs or was never started. */
  public synchronized OptionalInt exitCode() {
    return process == null || process.isAlive()
        ? OptionalInt.empty()
        : OptionalInt.of(process.exitValue());
  }

  /** Ends it by SIGKILL, and returns when it is gone. Nothing happens where it does not run. */
  public synchronized void kill() {
    if (process == null) {
      return;
    }
    process.destroyForcibly();
    if (!awaitExit(KILL_LIMIT)) {
      throw new IllegalStateException(name + " outlives SIGKILL, as process " + process.pid());
    }
  }

  /**
   * Asks it by SIGTERM to end, and kills it where it has not after a while.
   *
   * @return whether it ended by itself
   */
  public synchronized boolean stop(Duration limit) {
    if (process == null) {
      return true;
    }
    // Not Process.destroy(), which also closes the pipe: that would be the end of the parent.
    process.toHandle().destroy();
    boolean ended = awaitExit(limit);
    if (!ended) {
      kill();
    }
    return ended;
  }

  /** Makes it stand still (SIGSTOP): it holds its connections and files and does nothing. */
  public void suspend() throws IOException {
    signal("STOP");
  }

  /** Lets it go on after {@link #suspend()}. */
  public void resume() throws IOException {
    signal("CONT");
  }

  /** Kills it. */
  @Override
  public void close() {
    kill();
  }

  /** The end of its output: at most so many lines. */
  public String logTail(int lines) {
    if (!Files.exists(log)) {
      return "";
    }
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      byte[] tail = new byte[(int) Math.min(TAIL_BYTES, file.length())];
      file.seek(file.length() - tail.length);
      file.readFully(tail);
      List<String> all = new String(tail, StandardCharsets.UTF_8).lines().toList();
      return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
    } catch (IOException e) {
      return "(" + log + " cannot be read: " + e.getMessage() + ")";
    }
  }

  private synchronized void signal(String signal) throws IOException {
    Process kill =
        new ProcessBuilder("kill", "-" + signal, Long.toString(started().pid()))
            .redirectErrorStream(true)
            .redirectOutput(Redirect.DISCARD)
            .start();
    if (!await(kill, KILL_LIMIT) || kill.exitValue() != 0) {
      throw new IOException("cannot send SIG" + signal + " to " + name);
    }
  }

  private Process started() {
    if (process == null) {
      throw new IllegalStateException(name + " was never started");
    }
    return process;
  }

  private boolean awaitExit(Duration limit) {
    return await(process, limit);
  }

  /** An interrupt is kept for the caller: a process half ended is worse than a late interrupt. */
  private static boolean await(Process process, Duration limit) {
    boolean interrupted = false;
    long end = System.nanoTime() + limit.toNanos();
    try {
      while (true) {
        try {
          return process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
