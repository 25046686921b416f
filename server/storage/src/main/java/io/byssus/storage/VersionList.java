package io.byssus.storage;

import java.util.List;

/**
 * Versions of a record.
 *
 * @param versions the versions, in the order asked for
 * @param end whether no version of the range is left out behind these
 */
public record VersionList(List<StoredVersion> versions, boolean end) {
  /** Takes a copy. */
  public VersionList {
    versions = List.copyOf(versions);
  }
}
