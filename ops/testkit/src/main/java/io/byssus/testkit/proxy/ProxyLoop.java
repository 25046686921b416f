package io.byssus.testkit.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The thread that carries the bytes of any number of proxies. Everything that a proxy holds is
 * touched by this thread alone; others hand it what is to be done and wait until it is.
 * Thread-safe.
 */
public final class ProxyLoop implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Selector selector;
  private final Queue<Task> tasks = new ConcurrentLinkedQueue<>();
  private final Set<FaultProxy> proxies = new LinkedHashSet<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final Thread thread = new Thread(this::loop, "fault-proxies");
  private volatile boolean closed;

  private record Task(Runnable body, CompletableFuture<Void> done) {
    void run() {
      try {
        body.run();
        done.complete(null);
      } catch (RuntimeException | Error e) {
        done.completeExceptionally(e);
      }
    }
  }

  /** A loop without proxies. */
  public ProxyLoop() throws IOException {
    selector = Selector.open();
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Opens a proxy through which everything passes.
   *
   * @param listen where it listens; port 0: any that is free
   * @param target where it leads to; need not listen yet
   * @throws IOException where the port is taken
   */
  public FaultProxy open(InetSocketAddress listen, InetSocketAddress target) throws IOException {
    FaultProxy proxy = new FaultProxy(this, listen, target);
    run(
        () -> {
          try {
            proxy.listen(selector);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          proxies.add(proxy);
        });
    return proxy;
  }

  /** Runs something on the thread and returns when it is done. */
  void run(Runnable body) {
    if (Thread.currentThread() == thread) {
      body.run();
      return;
    }
    Task task = new Task(body, new CompletableFuture<>());
    tasks.add(task);
    selector.wakeup();
    if (closed) {
      refuseTasks();
    }
    try {
      task.done().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  void forget(FaultProxy proxy) {
    proxies.remove(proxy);
  }

  /** Closes every proxy and ends the thread. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    run(() -> List.copyOf(proxies).forEach(FaultProxy::close));
    closed = true;
    selector.wakeup();
  }

  private void loop() {
    try (selector) {
      long now = System.nanoTime();
      while (!closed) {
        select(now);
        for (Task task = tasks.poll(); task != null; task = tasks.poll()) {
          task.run();
        }
        now = System.nanoTime();
        for (SelectionKey key : selector.selectedKeys()) {
          ready(key, now);
        }
        selector.selectedKeys().clear();
        for (FaultProxy proxy : proxies) {
          for (Link link : List.copyOf(proxy.links())) {
            link.settle(now);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      closed = true;
      refuseTasks();
    }
  }

  private void refuseTasks() {
    for (Task task = tasks.poll(); task != null; task = tasks.poll()) {
      task.done().completeExceptionally(new IllegalStateException("the proxies are closed"));
    }
  }

  private void ready(SelectionKey key, long now) throws IOException {
    if (!key.isValid()) {
      return;
    }
    if (key.attachment() instanceof FaultProxy proxy) {
      proxy.accept(selector);
    } else {
      ((Link) key.attachment()).ready(buffer, now);
    }
  }

  /**
   * Waits for a socket or for the moment at which something becomes due.
   *
   * @param settledNanos when the links were settled last. What has become due since is not waited
   *     for at its socket, so a later moment here would forget it
   */
  private void select(long settledNanos) throws IOException {
    long nanos = Long.MAX_VALUE;
    for (FaultProxy proxy : proxies) {
      for (Link link : proxy.links()) {
        nanos = Math.min(nanos, link.nanosUntilDue(settledNanos));
      }
    }
    if (!tasks.isEmpty()) {
      selector.selectNow();
    } else if (nanos == Long.MAX_VALUE) {
      selector.select();
    } else {
      selector.select(Math.max(1, nanos / NANOS_PER_MILLI));
    }
  }
}
