package io.byssus.bench.cases;

import io.byssus.bench.engine.BenchCase;
import io.byssus.bench.engine.BenchCase.Ceiling;
import io.byssus.bench.engine.Conduct;
import io.byssus.bench.engine.Contender;
import io.byssus.bench.engine.Running;
import io.byssus.bench.engine.Target;
import io.byssus.bench.stage.ReadyProcess;
import io.byssus.bench.stage.Stage;
import io.byssus.cluster.JavaCommand;
import io.byssus.cluster.JvmShape;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;

/** From nothing to ready: a process is started on an empty folder, timed and killed. */
final class ColdStart {
  private static final int LOCAL_HEAP = 2048;

  /** Every round is a cold one. */
  private static final Conduct ROUNDS = new Conduct(0, 2, false);

  private ColdStart() {}

  static List<BenchCase> on(Stage stage) {
    return List.of(
        new BenchCase(
            "cold-start",
            "from the start of the process on an empty folder to ready",
            "s",
            new Contender("byssus local", () -> start("local", stage, () -> localCommand(stage))),
            List.of(
                new Ceiling(
                    new Contender(
                        "the embedded Kafka alone",
                        () ->
                            start(
                                "kafka-alone",
                                stage,
                                () ->
                                    stage.kafkaCommand(
                                        Files.createDirectories(stage.newFolder("data"))))),
                    Target.atMost(3))),
            ROUNDS));
  }

  private static JavaCommand localCommand(Stage stage) {
    return new JavaCommand(
        JvmShape.longLived(LOCAL_HEAP),
        Map.of(),
        stage.main(),
        List.of(
            "local",
            "--data",
            stage.newFolder("data").toString(),
            "--port",
            "0",
            "--exit-with-stdin"));
  }

  private interface Command {
    JavaCommand get() throws Exception;
  }

  private static Running start(String name, Stage stage, Command command) {
    return length -> {
      JavaCommand next = command.get();
      long begin = System.nanoTime();
      try (ReadyProcess started = ReadyProcess.start(name, next, stage.newFolder(name + ".log"))) {
        return (System.nanoTime() - begin) / 1e9;
      }
    };
  }
}
