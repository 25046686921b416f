package io.byssus.client.admin;

import java.time.Instant;
import java.util.Optional;

/**
 * A namespace as it stands.
 *
 * @param settings what it is declared to be
 * @param id its number, never reused
 * @param rulesVersion 1, and one more with every change of its settings
 * @param created when it was created, by the clock of the control plane's leader
 * @param state where it stands in its life
 * @param undeleteUntil until when it can be undeleted; empty where it is not deleted
 * @param sizes how much it holds: told where one namespace is described by a dispatcher, else empty
 */
public record NamespaceDescription(
    NamespaceSettings settings,
    int id,
    long rulesVersion,
    Instant created,
    NamespaceState state,
    Optional<Instant> undeleteUntil,
    Optional<NamespaceSizes> sizes) {
  /** Its name. */
  public String name() {
    return settings.name();
  }

  /** Which of two writes of one record wins. */
  public ConflictRule conflictRule() {
    return settings.conflictRule();
  }
}
