package io.byssus.client;

import java.util.List;
import java.util.Optional;

/**
 * A piece of a scan.
 *
 * @param records in the byte order of their sort keys
 * @param nextPage where to go on with {@link Scan#after}; empty where the scan is at its end
 */
public record ScanPage(List<StoredRecord> records, Optional<PageToken> nextPage) {
  /** Copies the list. */
  public ScanPage {
    records = List.copyOf(records);
  }
}
