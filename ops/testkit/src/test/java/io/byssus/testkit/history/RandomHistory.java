package io.byssus.testkit.history;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What random clients of one register that works are told, as it falls out of random moments of
 * call, effect and answer. Some clients never learn what became of a write, which then took effect
 * at some moment, or never.
 */
final class RandomHistory {
  private final RandomGenerator random;
  private final List<Client> clients = new ArrayList<>();
  private final double unknown;
  private long now;
  private long value;
  private long version;
  private long lastWritten;
  final History<Integer> history = new History<>(() -> ++now);

  /** A client with at most one operation under way. */
  private static final class Client {
    private Operation<Integer> operation;
    private Runnable answer;
    private boolean effective;
    private boolean forgets;
  }

  /**
   * A register that holds nothing.
   *
   * @param unknown the part of the writes whose client is told nothing
   */
  RandomHistory(int clients, double unknown, RandomGenerator random) {
    this.random = random;
    this.unknown = unknown;
    for (int i = 0; i < clients; i++) {
      this.clients.add(new Client());
    }
  }

  /** So many steps, each a call, an effect or an answer. */
  RandomHistory run(int steps) {
    for (int i = 0; i < steps; i++) {
      int number = random.nextInt(clients.size());
      step(number, clients.get(number));
    }
    for (Client client : clients) {
      if (client.operation != null && !client.forgets) {
        take(client);
        client.answer.run();
      }
    }
    return this;
  }

  private void step(int number, Client client) {
    if (client.operation == null) {
      client.operation = history.begin(number, 0, intent());
      client.effective = false;
      client.forgets = !client.operation.intent().reads() && random.nextDouble() < unknown;
    } else if (client.forgets) {
      forget(client);
    } else if (!client.effective) {
      take(client);
    } else {
      client.answer.run();
      client.operation = null;
    }
  }

  /** Told nothing, the client goes on; the write takes effect now, later or never. */
  private void forget(Client client) {
    Operation<Integer> write = client.operation;
    client.operation = null;
    write.unknown();
    int when = random.nextInt(3);
    if (when == 0) {
      effect(write);
    } else if (when == 1) {
      Client late = new Client();
      late.operation = write;
      late.answer = () -> {};
      // A ghost takes its effect at one of the next steps, and is never answered.
      ghosts.add(late);
    }
    if (!ghosts.isEmpty() && random.nextBoolean()) {
      effect(ghosts.remove(0).operation);
    }
  }

  private final List<Client> ghosts = new ArrayList<>();

  private Intent intent() {
    return switch (random.nextInt(10)) {
      case 0, 1 -> Intent.put(history.newValue());
      case 2 -> Intent.remove();
      case 3 -> Intent.removeIf(lastWritten);
      case 4, 5 -> Intent.putIf(random.nextBoolean() ? value : lastWritten, history.newValue());
      case 6 -> Intent.putIf(0, history.newValue());
      default -> Intent.read(Level.LINEARIZABLE);
    };
  }

  private void take(Client client) {
    if (client.effective) {
      return;
    }
    client.effective = true;
    Operation<Integer> operation = client.operation;
    long seen = value;
    long seenVersion = version;
    boolean took = effect(operation);
    long given = version;
    boolean told = random.nextBoolean();
    if (operation.intent().reads()) {
      client.answer =
          seen == 0 ? operation::foundNothing : () -> operation.found(seen, seenVersion);
    } else if (took) {
      client.answer = () -> operation.took(told ? given : 0);
    } else {
      client.answer = () -> operation.conditionFailed(seen != 0, seen == 0 ? 0 : seenVersion);
    }
  }

  private long clock;

  private boolean effect(Operation<Integer> operation) {
    Intent intent = operation.intent();
    if (intent.reads() || intent.expected().isPresent() && intent.expected().get() != value) {
      return false;
    }
    value = intent.value();
    version = ++clock;
    lastWritten = value == 0 ? lastWritten : value;
    return true;
  }
}
