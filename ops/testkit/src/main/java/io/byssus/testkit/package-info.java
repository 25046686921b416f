/** Small tools for tests. Knows nothing of Byssus, so that every module may use it. */
package io.byssus.testkit;
