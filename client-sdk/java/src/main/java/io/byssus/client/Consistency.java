package io.byssus.client;

/** How strong a read is. */
public enum Consistency {
  /** What some replica holds; the answer tells its age. The default. */
  EVENTUAL,

  /**
   * What a replica holds that has applied everything the {@link Session} has written or seen in the
   * record's shard: own writes are read back, and reads never go backwards. May wait for a replica,
   * within the deadline.
   */
  SESSION
}
