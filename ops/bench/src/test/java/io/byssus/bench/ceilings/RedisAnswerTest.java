package io.byssus.bench.ceilings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RedisAnswerTest {

  @Test
  void anAnswerIsWholeWithItsLastByteAndNotBefore() throws IOException {
    String two = "*2\r\n$3\r\na\r\n\r\n$2\r\nbc\r\n";
    for (String text : List.of("+OK\r\n", ":12\r\n", "$5\r\n\r\n*1x\r\n", two, "*0\r\n")) {
      RedisAnswer answer = new RedisAnswer();
      answer.begin();
      for (int i = 0; i < text.length(); i++) {
        assertFalse(answer.isWhole(), text.substring(0, i));
        answer.room().put((byte) text.charAt(i));
      }
      assertTrue(answer.isWhole(), text);
    }
  }

  @Test
  void aLargeAnswerFindsRoom() throws IOException {
    int size = 300_000;
    RedisAnswer answer = new RedisAnswer();
    answer.begin();
    for (byte one :
        ("$" + size + "\r\n" + "x".repeat(size) + "\r\n").getBytes(StandardCharsets.US_ASCII)) {
      answer.room().put(one);
    }
    assertTrue(answer.isWhole());
  }

  @Test
  void anErrorAndAMissingValueAreNoAnswers() {
    for (String text : List.of("-ERR unknown command\r\n", "$-1\r\n", "*2\r\n$1\r\na\r\n$-1\r\n")) {
      RedisAnswer answer = new RedisAnswer();
      answer.begin();
      answer.room().put(text.getBytes(StandardCharsets.US_ASCII));
      assertThrows(IOException.class, answer::isWhole, text);
    }
  }

  @Test
  void aRequestIsAnArrayOfWords() {
    byte[] request = RedisLanes.request(RedisLanes.ascii("GET"), RedisLanes.ascii("key"));
    assertEquals(
        "*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n", new String(request, StandardCharsets.US_ASCII));
  }
}
