package io.byssus.client;

import io.byssus.model.ErrorCode;

/**
 * The session's position in one shard is of another incarnation of the log: the log was re-created
 * or restored, and what the session had written or seen there may be gone. Raised once per shard
 * and incarnation; the session has dropped the position, and the next read goes on without it.
 *
 * <p>Also raised for a {@link PageToken} of another incarnation: begin that scan anew.
 */
public final class SessionLostException extends ByssusClientException {
  private static final long serialVersionUID = 1L;

  private final int shard;

  SessionLostException(int shard, String message, Throwable cause) {
    super(ErrorCode.SESSION_LOST, message, cause);
    this.shard = shard;
  }

  /** The shard whose position was dropped; −1 where only a page token was refused. */
  public int shard() {
    return shard;
  }
}
