/**
 * Measurements of Byssus. {@link io.byssus.bench.Bench} runs the cases of {@code byssus bench};
 * what must hold is checked by tests.
 */
package io.byssus.bench;
