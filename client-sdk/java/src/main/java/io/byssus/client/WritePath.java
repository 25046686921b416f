package io.byssus.client;

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
