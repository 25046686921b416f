package io.byssus.systemtests.simulation;

import com.google.protobuf.ByteString;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.log.v1.Condition;
import io.byssus.proto.log.v1.Delete;
import io.byssus.proto.log.v1.Increment;
import io.byssus.proto.log.v1.Lifetime;
import io.byssus.proto.log.v1.MustBeAbsent;
import io.byssus.proto.log.v1.MustBePresent;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Write;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** What a client asks for: few records, so that all clients meet at them. */
final class Workload {
  /** A namespace of LOG_ORDER. */
  static final String PLACES = "places";

  /** A namespace of VERSION. */
  static final String SIGNALS = "signals";

  /** A namespace of LOG_ORDER that comes and goes. */
  static final String EVENTS = "events";

  private static final int PARTITION_KEYS = 4;
  private static final int SORT_KEYS = 2;
  private static final String COUNTER = "count";

  private final SimulatedProcess process;
  private final RandomGenerator random;
  private final Map<ByteString, GetResponse> lastSeen = new HashMap<>();
  private final List<Place> written;
  private int values;

  /**
   * A client's wishes.
   *
   * @param written what all clients have just written; changed by this one too
   */
  Workload(SimulatedProcess process, RandomGenerator random, List<Place> written) {
    this.written = written;
    this.process = process;
    this.random = random;
  }

  /**
   * A write.
   *
   * @param decides whether its writer has to be told what became of it
   */
  record Order(String namespace, Write write, boolean decides) {}

  /** Where a record is. */
  record Place(String namespace, ByteString partitionKey, ByteString sortKey) {}

  /** What to read: any record, or one of what anybody has just written. */
  Place place() {
    if (!written.isEmpty() && random.nextInt(3) > 0) {
      return written.get(random.nextInt(written.size()));
    }
    return new Place(namespace(), partitionKey(), anySortKey());
  }

  private Order ordered(String namespace, Write write, boolean decides) {
    for (Operation operation : write.getOperationsList()) {
      written.add(new Place(namespace, write.getPartitionKey(), operation.getSortKey()));
    }
    while (written.size() > 4) {
      written.remove(0);
    }
    return new Order(namespace, write, decides);
  }

  String namespace() {
    int kind = random.nextInt(8);
    return kind < 2 ? SIGNALS : kind < 3 ? EVENTS : PLACES;
  }

  ByteString partitionKey() {
    return ByteString.copyFromUtf8("p" + random.nextInt(PARTITION_KEYS));
  }

  ByteString anySortKey() {
    return random.nextInt(4) == 0 ? ByteString.copyFromUtf8(COUNTER) : sortKey();
  }

  private ByteString sortKey() {
    return sortKey(random.nextInt(SORT_KEYS));
  }

  private static ByteString sortKey(int number) {
    return ByteString.copyFromUtf8("s" + number);
  }

  /** A read has found this. */
  void saw(RecordName name, GetResponse answer) {
    lastSeen.put(name.sortKey(), answer);
  }

  /** Any write. */
  Order order() {
    Write.Builder write = Write.newBuilder().setPartitionKey(partitionKey());
    String namespace = namespace();
    boolean versioned = namespace.equals(SIGNALS);
    int kind = random.nextInt(10);
    if (kind < 2 && !versioned) {
      write.addOperations(increment());
      if (kind == 0) {
        write.addOperations(simple(sortKey(), false));
      }
      return ordered(namespace, write.build(), true);
    }
    if (kind < 5) {
      Operation.Builder operation = simple(sortKey(), versioned);
      write.addOperations(operation.setCondition(condition(operation.getSortKey())));
      if (kind == 4) {
        write.addOperations(simple(sortKey(2), versioned));
      }
      return ordered(namespace, write.build(), true);
    }
    plain(write, versioned);
    return ordered(namespace, write.build(), false);
  }

  /** Another write of the records of one. */
  Write again(String namespace, Write given) {
    Write.Builder write = Write.newBuilder().setPartitionKey(given.getPartitionKey());
    for (Operation operation : given.getOperationsList()) {
      write.addOperations(simple(operation.getSortKey(), namespace.equals(SIGNALS)));
    }
    return write.build();
  }

  /** A write without conditions. */
  Order plainOrder() {
    Write.Builder write = Write.newBuilder().setPartitionKey(partitionKey());
    String namespace = namespace();
    plain(write, namespace.equals(SIGNALS));
    return ordered(namespace, write.build(), false);
  }

  private void plain(Write.Builder write, boolean versioned) {
    if (random.nextInt(4) == 0) {
      for (int number = 0; number < SORT_KEYS; number++) {
        write.addOperations(simple(sortKey(number), versioned));
      }
    } else {
      write.addOperations(simple(sortKey(), versioned));
    }
  }

  private Operation.Builder simple(ByteString sortKey, boolean versioned) {
    Operation.Builder operation = Operation.newBuilder().setSortKey(sortKey);
    if (versioned) {
      operation.setVersion(Math.max(1, process.millis() / 400 + random.nextInt(-6, 7)));
    }
    if (random.nextInt(5) == 0) {
      return operation.setDelete(Delete.getDefaultInstance());
    }
    if (random.nextInt(5) == 0) {
      operation.setLifetime(Lifetime.newBuilder().setTtlMs(200 + random.nextInt(15_000)));
    }
    return operation.setPut(ByteString.copyFromUtf8(process.name() + "." + ++values));
  }

  private Operation.Builder increment() {
    Operation.Builder operation =
        Operation.newBuilder().setSortKey(ByteString.copyFromUtf8(COUNTER));
    return switch (random.nextInt(12)) {
      case 0 -> operation.setDelete(Delete.getDefaultInstance());
      case 1 -> operation.setPut(ByteString.copyFromUtf8(random.nextBoolean() ? "none" : "0"));
      default -> operation.setIncrement(Increment.newBuilder().setDelta(random.nextInt(-9, 100)));
    };
  }

  private Condition condition(ByteString sortKey) {
    GetResponse last = lastSeen.getOrDefault(sortKey, GetResponse.getDefaultInstance());
    Condition.Builder condition = Condition.newBuilder();
    return switch (random.nextInt(4)) {
      case 0 -> condition.setAbsent(MustBeAbsent.getDefaultInstance()).build();
      case 1 -> condition.setPresent(MustBePresent.getDefaultInstance()).build();
      case 2 -> condition.setValueEquals(last.getRecord().getValue()).build();
      default -> condition.setVersionEquals(last.getRecord().getVersion()).build();
    };
  }
}
