/**
 * The {@code byssus} command: local clusters and the demo, reading and writing records,
 * administration, and the roles that a process can have. {@link io.byssus.cli.ByssusMain} is the
 * start; each command is a class that ends in {@code Command}.
 */
package io.byssus.cli;
