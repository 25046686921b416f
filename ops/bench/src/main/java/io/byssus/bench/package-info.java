/** Measurements of Byssus. Each prints what it measured; what must hold is checked by tests. */
package io.byssus.bench;
