/** The cases: what is measured, held against what, and what the ratio must be. */
package io.byssus.bench.cases;
