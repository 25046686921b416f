package io.byssus.client.admin;

import java.time.Instant;

/**
 * A namespace as it stands.
 *
 * @param name its name
 * @param id its number, never reused
 * @param conflictRule which of two writes of one record wins, as in {@code LOG_ORDER}
 * @param rulesVersion 1, and one more with every change of its rules
 * @param created when it was created, by the clock of the control plane's leader
 */
public record NamespaceDescription(
    String name, int id, String conflictRule, long rulesVersion, Instant created) {}
