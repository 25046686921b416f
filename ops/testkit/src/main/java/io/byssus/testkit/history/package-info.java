/**
 * Records what concurrent clients of a key-value store asked and were told, and decides afterwards,
 * key by key, whether a correct store could have answered so.
 *
 * <p>Start at {@link io.byssus.testkit.history.History} and {@link
 * io.byssus.testkit.history.HistoryCheck}.
 */
package io.byssus.testkit.history;
