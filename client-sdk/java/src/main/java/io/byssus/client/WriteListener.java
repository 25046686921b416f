package io.byssus.client;

/**
 * Is told what became of a write of a {@link StreamedWriter}.
 *
 * <p>Always on the client's callback executor ({@link ByssusClientBuilder#callbackExecutor}); on
 * the common pool where that takes no more tasks. Never on the thread that called the writer, nor
 * on one that belongs to a connection. Several at once where the executor has several threads, in
 * the order in which the writes ended where it has one. What it throws is logged.
 */
public interface WriteListener {
  /**
   * The write has its outcome: told once.
   *
   * @param result the acknowledgement; null where the write failed
   * @param failure what a single write would have thrown; null where the write was acknowledged
   */
  void ended(WriteResult result, ByssusClientException failure);
}
