/**
 * The inner loops, measured by JMH: what is done for every record. JMH makes its own classes from
 * those that end in {@code Benchmark}, and asks them to be public and open.
 */
package io.byssus.bench.inner;
