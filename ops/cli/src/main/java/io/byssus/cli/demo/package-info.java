/**
 * {@code byssus demo}: real data through a real cluster, with every claim checked. {@link
 * io.byssus.cli.demo.Demo} is the script; each {@code …Step} does one thing and fails where what it
 * shows is not so; each {@code …Check} compares, and knows nothing of clusters.
 */
package io.byssus.cli.demo;
