package io.byssus.cli;

import io.byssus.client.Consistency;
import io.byssus.client.admin.NamespaceSettings;
import io.byssus.client.admin.ReadDefaults;
import io.byssus.client.admin.ReadLevel;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/** What a namespace is declared to be, as far as it can be changed. */
final class NamespaceOptions {
  private static final String NONE = "none";

  @Option(
      names = "--default-ttl",
      paramLabel = "TIME",
      converter = DurationOrNone.Text.class,
      description =
          "How long a put record lives that says nothing of its own, as in 30m or 7d; none: without"
              + " end.")
  private DurationOrNone defaultTtl;

  @Option(
      names = "--tombstone-retention",
      paramLabel = "TIME",
      converter = DurationOrNone.Text.class,
      description =
          "Under the rule VERSION: how long a deletion is remembered, so that an older write cannot"
              + " undo it; none: as by default, 7d.")
  private DurationOrNone tombstoneRetention;

  @Option(
      names = "--max-versions",
      paramLabel = "N",
      description = "How many of a record's newest versions can be read: 1 to 1000.")
  private Integer maxVersions;

  @Option(
      names = "--read-level",
      paramLabel = "LEVEL",
      converter = ConsistencyText.class,
      description = "The level of reads that name none, as with 'byssus kv get --consistency'.")
  private Consistency readLevel;

  @Option(
      names = "--eventual-max-age",
      paramLabel = "TIME",
      converter = DurationOrNone.Text.class,
      description =
          "Refuse eventual reads where nothing fresher than this is known; none: answer however"
              + " old.")
  private DurationOrNone eventualMaxAge;

  @Option(
      names = "--cache",
      paramLabel = "TIME",
      converter = DurationOrNone.Text.class,
      description =
          "Let dispatchers answer eventual and bounded reads of the hottest records from their own "
              + "memory, when that is not older than this; none: never.")
  private DurationOrNone cache;

  /** Settings with what was asked for; what was not stays. */
  NamespaceSettings applied(NamespaceSettings settings) {
    return new NamespaceSettings(
        settings.name(),
        settings.conflictRule(),
        asked(defaultTtl, settings.defaultTtl()),
        asked(tombstoneRetention, settings.tombstoneRetention()),
        maxVersions == null ? settings.maxVersions() : maxVersions,
        applied(settings.readDefaults()));
  }

  private ReadDefaults applied(ReadDefaults reads) {
    return new ReadDefaults(
        readLevel == null ? reads.level() : level(readLevel),
        readLevel == null ? reads.maxStaleness() : readLevel.maxStaleness(),
        asked(eventualMaxAge, reads.eventualMaxAge()),
        asked(cache, reads.cache()));
  }

  private static ReadLevel level(Consistency consistency) {
    if (consistency.maxStaleness().isPresent()) {
      return ReadLevel.BOUNDED;
    }
    return ReadLevel.valueOf(consistency.toString());
  }

  private static Optional<Duration> asked(DurationOrNone option, Optional<Duration> present) {
    return option == null ? present : option.duration();
  }

  /** A length of time, or the word for none. */
  record DurationOrNone(Optional<Duration> duration) {
    /** As people type it. */
    static final class Text implements ITypeConverter<DurationOrNone> {
      @Override
      public DurationOrNone convert(String text) {
        return new DurationOrNone(
            text.equals(NONE) ? Optional.empty() : Optional.of(new DurationText().convert(text)));
      }
    }
  }
}
