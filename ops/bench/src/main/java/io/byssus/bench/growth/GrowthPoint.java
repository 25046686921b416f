package io.byssus.bench.growth;

import io.byssus.bench.stage.Spreading;

/**
 * Where a curve is measured.
 *
 * @param x what grows along the curve
 * @param work what cost may be in proportion to: x, or for values the bytes of a whole record
 * @param spreading what is loaded
 */
record GrowthPoint(long x, double work, Spreading spreading) {}
