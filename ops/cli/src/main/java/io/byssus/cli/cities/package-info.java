/** Real input: the populated places of the world, as records of a key-value namespace. */
package io.byssus.cli.cities;
