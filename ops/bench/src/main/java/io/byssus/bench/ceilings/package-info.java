/**
 * What Byssus is held against: the libraries that it stands on, and peers, each used as well as can
 * be, and without a class of Byssus.
 */
package io.byssus.bench.ceilings;
