package io.byssus.client;

import io.byssus.client.calls.Calls;
import io.byssus.client.calls.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Says how a {@link ByssusClient} works. Not for use by several threads at once. */
public final class ByssusClientBuilder {
  List<String> endpoints = List.of();
  Duration readDeadline = Duration.ofSeconds(5);
  Duration writeDeadline = Duration.ofSeconds(10);
  Duration adminDeadline = Duration.ofSeconds(30);
  Duration closeTimeout = Duration.ofSeconds(10);
  Consistency consistency = Consistency.OF_NAMESPACE;
  Acknowledgement acknowledgement = Acknowledgement.LOGGED;
  Criticality criticality = Criticality.DEFAULT;
  RetryPolicy retryPolicy = RetryPolicy.defaults();
  ConnectionOptions connectionOptions = ConnectionOptions.defaults();
  String userAgent = "";
  Supplier<String> requestIds = RequestIds.random();
  Executor callbackExecutor = Calls.commonPool();
  boolean directReads;
  int maxOpenWrites = 10_000;
  long maxOpenWriteBytes = 64L * 1024 * 1024;

  ByssusClientBuilder() {}

  /**
   * The dispatchers, each {@code host:port}: one or more. Calls go to all in turn, and to another
   * where one fails.
   */
  public ByssusClientBuilder endpoints(String... hostsAndPorts) {
    return endpoints(Arrays.asList(hostsAndPorts));
  }

  /** As {@link #endpoints(String...)}. */
  public ByssusClientBuilder endpoints(Collection<String> hostsAndPorts) {
    this.endpoints = new ArrayList<>(hostsAndPorts);
    return this;
  }

  /** How long reads may take unless their options say otherwise; default 5 s. */
  public ByssusClientBuilder readDeadline(Duration deadline) {
    this.readDeadline = Durations.requirePositive(deadline);
    return this;
  }

  /** How long writes may take unless their options say otherwise; default 10 s. */
  public ByssusClientBuilder writeDeadline(Duration deadline) {
    this.writeDeadline = Durations.requirePositive(deadline);
    return this;
  }

  /** How long administrative calls may take; default 30 s. */
  public ByssusClientBuilder adminDeadline(Duration deadline) {
    this.adminDeadline = Durations.requirePositive(deadline);
    return this;
  }

  /**
   * How long {@link ByssusClient#close()} waits for open writes; zero: not at all; default 10 s.
   */
  public ByssusClientBuilder closeTimeout(Duration timeout) {
    this.closeTimeout = Durations.requireNotNegative(timeout);
    return this;
  }

  /** How strong reads are unless their options say otherwise; default: as the namespace says. */
  public ByssusClientBuilder consistency(Consistency level) {
    this.consistency = Objects.requireNonNull(level);
    return this;
  }

  /** When writes are answered unless their options say otherwise; default LOGGED. */
  public ByssusClientBuilder acknowledgement(Acknowledgement moment) {
    this.acknowledgement = Objects.requireNonNull(moment);
    return this;
  }

  /**
   * Whether reads go straight to the servers, which saves a hop; default false. The client then
   * follows the shard map at its dispatchers, and keeps a connection to each server. A read that a
   * server cannot answer goes to a dispatcher. Promises are the same.
   */
  public ByssusClientBuilder directReads(boolean direct) {
    this.directReads = direct;
    return this;
  }

  /** How critical calls are unless their options say otherwise; default DEFAULT. */
  public ByssusClientBuilder criticality(Criticality calls) {
    this.criticality = Objects.requireNonNull(calls);
    return this;
  }

  /** How calls are repeated; default {@link RetryPolicy#defaults()}. */
  public ByssusClientBuilder retryPolicy(RetryPolicy policy) {
    this.retryPolicy = Objects.requireNonNull(policy);
    return this;
  }

  /** How connections are kept; default {@link ConnectionOptions#defaults()}. */
  public ByssusClientBuilder connectionOptions(ConnectionOptions options) {
    this.connectionOptions = Objects.requireNonNull(options);
    return this;
  }

  /** What stands before the SDK's own name in the user agent that dispatchers see. */
  public ByssusClientBuilder userAgent(String name) {
    this.userAgent = Objects.requireNonNull(name);
    return this;
  }

  /**
   * Where request ids come from: asked once per call, on the calling thread, so that the id of a
   * trace can be passed on. 1 to 64 of A-Z, a-z, 0-9 and . _ : / -; the same in every retry of the
   * call, in every log line about it and in the message of its exception. Default: random.
   */
  public ByssusClientBuilder requestIds(Supplier<String> ids) {
    this.requestIds = Objects.requireNonNull(ids);
    return this;
  }

  /**
   * Where futures are completed, and with that the code that depends on them is run, and where
   * {@link WriteListener}s are told; default: the common pool, which also takes over where the
   * executor takes no more tasks. Must not be an executor that runs tasks on the caller's own
   * thread where that code may block.
   */
  public ByssusClientBuilder callbackExecutor(Executor executor) {
    this.callbackExecutor = Objects.requireNonNull(executor);
    return this;
  }

  /**
   * How many writes may be open at once, waiting ones included: at most {@code count} (default
   * 10,000) with at most {@code bytes} of keys and values (default 64 MiB; one larger write is let
   * through alone). Beyond, a blocking write waits within its deadline, and an asynchronous one
   * fails at once with {@link NotWrittenException} and code OVERLOADED.
   */
  public ByssusClientBuilder maxOpenWrites(int count, long bytes) {
    if (count < 1 || bytes < 1) {
      throw new IllegalArgumentException("must be 1 or more, are " + count + " and " + bytes);
    }
    this.maxOpenWrites = count;
    this.maxOpenWriteBytes = bytes;
    return this;
  }

  /**
   * Makes the client. Does not connect: the first call does.
   *
   * @throws IllegalArgumentException where there is no endpoint, or one that is not host:port
   */
  public ByssusClient build() {
    return new ByssusClient(this);
  }
}
