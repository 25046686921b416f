package io.byssus.bench.stage;

import io.byssus.bench.ceilings.RedisLanes;
import io.byssus.bench.engine.NotInstalledException;
import io.byssus.bench.load.Records;
import io.byssus.cluster.ChildProcess;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A Redis of this machine's own packages, in memory only, with the same records. */
public final class Redis implements AutoCloseable {
  private static final String PROGRAM = "redis-server";
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final long POLL_NANOS = 20_000_000;
  private static final int BATCH = 1_000;
  private static final int LOADERS = 8;

  /**
   * Redis does not end with the input of its parent, as our own processes do: a shell does so for
   * it. The shell waits in the background, as it looks after signals only there.
   */
  private static final String SUPERVISED =
      "exec 3<&0; \"$@\" < /dev/null & redis=$!; cat <&3 > /dev/null & input=$!;"
          + " trap 'kill $redis $input' TERM; wait $input; kill $redis $input 2> /dev/null;"
          + " wait $redis";

  private final ChildProcess process;
  private final int port;

  private Redis(ChildProcess process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts Redis and loads the records.
   *
   * @param folder for its log; made where it is missing
   * @throws NotInstalledException where there is no {@code redis-server} on the path
   */
  public static Redis start(Path folder, Records records) throws Exception {
    Path program = program();
    Files.createDirectories(folder);
    int port = freePort();
    ChildProcess process = new ChildProcess("redis", folder.resolve("redis.log"));
    Redis redis = new Redis(process, port);
    process.start(
        List.of(
            "sh",
            "-c",
            SUPERVISED,
            "sh",
            program.toString(),
            "--port",
            Integer.toString(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            folder.toString()),
        Map.of());
    try {
      redis.load(records);
      return redis;
    } catch (Exception e) {
      redis.close();
      throw e;
    }
  }

  /** Connections to it. */
  public RedisLanes connect(int connections) throws IOException {
    return new RedisLanes(port, connections);
  }

  @Override
  public void close() {
    process.stop(LIMIT);
  }

  private void load(Records records) throws Exception {
    int batches = (records.count() + BATCH - 1) / BATCH;
    try (RedisLanes lanes = connectWhenReady()) {
      lanes.send(
          new AbstractList<>() {
            @Override
            public byte[] get(int batch) {
              int first = batch * BATCH;
              return setAll(records, first, Math.min(records.count(), first + BATCH));
            }

            @Override
            public int size() {
              return batches;
            }
          });
    }
  }

  private static byte[] setAll(Records records, int first, int beyond) {
    byte[][] words = new byte[1 + 2 * (beyond - first)][];
    words[0] = RedisLanes.ascii("MSET");
    for (int i = first; i < beyond; i++) {
      words[1 + 2 * (i - first)] = records.key(i);
      words[2 + 2 * (i - first)] = records.value(i);
    }
    return RedisLanes.request(words);
  }

  private RedisLanes connectWhenReady() throws IOException {
    long limit = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      try {
        return connect(LOADERS);
      } catch (ConnectException e) {
        if (System.nanoTime() > limit || !process.isAlive()) {
          throw new IOException("Redis does not start: " + process.logTail(LOADERS), e);
        }
        LockSupport.parkNanos(POLL_NANOS);
      }
    }
  }

  private static Path program() throws NotInstalledException {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .map(folder -> Path.of(folder, PROGRAM))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new NotInstalledException(PROGRAM + " is not on the path"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
