package io.byssus.client;

import java.util.List;
import java.util.Optional;

/**
 * A piece of the list of a record's versions.
 *
 * @param versions in the order asked for
 * @param nextPage where to go on with {@link VersionQuery#after}; empty where none is left
 */
public record VersionPage(List<RecordVersion> versions, Optional<PageToken> nextPage) {
  /** Copies the list. */
  public VersionPage {
    versions = List.copyOf(versions);
  }
}
