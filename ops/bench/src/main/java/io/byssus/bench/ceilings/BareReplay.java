package io.byssus.bench.ceilings;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Kafka's consumer and RocksDB alone: what is polled goes into one database for each partition, a
 * batch for each poll and partition, with the offset in it. One thread.
 */
public final class BareReplay implements AutoCloseable {
  private static final byte[] POSITION = {0};
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration SILENCE = Duration.ofSeconds(10);

  private final BareLog log;
  private final DatabaseOptions options;
  private final List<RocksDB> databases = new ArrayList<>();
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final long records;
  private long applied;
  private long heard;

  /**
   * A replay of a topic, over and over.
   *
   * @param directory for the databases; does not exist yet
   * @param records how many the topic has, which nobody adds to
   */
  public BareReplay(BareLog log, long records, Path directory, long cacheBytes, long memtableBytes)
      throws Exception {
    this.log = log;
    this.records = records;
    this.options = new DatabaseOptions(cacheBytes, memtableBytes, log.partitions());
    Files.createDirectories(directory);
    for (int i = 0; i < log.partitions(); i++) {
      databases.add(RocksDB.open(options.options(), directory.resolve("" + i).toString()));
    }
    this.consumer = log.consumer();
  }

  /**
   * Applies for a while, from the beginning again where the end is reached.
   *
   * @return records a second
   */
  public double run(Duration length) throws RocksDBException {
    // What was fetched between two turns would be had for nothing.
    applied = 0;
    consumer.seekToBeginning(log.all());
    long begin = System.nanoTime();
    heard = begin;
    long count = 0;
    while (System.nanoTime() - begin < length.toNanos()) {
      int more = applyOnce();
      count += more;
      applied += more;
      if (applied == records) {
        applied = 0;
        consumer.seekToBeginning(log.all());
      }
    }
    return count / ((System.nanoTime() - begin) / 1e9);
  }

  /** Applies every record once, from the beginning. */
  public void runThrough() throws RocksDBException {
    consumer.seekToBeginning(log.all());
    heard = System.nanoTime();
    applied = 0;
    while (applied < records) {
      applied += applyOnce();
    }
  }

  /** Applies what one poll brings, and tells how many records that were. */
  private int applyOnce() throws RocksDBException {
    ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL);
    if (!polled.isEmpty()) {
      heard = System.nanoTime();
    } else if (System.nanoTime() - heard > SILENCE.toNanos()) {
      throw new IllegalStateException("nothing was polled for " + SILENCE);
    }
    for (TopicPartition partition : polled.partitions()) {
      apply(partition.partition(), polled.records(partition));
    }
    return polled.count();
  }

  private void apply(int partition, List<ConsumerRecord<byte[], byte[]>> batch)
      throws RocksDBException {
    try (WriteBatch writes = new WriteBatch()) {
      for (ConsumerRecord<byte[], byte[]> one : batch) {
        writes.put(one.key(), one.value());
      }
      long offset = batch.get(batch.size() - 1).offset();
      writes.put(POSITION, ByteBuffer.allocate(Long.BYTES).putLong(offset).array());
      databases.get(partition).write(options.writes(), writes);
    }
  }

  @Override
  public void close() {
    consumer.close();
    databases.forEach(RocksDB::close);
    options.close();
  }
}
