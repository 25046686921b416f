package io.byssus.client;

/** Is told what became of a write of a {@link StreamedWriter}. */
public interface WriteListener {
  /**
   * The write has its outcome: told once, on the client's callback executor.
   *
   * @param result the acknowledgement; null where the write failed
   * @param failure what a single write would have thrown; null where the write was acknowledged
   */
  void ended(WriteResult result, ByssusClientException failure);
}
