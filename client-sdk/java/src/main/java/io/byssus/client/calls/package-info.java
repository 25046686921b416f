/**
 * What makes a client's calls: connections to the dispatchers and their clock, attempts and what
 * their failures mean, retries and waits, the namespaces that were resolved. Knows nothing of
 * records. Not for users of the SDK.
 *
 * <p>Start with {@link io.byssus.client.calls.Calls}, which every call is made with, and {@link
 * io.byssus.client.calls.Attempt}, the one place that talks gRPC.
 */
package io.byssus.client.calls;
