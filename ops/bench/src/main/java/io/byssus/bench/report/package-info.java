/** What was measured, for people and for programs. */
package io.byssus.bench.report;
