/**
 * How writes are numbered and kept in order, so that each takes effect at most once and none undoes
 * a newer one, by whichever way they are sent. Not for users of the SDK.
 *
 * <p>Start with the essay in {@code ShardWriter}; {@link io.byssus.client.stamps.WriteHold} is what
 * one write has of all this.
 */
package io.byssus.client.stamps;
