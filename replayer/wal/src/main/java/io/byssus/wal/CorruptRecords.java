package io.byssus.wal;

import java.util.Collection;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CorruptRecordException;

/**
 * Finds the partition whose record has a wrong checksum: Kafka's consumer tells it in a sentence
 * only.
 */
final class CorruptRecords {
  private CorruptRecords() {}

  static Optional<TopicPartition> partition(
      KafkaException failure, Collection<TopicPartition> candidates) {
    if (!isCorruption(failure)) {
      return Optional.empty();
    }
    String sentence = String.valueOf(failure.getMessage());
    return candidates.stream()
        .filter(
            partition -> {
              int at = sentence.indexOf(partition.toString());
              int after = at + partition.toString().length();
              return at >= 0
                  && (after == sentence.length() || !Character.isDigit(sentence.charAt(after)));
            })
        .findFirst();
  }

  private static boolean isCorruption(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CorruptRecordException) {
        return true;
      }
    }
    String sentence = String.valueOf(failure.getMessage());
    return sentence.contains("is invalid") || sentence.contains("corrupt");
  }
}
