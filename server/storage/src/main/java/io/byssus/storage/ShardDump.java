package io.byssus.storage;

/**
 * Everything that a shard remembers of its records as of one position: the live records, their
 * older versions, and deletions that are remembered. Ordered by namespace, partition key, sort key
 * and falling version. Not shared among threads; must be closed.
 */
public final class ShardDump implements AutoCloseable {
  private final ShardStore store;
  private final UseCount uses;
  private final ShardStore.View view;
  private final ShardHeader header;
  private final StateCursor cursor;
  private int entry;
  private boolean closed;

  ShardDump(ShardStore store, UseCount uses) {
    this.store = store;
    this.uses = uses;
    this.view = store.view();
    byte[] stored = view.get(ShardKeys.HEADER);
    this.header = stored == null ? ShardHeader.EMPTY : ShardHeader.decode(stored);
    this.cursor = new StateCursor(store, view, header.clockMillis());
  }

  /** The position that the content is of. */
  public long position() {
    return header.position();
  }

  /** Whether the dump stands at a version of a record. */
  public boolean isValid() {
    return cursor.isValid();
  }

  /** Goes to the next version of the record, or to the next record. */
  public void next() {
    entry++;
    if (entry == cursor.state().entries().size()) {
      entry = 0;
      cursor.next();
    }
  }

  /** The namespace of the record it stands at. */
  public int namespaceId() {
    return ShardKeys.namespaceOf(cursor.recordKey());
  }

  /** The name of the record it stands at. */
  public RecordKey key() {
    return ShardKeys.nameOf(cursor.recordKey());
  }

  /** The version it stands at. */
  public StoredVersion version() {
    return RecordReader.version(cursor.withValue(cursor.state().entries().get(entry)));
  }

  /** A digest of all logical state at the position: see {@link ShardDigest}. */
  public long digest() {
    return ShardDigest.of(store, view, header);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      cursor.close();
      view.close();
      uses.end();
    }
  }
}
