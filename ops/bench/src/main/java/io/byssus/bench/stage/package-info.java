/** What is measured on: the cluster with its records, and the processes that it is held against. */
package io.byssus.bench.stage;
