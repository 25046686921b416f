package io.byssus.cli;

import io.byssus.controlplane.node.ControlPlaneMain;
import io.byssus.dispatcher.DispatcherMain;
import io.byssus.server.ServerMain;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The tree of commands. */
@Command(
    name = "byssus",
    description = {
      "A log-anchored key-value platform: every write goes through the log, and servers replay the",
      "log into the state that they serve."
    },
    footerHeading = "%nStart here:%n",
    footer = {
      "  byssus demo                        watch real data go in and come out of three servers",
      "  byssus local                       run a cluster on this machine",
      "  byssus admin namespaces create t   and use it, in another terminal",
      "  byssus kv put t hello world",
      "  byssus kv get t hello"
    })
final class ByssusCommand {
  private ByssusCommand() {}

  /** The command line with all its commands, on these streams. */
  static CommandLine on(Streams streams) {
    CommandLine byssus =
        new CommandLine(new ByssusCommand())
            .addSubcommand(new DemoCommand(streams))
            .addSubcommand(new LocalCommand(streams))
            .addSubcommand(
                new CommandLine(new KvCommand())
                    .addSubcommand(new KvPutCommand(streams))
                    .addSubcommand(new KvGetCommand(streams))
                    .addSubcommand(new KvMgetCommand(streams))
                    .addSubcommand(new KvScanCommand(streams))
                    .addSubcommand(new KvVersionsCommand(streams))
                    .addSubcommand(new KvIncrCommand(streams))
                    .addSubcommand(new KvDeleteCommand(streams)))
            .addSubcommand(new ExportCommand(streams))
            .addSubcommand(new BenchCommand(streams))
            .addSubcommand(
                new CommandLine(new AdminCommand())
                    .addSubcommand(new AdminInitCommand(streams))
                    .addSubcommand(new AdminClusterCommand(streams))
                    .addSubcommand(
                        new CommandLine(new NamespacesCommand())
                            .addSubcommand(new NamespacesCreateCommand(streams))
                            .addSubcommand(new NamespacesUpdateCommand(streams))
                            .addSubcommand(new NamespacesDeleteCommand(streams))
                            .addSubcommand(new NamespacesUndeleteCommand(streams))
                            .addSubcommand(new NamespacesListCommand(streams))
                            .addSubcommand(new NamespacesDescribeCommand(streams)))
                    .addSubcommand(new AdminNodesCommand(streams))
                    .addSubcommand(new AdminShardsCommand(streams)))
            .addSubcommand(
                "control-plane", role("a member of the control plane", ControlPlaneMain::run))
            .addSubcommand("server", role("a server", ServerMain::run))
            .addSubcommand("dispatcher", role("a dispatcher", DispatcherMain::run));
    CommandSpec top = byssus.getCommandSpec();
    top.usageMessage().exitCodeListHeading("%nExit codes:%n").exitCodeList(ExitCodes.help());
    everyCommand(byssus);
    return byssus
        .setOut(new PrintWriter(streams.out(), true))
        .setErr(new PrintWriter(streams.err(), true))
        .setExecutionExceptionHandler(new Failures(streams))
        .setExpandAtFiles(false)
        .setUsageHelpWidth(100);
  }

  private static CommandLine role(String what, RoleCommand.Role role) {
    CommandLine command = new CommandLine(new RoleCommand(role));
    command
        .getCommandSpec()
        .usageMessage()
        .description(
            "Runs " + what + " until SIGTERM, with an external Kafka.",
            "A bad configuration is refused with exit code 2 and a list of all that is wrong.");
    return command;
  }

  private static void everyCommand(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    if (spec.optionsMap().containsKey("--version")) {
      // Of a record, where a record is written.
      spec.addOption(
          OptionSpec.builder("-h", "--help")
              .usageHelp(true)
              .description("Show this help message and exit.")
              .build());
    } else {
      spec.mixinStandardHelpOptions(true);
      spec.versionProvider(new ByssusVersion());
    }
    command.getSubcommands().values().forEach(ByssusCommand::everyCommand);
  }
}
