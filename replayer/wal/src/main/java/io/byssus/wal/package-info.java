/**
 * The write-ahead log: what a record is ({@link io.byssus.wal.LogRecordCodec}), how it gets in
 * ({@link io.byssus.wal.KafkaWal}) and how it comes out again ({@link io.byssus.wal.Replayer}).
 */
package io.byssus.wal;
