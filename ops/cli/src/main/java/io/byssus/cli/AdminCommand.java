package io.byssus.cli;

import picocli.CommandLine.Command;

/** {@code byssus admin}: administers a cluster. */
@Command(
    name = "admin",
    description = "Administers a cluster: what it is, its namespaces, nodes and shards.",
    footer = {
      "",
      "A new cluster is initialised once, when its processes run:",
      "  byssus admin init --name shop --shards 1024 --replication-factor 3 --expected-servers 6",
      "  byssus admin namespaces create places",
      "  byssus admin nodes"
    })
final class AdminCommand {}
