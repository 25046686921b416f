/** Loads: as many operations in flight as said, or as many a second as said. */
package io.byssus.bench.load;
