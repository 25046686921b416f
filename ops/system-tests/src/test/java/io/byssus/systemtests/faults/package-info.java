/**
 * The test that nothing acknowledged is lost, nothing is applied twice and nothing goes back, while
 * real processes are killed; and the test of that test.
 *
 * <p>Start reading at {@link io.byssus.systemtests.faults.SurvivalRun}. Writers note every write in
 * a journal before it is issued and what became of it; readers check what they see against it; at
 * the end all replicas are dumped, the whole log is read into an independent model of what it
 * means, and journal, log and replicas are held against each other.
 */
package io.byssus.systemtests.faults;
