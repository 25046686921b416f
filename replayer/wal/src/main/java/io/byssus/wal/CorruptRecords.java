package io.byssus.wal;

import java.util.Collection;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CorruptRecordException;

/**
 * Finds the partition whose record has a wrong checksum. Kafka's consumer tells both only in
 * sentences: the partition in the outer one, the checksum in that of a cause.
 */
final class CorruptRecords {
  private CorruptRecords() {}

  static Optional<TopicPartition> partition(
      KafkaException failure, Collection<TopicPartition> candidates) {
    boolean corrupt = false;
    StringBuilder sentences = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String sentence = String.valueOf(cause.getMessage());
      corrupt |=
          cause instanceof CorruptRecordException
              || sentence.contains("is invalid")
              || sentence.contains("corrupt");
      sentences.append(sentence).append('\n');
    }
    return corrupt
        ? candidates.stream().filter(partition -> names(sentences, partition)).findFirst()
        : Optional.empty();
  }

  private static boolean names(StringBuilder sentences, TopicPartition partition) {
    String name = partition.toString();
    int at = sentences.indexOf(name);
    // t-1 is no mention of t-12.
    return at >= 0 && !Character.isDigit(sentences.charAt(at + name.length()));
  }
}
