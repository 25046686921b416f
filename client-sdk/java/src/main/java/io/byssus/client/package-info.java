/** The Java SDK of Byssus. */
package io.byssus.client;
