package io.byssus.client;

import io.byssus.model.ErrorCode;

/**
 * The write may be written: a copy of it was handed over and no answer came before the deadline. It
 * may also still be written later, at the latest about five minutes after it was issued, after
 * which it never will be.
 *
 * <p>The SDK has repeated the write under the same stamp until the deadline, so it has taken effect
 * once or not at all, never twice. What the caller can do:
 *
 * <ul>
 *   <li>read the record, at {@link Consistency#SESSION} or not: present means written; absent means
 *       not yet, or not;
 *   <li>write the record again <em>through the same client</em>: the new write takes effect after
 *       the old one, or the old one not at all. A write through another client or process has no
 *       such order: until the five minutes are over, the old write may land on top of it.
 * </ul>
 */
public final class IndeterminateException extends ByssusClientException {
  private static final long serialVersionUID = 1L;

  IndeterminateException(ErrorCode code, String message, Throwable cause) {
    super(code, message, cause);
  }
}
