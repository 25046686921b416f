/**
 * The writes, single ones and those of streams: how one is checked, numbered, handed to the log and
 * answered. Start reading at {@link io.byssus.dispatcher.writes.WritePath}. Replicas are asked only
 * what became of a write, by a function that is handed in.
 */
package io.byssus.dispatcher.writes;
