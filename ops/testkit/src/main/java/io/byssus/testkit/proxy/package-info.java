/**
 * A TCP proxy that does to connections what networks do: it delays them, swallows what they carry,
 * and cuts them, each direction by itself, switched while it runs. One thread serves all proxies of
 * a {@link io.byssus.testkit.proxy.ProxyLoop}.
 */
package io.byssus.testkit.proxy;
