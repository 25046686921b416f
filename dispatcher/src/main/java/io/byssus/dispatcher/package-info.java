/**
 * The dispatcher as a process: a stateless front whose services take every public call, and which
 * knows how its parts are put together, started and stopped. Start reading at {@link
 * io.byssus.dispatcher.KvService}; what it does with a call stands in the packages {@code reads}
 * and {@code writes}.
 */
package io.byssus.dispatcher;
