package io.byssus.bench.stage;

import io.byssus.bench.load.Records;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a stage is made of.
 *
 * @param main the main class of {@code byssus}, on the class path of this JVM
 * @param folder where everything goes; is there
 * @param endpoint a dispatcher of a cluster that runs already; empty: a cluster of the stage's own
 * @param records what the namespace holds
 * @param extent how far the cases go that take long
 */
public record StagePlan(
    String main, Path folder, Optional<String> endpoint, Records records, Extent extent) {}
