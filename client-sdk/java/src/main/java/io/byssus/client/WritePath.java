package io.byssus.client;

import io.byssus.client.calls.Calls;
import io.byssus.client.calls.NamespaceDirectory;
import io.byssus.client.stamps.OpenWrites;
import io.byssus.client.stamps.WriterSession;

/**
 * What the writes of a client share.
 *
 * @param calls how attempts are made
 * @param directory finds namespaces
 * @param writer numbers the writes
 * @param open bounds them
 */
record WritePath(
    Calls calls, NamespaceDirectory directory, WriterSession writer, OpenWrites open) {}
