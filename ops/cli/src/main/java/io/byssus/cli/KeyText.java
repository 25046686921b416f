package io.byssus.cli;

import io.byssus.client.Key;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A record's key as one word of a command line: {@code PARTITION} or {@code PARTITION/SORT}, both
 * in the escapes of {@link BytesText}. The first slash separates the two; a slash in the partition
 * key is written {@code \/}. {@link #show} writes the word that {@link #parse} reads back.
 */
final class KeyText implements ITypeConverter<Key> {
  @Override
  public Key convert(String word) {
    try {
      return parse(word);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  /**
   * The key that a word stands for.
   *
   * @throws IllegalArgumentException where an escape is wrong or the partition key is empty
   */
  static Key parse(String word) {
    int slash = separator(word);
    String partition = slash < 0 ? word : word.substring(0, slash);
    String sort = slash < 0 ? "" : word.substring(slash + 1);
    if (partition.isEmpty()) {
      throw new IllegalArgumentException("the partition key is empty in '" + word + "'");
    }
    return Key.of(BytesText.parse(partition), BytesText.parse(sort));
  }

  /** The word for a key. */
  static String show(Key key) {
    String head = BytesText.show(key.partitionKey()).replace("/", "\\/");
    String tail = BytesText.show(key.sortKey());
    return tail.isEmpty() ? head : head + '/' + tail;
  }

  private static int separator(String word) {
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (c == '/') {
        return i;
      }
      if (c == '\\') {
        i++;
      }
    }
    return -1;
  }
}
