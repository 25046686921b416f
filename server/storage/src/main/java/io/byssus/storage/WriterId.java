package io.byssus.storage;

import io.byssus.proto.log.v1.WriterStamp;

/** A writer's 16 random bytes. */
record WriterId(long high, long low) {
  static WriterId of(WriterStamp stamp) {
    return new WriterId(stamp.getWriterHigh(), stamp.getWriterLow());
  }
}
