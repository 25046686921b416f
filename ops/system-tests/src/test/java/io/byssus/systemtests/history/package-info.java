/**
 * The test that what concurrent clients are told is what a correct store could have told them,
 * while everything that happens to processes and networks happens; and the test of that test.
 *
 * <p>Start reading at {@link io.byssus.systemtests.history.HistoryRun}. Clients put, remove and
 * compare-and-set a few contended records and read them at every level; all of it is recorded, and
 * decided record by record when the run is over.
 */
package io.byssus.systemtests.history;
