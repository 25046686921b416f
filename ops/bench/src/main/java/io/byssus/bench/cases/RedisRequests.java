package io.byssus.bench.cases;

import io.byssus.bench.ceilings.RedisLanes;
import io.byssus.bench.engine.Contender;
import io.byssus.bench.engine.Running;
import io.byssus.bench.load.Records;
import io.byssus.bench.stage.Redis;
import io.byssus.bench.stage.Stage;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** Redis with the same records, as a peer: 64 connections, one request under way on each. */
final class RedisRequests {
  private static final long SEED = 20_261_122;

  private RedisRequests() {}

  static Contender get(Stage stage) {
    SplittableRandom random = new SplittableRandom(SEED);
    byte[] get = RedisLanes.ascii("GET");
    return peer(
            "Redis GET", stage, 1, () -> RedisLanes.request(get, stage.records().anyKey(random)))
        .with(References.REDIS_GET);
  }

  static Contender multiGet(Stage stage, int keys) {
    SplittableRandom random = new SplittableRandom(SEED);
    return peer("Redis MGET", stage, keys, () -> mget(stage.records(), random, keys))
        .with(References.REDIS_MGET);
  }

  /** Another value than the record had, so that it is written. */
  static Contender set(Stage stage) {
    SplittableRandom random = new SplittableRandom(SEED);
    byte[] set = RedisLanes.ascii("SET");
    return peer(
            "Redis SET",
            stage,
            1,
            () ->
                RedisLanes.request(
                    set, stage.records().anyKey(random), stage.records().value(random.nextLong())))
        .with(References.REDIS_SET);
  }

  private static byte[] mget(Records records, SplittableRandom random, int keys) {
    byte[][] words = new byte[1 + keys][];
    words[0] = RedisLanes.ascii("MGET");
    for (int i = 1; i <= keys; i++) {
      words[i] = records.anyKey(random);
    }
    return RedisLanes.request(words);
  }

  private static Contender peer(
      String name, Stage stage, int perRequest, Supplier<byte[]> requests) {
    return new Contender(
        name,
        () ->
            new Connected(
                Redis.start(stage.newFolder("redis"), stage.records()), perRequest, requests));
  }

  private static final class Connected implements Running {
    private final Redis redis;
    private final RedisLanes lanes;
    private final int perRequest;
    private final Supplier<byte[]> requests;

    Connected(Redis redis, int perRequest, Supplier<byte[]> requests) throws Exception {
      this.redis = redis;
      this.perRequest = perRequest;
      this.requests = requests;
      try {
        this.lanes = redis.connect(Loads.IN_FLIGHT);
      } catch (Exception e) {
        redis.close();
        throw e;
      }
    }

    @Override
    public double measure(Duration length) throws Exception {
      return lanes.run(length, requests) * perRequest;
    }

    @Override
    public void close() throws Exception {
      try {
        lanes.close();
      } finally {
        redis.close();
      }
    }
  }
}
