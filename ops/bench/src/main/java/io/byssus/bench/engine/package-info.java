/** How a case is measured: subject and ceilings in turn, round by round. */
package io.byssus.bench.engine;
