/**
 * The dispatcher: a stateless front that takes every public call, appends writes to the log and
 * asks replicas for reads. Start reading at {@link io.byssus.dispatcher.KvService}.
 */
package io.byssus.dispatcher;
