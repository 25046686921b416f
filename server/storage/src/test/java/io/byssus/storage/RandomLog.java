package io.byssus.storage;

import com.google.protobuf.ByteString;
import io.byssus.proto.log.v1.Barrier;
import io.byssus.proto.log.v1.Condition;
import io.byssus.proto.log.v1.ConflictRule;
import io.byssus.proto.log.v1.Delete;
import io.byssus.proto.log.v1.IncarnationStart;
import io.byssus.proto.log.v1.Increment;
import io.byssus.proto.log.v1.Lifetime;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.MustBeAbsent;
import io.byssus.proto.log.v1.MustBePresent;
import io.byssus.proto.log.v1.NamespaceConfig;
import io.byssus.proto.log.v1.NamespaceDrop;
import io.byssus.proto.log.v1.NamespaceRules;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Tick;
import io.byssus.proto.log.v1.Unending;
import io.byssus.proto.log.v1.Write;
import io.byssus.proto.log.v1.WriterStamp;
import io.byssus.wal.LogEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * A log with every kind of record: writes of every kind under both conflict rules and changing
 * rules, copies of writes, closed and late ones, ticks, barriers, drops, new incarnations, rubbish.
 * Few keys, values and versions, so that they meet.
 */
final class RandomLog {
  static final List<ByteString> PARTITIONS =
      List.of(
          ByteString.copyFromUtf8("p"),
          ByteString.copyFromUtf8("pq"),
          ByteString.copyFrom(new byte[] {'p', 0}));
  static final List<ByteString> SORT_KEYS =
      List.of(
          ByteString.EMPTY,
          ByteString.copyFromUtf8("s"),
          ByteString.copyFrom(new byte[] {'s', -1}));
  static final int NAMESPACES = 5;
  private static final List<String> VALUES =
      List.of("", "a", "b", "ba", "1", "41", "-7", "007", "9223372036854775807", "-", "1x");

  private final RandomGenerator random;
  private final LogBuilder log = LogBuilder.started();
  private final List<Optional<LogRecord>> records = new ArrayList<>();
  private final List<WriterStamp> stamps = new ArrayList<>();
  private final List<LogRecord> writes = new ArrayList<>();
  private final long[] sequences = new long[4];
  private final long[] rulesVersions = new long[NAMESPACES];
  private int incarnation = 1;

  RandomLog(RandomGenerator random, int records) {
    this.random = random;
    this.records.add(Optional.of(read(log.entries().get(0))));
    while (log.entries().size() < records) {
      next();
    }
  }

  List<LogEntry> entries() {
    return log.entries();
  }

  /** What each entry is; empty for rubbish. */
  List<Optional<LogRecord>> records() {
    return records;
  }

  List<WriterStamp> stamps() {
    return stamps;
  }

  private static LogRecord read(LogEntry entry) {
    try {
      return LogRecord.parseFrom(entry.bytes());
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private void append(LogRecord.Builder record) {
    if (random.nextInt(20) == 0) {
      record.setWriterTimeMs(log.nowMillis() - random.nextInt(120_000));
    }
    log.append(record);
    records.add(Optional.of(read(log.entries().get(log.entries().size() - 1))));
  }

  private void next() {
    log.tick(random.nextInt(random.nextInt(40) == 0 ? 8_000 : 60));
    int namespace = 1 + random.nextInt(NAMESPACES);
    switch (random.nextInt(60)) {
      case 0 -> {
        byte[] rubbish = new byte[random.nextInt(30)];
        // A first byte of 7 is no field of any message.
        Arrays.fill(rubbish, (byte) 7);
        log.appendRaw(rubbish);
        records.add(Optional.empty());
      }
      case 1, 2 ->
          append(
              LogRecord.newBuilder()
                  .setNamespaceId(namespace)
                  .setNamespaceRules(newRules(namespace))
                  .setNamespaceConfig(NamespaceConfig.getDefaultInstance()));
      case 3 -> {
        if (random.nextInt(6) == 0) {
          incarnation += random.nextInt(3);
          append(
              LogRecord.newBuilder()
                  .setIncarnationStart(
                      IncarnationStart.newBuilder()
                          .setClusterId(LogBuilder.CLUSTER)
                          .setIncarnation(incarnation)));
        }
      }
      case 4 -> append(LogRecord.newBuilder().setBarrier(Barrier.getDefaultInstance()));
      case 5, 6 -> append(LogRecord.newBuilder().setTick(Tick.getDefaultInstance()));
      case 7 -> {
        if (random.nextInt(8) == 0) {
          append(
              LogRecord.newBuilder()
                  .setNamespaceId(namespace)
                  .setNamespaceDrop(NamespaceDrop.getDefaultInstance()));
        }
      }
      case 8, 9, 10, 11 -> {
        if (!writes.isEmpty()) {
          int back = Math.max(0, writes.size() - 1 - random.nextInt(30));
          append(writes.get(back).toBuilder().setWriterTimeMs(0));
        }
      }
      default -> write(namespace);
    }
  }

  /**
   * Namespaces 1 and 2 begin as LOG_ORDER, the others as VERSION; 2 and 4 with several versions.
   */
  private NamespaceRules newRules(int namespace) {
    boolean first = rulesVersions[namespace - 1] == 0;
    long version = first ? 1 : rulesVersions[namespace - 1] + random.nextInt(-1, 2);
    rulesVersions[namespace - 1] = Math.max(rulesVersions[namespace - 1], Math.max(1, version));
    NamespaceRules.Builder rules =
        NamespaceRules.newBuilder()
            .setNamespaceId(namespace)
            .setVersion(Math.max(1, version))
            .setName("n" + namespace)
            .setConflictRule(
                (namespace <= 2) == (first || random.nextInt(10) > 0)
                    ? ConflictRule.LOG_ORDER
                    : ConflictRule.VERSION);
    if (namespace % 2 == 0) {
      rules.setMaxVersions(first ? 3 : random.nextInt(5));
    }
    if (namespace != 1 && random.nextInt(3) == 0) {
      rules.setDefaultTtlMs(1 + random.nextInt(4_000));
    }
    if (random.nextInt(4) > 0) {
      rules.setTombstoneRetentionMs(1 + random.nextInt(3_000));
    }
    return rules.build();
  }

  private void write(int namespace) {
    Write.Builder write =
        Write.newBuilder()
            .setPartitionKey(PARTITIONS.get(random.nextInt(PARTITIONS.size())))
            .setKeepOutcome(random.nextBoolean());
    Set<ByteString> sortKeys = new HashSet<>();
    for (int i = random.nextInt(4) == 0 ? 3 : 1; i > 0; i--) {
      ByteString sortKey = SORT_KEYS.get(random.nextInt(SORT_KEYS.size()));
      if (sortKeys.add(sortKey)) {
        write.addOperations(operation(namespace).setSortKey(sortKey));
      }
    }
    LogRecord.Builder record =
        LogRecord.newBuilder()
            .setNamespaceId(namespace)
            .setRulesVersion(Math.max(1, rulesVersions[namespace - 1]))
            .setStamp(stamp())
            .setWrite(write);
    if (rulesVersions[namespace - 1] == 0) {
      record.setNamespaceRules(newRules(namespace));
    }
    append(record);
    writes.add(record.build());
  }

  private WriterStamp stamp() {
    int writer = random.nextInt(sequences.length);
    long sequence =
        random.nextInt(8) > 0
            ? sequences[writer] + 1
            : Math.max(1, sequences[writer] - random.nextInt(5));
    sequences[writer] = Math.max(sequences[writer], sequence);
    WriterStamp stamp =
        LogBuilder.stamp(
            writer,
            sequence,
            Math.max(1, sequence - random.nextInt(20)),
            log.nowMillis() + random.nextInt(-200, 20_000));
    stamps.add(stamp);
    return stamp;
  }

  private Operation.Builder operation(int namespace) {
    Operation.Builder operation = Operation.newBuilder();
    boolean byVersion = namespace > 2;
    int kind = random.nextInt(10);
    if (kind < 2) {
      operation.setDelete(Delete.getDefaultInstance());
    } else if (kind < 4 && (!byVersion || random.nextInt(20) == 0)) {
      operation.setIncrement(Increment.newBuilder().setDelta(random.nextInt(-3, 4)));
    } else {
      operation.setPut(value());
    }
    if (byVersion != (random.nextInt(50) == 0)) {
      operation.setVersion(1 + random.nextInt(namespace == 3 ? 30 : 12));
    }
    if (!operation.hasDelete() && namespace != 1 && random.nextInt(4) == 0) {
      operation.setLifetime(lifetime());
    }
    if (random.nextInt(namespace == 1 ? 8 : 4) == 0) {
      operation.setCondition(condition(operation.getVersion()));
    }
    return operation;
  }

  private ByteString value() {
    return ByteString.copyFromUtf8(VALUES.get(random.nextInt(VALUES.size())));
  }

  private Lifetime lifetime() {
    Lifetime.Builder lifetime = Lifetime.newBuilder();
    return switch (random.nextInt(5)) {
      case 0 -> lifetime.setUnending(Unending.getDefaultInstance()).build();
      case 1, 2 -> lifetime.setTtlMs(1 + random.nextInt(3_000)).build();
      default -> lifetime.setExpiresMs(log.nowMillis() + random.nextInt(-200, 3_000)).build();
    };
  }

  private Condition condition(long version) {
    Condition.Builder condition = Condition.newBuilder();
    return switch (random.nextInt(4)) {
      case 0 -> condition.setAbsent(MustBeAbsent.getDefaultInstance()).build();
      case 1 -> condition.setPresent(MustBePresent.getDefaultInstance()).build();
      case 2 -> condition.setValueEquals(value()).build();
      default ->
          condition
              .setVersionEquals(
                  version > 0
                      ? Math.max(1, version - 1 - random.nextInt(3))
                      : io.byssus.model.Position.pack(
                          incarnation, Math.max(0, log.entries().size() - 1 - random.nextInt(40))))
              .build();
    };
  }
}
