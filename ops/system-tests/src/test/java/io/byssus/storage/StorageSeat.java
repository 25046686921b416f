package io.byssus.storage;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.rocksdb.Env;
import org.rocksdb.RocksMemEnv;

/**
 * Shards of production on databases whose files are in memory. Nothing is flushed but on demand, so
 * that what a crash loses is the simulation's choice.
 */
public final class StorageSeat implements AutoCloseable {
  private static final long MEMTABLE_BYTES = 1L << 20;

  private final RocksMemEnv files = new RocksMemEnv(Env.getDefault());
  private final NodeStorage node;

  /** Storage without planted faults. */
  public StorageSeat() {
    this(TestHooks.NONE);
  }

  /**
   * Storage with a planted fault.
   *
   * @param skipEvery every how many writes one is skipped; 0: none
   * @param ignoreWindows whether writes are applied whatever their writer's window says
   */
  public StorageSeat(int skipEvery, boolean ignoreWindows) {
    this(new TestHooks(skipEvery, ignoreWindows));
  }

  private StorageSeat(TestHooks hooks) {
    node =
        new NodeStorage(
            new StorageConfig(8L << 20, 1L << 30, Duration.ofDays(1), Duration.ofDays(1)), hooks);
    node.options()
        .setEnv(files)
        .setWriteBufferSize(MEMTABLE_BYTES)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0)
        .setSkipStatsUpdateOnDbOpen(true);
  }

  /** Opens a shard as a server does. */
  public Shard open(String directory, ShardIdentity identity) {
    return Shard.open(Path.of("/" + directory), identity, node);
  }

  /** Makes durable what a shard has applied. */
  public static void flush(Shard shard) {
    shard.flush();
  }

  /** Takes some of what has ended off the disk. */
  public static void removeEnded(Shard shard) {
    shard.removeEnded();
  }

  /** Ends a shard as a crash does. */
  public static void crash(Shard shard) {
    shard.abandon();
  }

  /** What a shard shows of a record. */
  public static Optional<ByteString> value(
      Shard shard, int namespaceId, ByteString partitionKey, ByteString sortKey) {
    return shard.get(namespaceId, partitionKey, sortKey).map(StoredRecord::value);
  }

  /** A digest of all that a shard holds. */
  public static long digest(Shard shard) {
    try (ShardDump dump = shard.dump()) {
      return dump.digest();
    }
  }

  /**
   * A planted fault: the shard's position is stored apart from its data. Writes a position into the
   * database of a shard that has crashed.
   */
  public void storePositionApart(String directory, byte[] header) {
    ShardStore store = new ShardStore(Path.of("/" + directory), node);
    try (ShardBatch batch = new ShardBatch(store)) {
      batch.put(ShardKeys.HEADER, header);
      batch.write();
      store.flush();
    } finally {
      store.close();
    }
  }

  /** What a shard stores as its position. */
  public static byte[] header(Shard shard) {
    return new ShardHeader(
            shard.incarnation(), shard.nextOffset(), shard.leaderEpoch(), shard.clockMillis())
        .encode();
  }

  @Override
  public void close() {
    node.close();
    files.close();
  }
}
