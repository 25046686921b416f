package io.byssus.cli;

import picocli.CommandLine.Command;

/** {@code byssus kv}: reads and writes records. */
@Command(
    name = "kv",
    description = "Reads and writes records.",
    footer = {
      "",
      "A record's KEY is written PARTITION or PARTITION/SORT. The first slash separates the two.",
      "The partition key picks the shard; the records of one partition key are ordered by sort"
          + " key,",
      "byte by byte, and can be scanned.",
      "",
      "Any bytes can be written in keys, prefixes and ranges:",
      "  \\0        one zero byte, whatever digits follow: composite sort keys,"
          + " 'name\\00000000042'",
      "  \\xHH      the byte with these two hexadecimal digits",
      "  \\t \\n \\r  tabulator, line feed, carriage return",
      "  \\\\        a backslash",
      "  \\/        a slash in a partition key",
      "All else stands for itself, in UTF-8. Keys are printed so, and can be pasted back.",
      "Put keys in single quotes, so that the shell leaves the backslashes alone; put -- before a",
      "key that starts with a dash.",
      "",
      "Examples:",
      "  byssus kv put places 'NL/Amsterdam\\00002759794' '{\"population\": 741636}'",
      "  byssus kv get places 'NL/Amsterdam\\00002759794'",
      "  byssus kv scan places NL --prefix Amst"
    })
final class KvCommand {}
