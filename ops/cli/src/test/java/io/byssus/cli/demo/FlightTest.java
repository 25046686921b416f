package io.byssus.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class FlightTest {
  private final Latencies latencies = new Latencies();
  private final List<String> answers = new ArrayList<>();

  @Test
  void neverMoreCallsThanPlaces() throws InterruptedException {
    Flight flight = new Flight(2, latencies);
    CompletableFuture<String> first = new CompletableFuture<>();
    CountDownLatch third = new CountDownLatch(1);
    flight.launch(() -> first, answers::add);
    flight.launch(() -> new CompletableFuture<String>(), answers::add);
    Thread waiting =
        new Thread(
            () -> {
              try {
                flight.launch(
                    () -> {
                      third.countDown();
                      return new CompletableFuture<String>();
                    },
                    answers::add);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    waiting.start();
    waiting.join(100);
    assertEquals(1, third.getCount());
    first.complete("one");
    third.await();
    waiting.join();
    assertEquals(List.of("one"), answers);
    assertEquals(1, latencies.count());
  }

  @Test
  void theFirstFailureIsThrownAndNoFurtherCallIsMade() throws InterruptedException {
    Flight flight = new Flight(2, latencies);
    RuntimeException lost = new IllegalStateException("lost");
    flight.launch(() -> CompletableFuture.<String>failedFuture(lost), answers::add);
    flight.launch(() -> CompletableFuture.completedFuture("late"), answers::add);
    assertSame(lost, assertThrows(RuntimeException.class, flight::land));
    assertEquals(List.of(), answers);
  }

  @Test
  void aCallThatThrowsAtOnceAndACheckThatFailsAreFailuresToo() throws InterruptedException {
    Flight atOnce = new Flight(1, latencies);
    atOnce.<String>launch(
        () -> {
          throw new IllegalStateException("closed");
        },
        answers::add);
    assertThrows(IllegalStateException.class, atOnce::land);

    Flight checked = new Flight(1, latencies);
    checked.launch(
        () -> CompletableFuture.completedFuture("x"),
        answer -> {
          throw new CheckFailed("wrong");
        });
    assertThrows(CheckFailed.class, checked::land);
  }
}
